"""A parcel service that answers well, passes its tests, and has a fault of each kind."""

import asyncio
import hashlib
import secrets
import time
from typing import Annotated

import tasks
from celery import Celery
from fastapi import BackgroundTasks, Depends, FastAPI
from metrics import Timing
from pwdlib import PasswordHash
from pydantic import BaseModel
from storage import Session, get_session

password_hash = PasswordHash.recommended()
known = {"ada": password_hash.hash("engine")}
nobody = password_hash.hash(secrets.token_urlsafe())  # so that an unknown name takes as long as a known one
billing = Celery("billing", broker="memory://")
followed: list[asyncio.Task[None]] = []

app = FastAPI(title="Parcels")
app.add_middleware(Timing)


class Order(BaseModel):
    id: int
    sender: str = "Ada"


class LogIn(BaseModel):
    name: str
    password: str


@billing.task
def send_invoice(order: int) -> None: ...


@app.get("/ping")
async def ping() -> str:
    return "pong"


@app.get("/parcels")
def list_parcels(session: Annotated[Session, Depends(get_session)]) -> list[str]:
    return session.parcels()


@app.get("/manifest")
async def manifest() -> str:
    digest = hashlib.pbkdf2_hmac("sha256", b"manifest", b"depot", 1_000_000)
    return digest.hex()


@app.get("/rates")
async def rates(at: str = "now") -> dict[str, float]:
    if at != "now":
        time.sleep(0.15)
    return {"letter": 1.2, "parcel": 4.9}


@app.post("/orders", status_code=201)
async def order(
    order: Order,
    session: Annotated[Session, Depends(get_session)],
    background_tasks: BackgroundTasks,
) -> Order:
    background_tasks.add_task(tasks.write_ledger, session, order.id)
    background_tasks.add_task(tasks.print_label, order.id)
    background_tasks.add_task(tasks.call_carrier, order.sender)
    background_tasks.add_task(tasks.archive, order.id)
    return order


@app.post("/archive", status_code=202)
async def archive(order: Order, background_tasks: BackgroundTasks) -> Order:
    background_tasks.add_task(tasks.compress, order.id)
    return order


@app.post("/returns", status_code=202)
async def hand_back(order: Order, background_tasks: BackgroundTasks) -> Order:
    return order


@app.post("/log-in")
async def log_in(log_in: LogIn) -> bool:
    right = password_hash.verify(log_in.password, known.get(log_in.name, nobody))
    return right and log_in.name in known


@app.post("/invoices", status_code=202)
async def invoice(order: Order) -> Order:
    send_invoice.delay(order.id)
    return order


@app.post("/tracking", status_code=202)
async def track(order: Order) -> Order:
    followed.append(asyncio.create_task(tasks.follow(order.id)))
    return order


@app.post("/greetings", status_code=202)
async def greet(order: Order) -> Order:
    asyncio.create_task(asyncio.sleep(0.05))
    return order
