"""Reminders, as they run today."""

import time
from typing import Any

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


def mail_reminder(email: str) -> None:
    time.sleep(0.3)  # the mail server
    journal.append(f"reminded {email}")


@app.get("/ping")
async def ping() -> str:
    return "pong"


@app.get("/parcels/{parcel_id}", responses=NOT_FOUND)
def read_parcel(parcel_id: int) -> Parcel:
    if parcel_id not in EMAILS:
        raise HTTPException(404)
    return Parcel(id=parcel_id, to="Grace")


@app.post("/parcels/{parcel_id}/reminders", status_code=202, responses=NOT_FOUND)
def remind(parcel_id: int, background_tasks: BackgroundTasks) -> Reminder:
    if parcel_id not in EMAILS:
        raise HTTPException(404)
    background_tasks.add_task(mail_reminder, EMAILS[parcel_id])
    return Reminder(status="accepted")
