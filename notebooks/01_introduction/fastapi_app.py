"""FastAPI: types say what comes in; a background task is part of the framework."""

import asyncio
import threading
from typing import Annotated

from fastapi import BackgroundTasks, FastAPI, Form
from mail import send_welcome
from pydantic import BaseModel, Field

app = FastAPI()


class Parcel(BaseModel):
    to: str
    weight_kg: Annotated[float, Field(gt=0, le=30)]


@app.post("/parcels")
def hand_in(parcel: Parcel) -> dict[str, float]:
    return {"price": 2 + parcel.weight_kg}


@app.get("/quote")
async def quote() -> dict[str, int]:
    await asyncio.sleep(0.3)
    return {"thread": threading.get_ident()}


@app.post("/register")
def register(email: Annotated[str, Form()], background_tasks: BackgroundTasks) -> dict[str, str]:
    background_tasks.add_task(send_welcome, email)
    return {"registered": email}
