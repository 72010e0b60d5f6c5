"""A parcel service without a fault: the twin of the sick one beside it."""

import asyncio
import hashlib
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import tasks
from fastapi import BackgroundTasks, Depends, FastAPI
from metrics import Timing
from pwdlib import PasswordHash
from pydantic import BaseModel
from storage import Session, get_session

password_hash = PasswordHash.recommended()
known = {"ada": password_hash.hash("engine")}
nobody = password_hash.hash(secrets.token_urlsafe())  # so that an unknown name takes as long as a known one


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        app.state.group = group
        yield


app = FastAPI(title="Parcels", lifespan=lifespan)
app.add_middleware(Timing)


class Order(BaseModel):
    id: int
    sender: str = "Ada"


class LogIn(BaseModel):
    name: str
    password: str


@app.get("/ping")
async def ping() -> str:
    return "pong"


@app.get("/parcels")
def list_parcels(session: Annotated[Session, Depends(get_session, scope="function")]) -> list[str]:
    return session.parcels()


@app.get("/manifest")
async def manifest() -> str:
    digest = await asyncio.to_thread(hashlib.pbkdf2_hmac, "sha256", b"manifest", b"depot", 1_000_000)
    return digest.hex()


@app.get("/rates")
async def rates(at: str = "now") -> dict[str, float]:
    if at != "now":
        await asyncio.sleep(0.15)
    return {"letter": 1.2, "parcel": 4.9}


@app.post("/orders", status_code=201)
async def order(order: Order, background_tasks: BackgroundTasks) -> Order:
    background_tasks.add_task(tasks.write_ledger, order.id)
    background_tasks.add_task(tasks.print_label, order.id)
    background_tasks.add_task(tasks.call_carrier, order.sender)
    background_tasks.add_task(tasks.archive, order.id)
    return order


@app.post("/returns", status_code=202)
async def hand_back(order: Order, background_tasks: BackgroundTasks) -> Order:
    background_tasks.add_task(tasks.archive, order.id)
    return order


@app.post("/log-in")
def log_in(log_in: LogIn) -> bool:
    right = password_hash.verify(log_in.password, known.get(log_in.name, nobody))
    return right and log_in.name in known


@app.post("/tracking", status_code=202)
async def track(order: Order) -> Order:
    app.state.group.create_task(tasks.follow(order.id))
    return order
