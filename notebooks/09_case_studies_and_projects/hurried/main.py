"""Measure first. What stands here looks harmless, and every line of it has been taken from somewhere."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from typing import Annotated

from fastapi import BackgroundTasks, Depends, FastAPI
from pydantic import BaseModel
from sqlalchemy import QueuePool, create_engine, text
from sqlalchemy.orm import Session

engine = create_engine("sqlite://", poolclass=QueuePool, pool_size=2, max_overflow=0, pool_timeout=0.2)
journal: list[str] = []
app = FastAPI()


class Address(BaseModel):
    street: str


current = Address(street="1 Old Street")


@app.get("/ping")
async def ping() -> str:
    return "pong"


@app.get("/price")
def read_price() -> float:
    return 4.90


@app.get("/journal")
async def read_journal() -> list[str]:
    return journal


# Parcels


def draw_receipt() -> bytes:
    time.sleep(0.3)
    return b"receipt"


def file_receipt(receipt: bytes) -> None:
    journal.append(f"filed {len(receipt)} bytes")


@app.post("/parcels", status_code=202)
def hand_in(background_tasks: BackgroundTasks) -> None:
    background_tasks.add_task(file_receipt, draw_receipt())


# Photos


async def make_thumbnail() -> None:
    time.sleep(0.3)
    journal.append("thumbnail")


@app.post("/photos", status_code=202)
async def add_photo(background_tasks: BackgroundTasks) -> None:
    background_tasks.add_task(make_thumbnail)


# Labels


def print_label() -> None:
    time.sleep(1.2)


@app.post("/labels", status_code=202)
async def order_label(background_tasks: BackgroundTasks) -> None:
    background_tasks.add_task(print_label)


# Surveys


def file_survey() -> None:
    time.sleep(0.3)
    journal.append("survey")


@app.post("/surveys", status_code=202)
async def answer_survey(background_tasks: BackgroundTasks) -> None:
    background_tasks.add_task(file_survey)


# Claims


def get_session() -> Iterator[Session]:
    with Session(engine) as session:
        yield session


async def assess_claim() -> None:
    await asyncio.sleep(0.5)


@app.post("/claims", status_code=202)
def make_claim(session: Annotated[Session, Depends(get_session)], background_tasks: BackgroundTasks) -> None:
    session.execute(text("SELECT 1"))
    background_tasks.add_task(assess_claim)


# Orders


async def reserve_stock() -> None:
    await asyncio.sleep(0.1)
    raise ConnectionError("the stock is closed")


async def write_invoice() -> None:
    journal.append("invoice")


@app.post("/orders", status_code=202)
async def place_order(background_tasks: BackgroundTasks) -> None:
    background_tasks.add_task(reserve_stock)
    background_tasks.add_task(write_invoice)


# Slots


async def take_slot() -> AsyncIterator[str]:
    yield "Monday"


async def tell_driver() -> None:
    await asyncio.sleep(0.3)


@app.get("/slots")
async def read_slot(
    slot: Annotated[str, Depends(take_slot, max_concurrency=1)], background_tasks: BackgroundTasks
) -> str:
    background_tasks.add_task(tell_driver)
    return slot


# The address


async def save_address(address: Address) -> None:
    global current
    await asyncio.sleep(0.3)
    current = address


@app.put("/address", status_code=204)
async def move(address: Address, background_tasks: BackgroundTasks) -> None:
    background_tasks.add_task(save_address, address)


@app.get("/address")
async def read_address() -> Address:
    return current


# Notices


async def notify(neighbour: str) -> None:
    await asyncio.sleep(0.2)
    journal.append(f"told {neighbour}")


@app.post("/notices", status_code=202)
async def tell_neighbours(background_tasks: BackgroundTasks) -> None:
    for neighbour in ("left", "right", "above"):
        background_tasks.add_task(notify, neighbour)


# Exports


async def write_export() -> None:
    await asyncio.sleep(0.3)
    journal.append("export")


@app.post("/exports", status_code=202)
async def order_export(background_tasks: BackgroundTasks) -> None:
    background_tasks.add_task(write_export)
