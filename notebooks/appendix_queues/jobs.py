"""The work: plain functions that know no queue. Each notes what it does in one diary, whichever process it runs in."""

import asyncio
import os
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from settings import settings


def note(who: int | str, event: str) -> None:
    """Append a line: when, in seconds of the machine's own clock, in which process, about whom, and what."""
    with open(settings.diary, "a", encoding="utf-8") as diary:
        diary.write(f"{time.monotonic():.6f} {os.getpid()} {who} {event}\n")


def print_label(parcel: int, seconds: float) -> None:
    note(parcel, "started")
    try:
        time.sleep(seconds)
        note(parcel, "printed")
    finally:
        note(parcel, "left")


async def order_pickup(parcel: int, seconds: float) -> None:
    note(parcel, f"started on loop {id(asyncio.get_running_loop())}")
    await asyncio.sleep(seconds)
    note(parcel, "ordered")


def mail_receipt(parcel: int, refusals: float) -> None:
    """The mail server refuses as often as it was told to, then takes the mail."""
    note(parcel, "tried")
    tried = Path(settings.diary).read_text(encoding="utf-8").count(f" {parcel} tried\n")
    if tried <= refusals:
        raise ConnectionError("try again later")
    note(parcel, "sent")


def mail_once(parcel: int, refusals: float) -> None:
    mail_receipt(parcel, refusals)


def poison(parcel: int, deaths: float) -> None:
    """A poison job: it kills the process that runs it, as often as it was told to."""
    note(parcel, "started")
    if Path(settings.diary).read_text(encoding="utf-8").count(f" {parcel} started\n") <= deaths:
        os.kill(os.getpid(), signal.SIGKILL)
    note(parcel, "survived")


def bill(who: str) -> bool:
    """Write the bill of this minute, whose key is unique; False where it stands already, whoever has written it."""
    key = f"{who} {time.time() // 60:.0f}"
    with closing(sqlite3.connect(Path(settings.diary).with_name("bills.db"), timeout=5.0)) as ledger, ledger:
        ledger.execute("CREATE TABLE IF NOT EXISTS bill (key TEXT UNIQUE)")
        return ledger.execute("INSERT INTO bill VALUES (?) ON CONFLICT DO NOTHING", (key,)).rowcount == 1


def tick(who: str, moment: str = "") -> None:
    note(who, f"tick {moment}".strip())
    if bill(who):
        note(f"{who}-bill", "written")
