"""Reminders in the sender's language, with an audit of who asked for them."""

import time
from typing import Any, Literal

from fastapi import BackgroundTasks, FastAPI, HTTPException
from pydantic import BaseModel

NOT_FOUND: dict[int | str, dict[str, Any]] = {404: {"description": "There is no such parcel"}}
EMAILS = {1: "ada@example.org"}
journal: list[str] = []
app = FastAPI()


class Parcel(BaseModel):
    id: int
    to: str


class Reminder(BaseModel):
    status: str


async def mail_reminder(email: str, language: str) -> None:
    time.sleep(0.3)  # the mail server
    journal.append(f"reminded {email} in {language}")


def note_audit(email: str) -> None:
    time.sleep(0.1)  # the audit's disk
    journal.append(f"{email} asked")


@app.get("/ping")
async def ping() -> str:
    return "pong"


@app.get("/parcels/{parcel_id}", responses=NOT_FOUND)
def read_parcel(parcel_id: int) -> Parcel:
    if parcel_id not in EMAILS:
        raise HTTPException(404)
    return Parcel(id=parcel_id, to="Grace")


@app.post("/parcels/{parcel_id}/reminders", responses=NOT_FOUND)
async def remind(
    parcel_id: int,
    asked_by: str,
    background_tasks: BackgroundTasks,
    language: Literal["en", "fr"] = "en",
) -> Reminder:
    background_tasks.add_task(note_audit, asked_by)
    if parcel_id not in EMAILS:
        raise HTTPException(404)
    background_tasks.add_task(mail_reminder, EMAILS[parcel_id], language)
    background_tasks.add_task(note_audit, EMAILS[parcel_id], on_failure=note_audit)
    return Reminder(status="sent")
