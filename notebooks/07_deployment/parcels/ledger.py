"""Work that must not count twice. What was done stands in a ledger, whose keys are unique."""

import logging
import sqlite3
import time
from contextlib import closing

from parcels import jobs
from parcels.settings import settings

logger = logging.getLogger(__name__)


def write(parcel: int, key: str | None) -> bool:
    """Write a line, or nothing where the key stands already; True for a new line. Without a key each line is new."""
    with closing(sqlite3.connect(settings.ledger, timeout=5.0)) as ledger, ledger:
        ledger.execute("CREATE TABLE IF NOT EXISTS line (key TEXT UNIQUE, parcel INTEGER NOT NULL)")
        written = ledger.execute("INSERT INTO line VALUES (?, ?) ON CONFLICT DO NOTHING", (key, parcel))
        return written.rowcount == 1


def charge(parcel: int, key: str | None = None) -> None:
    write(parcel, key)
    logger.info("charge %d booked", parcel)
    time.sleep(settings.work_seconds)  # if the worker dies here, the broker does not know that it was done
    logger.info("charge %d ended", parcel)


def mail_then_note(parcel: int) -> None:
    jobs.mail_receipt(parcel)
    logger.info("receipt %d at the worst moment", parcel)
    time.sleep(settings.work_seconds)
    write(parcel, f"receipt-{parcel}")
    logger.info("receipt %d ended", parcel)


def note_then_mail(parcel: int) -> None:
    if write(parcel, f"receipt-{parcel}"):
        logger.info("receipt %d at the worst moment", parcel)
        time.sleep(settings.work_seconds)
        jobs.mail_receipt(parcel)
    logger.info("receipt %d ended", parcel)
