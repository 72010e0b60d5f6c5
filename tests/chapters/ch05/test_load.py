"""What the crowds of chapter 5 do: all at once, and all the time."""

import asyncio
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated

import pytest
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session
from sqlmodel import create_engine

from helpers.chapters.ch05.exercises import load
from helpers.chapters.ch05.exercises.load import LOAD, LOOKS, Together, at_once, under_load
from helpers.errors import CourseError
from helpers.live.server import running


def test_all_clients_are_let_in_together_and_their_answers_are_counted():
    inside, most, lock, app = [0], [0], threading.Lock(), FastAPI()
    met = threading.Barrier(10)

    @app.post("/labels/{number}")
    def order(number: int) -> None:
        with lock:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
        met.wait(timeout=10)  # ten must be here at once, or each of them fails
        with lock:
            inside[0] -= 1
            if inside[0] % 2:
                raise HTTPException(503)

    assert at_once(app, 10, "POST", "/labels/1") == Counter({200: 5, 503: 5})
    assert most == [10]


def test_the_lifespan_of_the_app_runs_and_one_client_alone_need_not_wait():
    app = FastAPI()

    @app.get("/")
    def read() -> str:
        return "here"

    together = Together(app, 2)
    together.alone = True
    with running(together) as server:
        assert server.client.get("/").json() == "here"


def read(session: Session) -> None:
    session.connection()


def test_no_connection_is_used_before_each_request_is_in_a_thread_or_waits_for_one(tmp_path, monkeypatch):
    monkeypatch.setattr(load, "STILL", 0.2)
    order, lock, app = [], threading.Lock(), FastAPI()
    engine = create_engine(f"sqlite:///{tmp_path / 'crowd.db'}")

    def arrive() -> None:
        with lock:
            order.append("here")
            late = order.count("here") > 45
        if late:
            time.sleep(load.LOOKS * load.STILL / 2)  # as a thread that the machine leaves waiting
        with lock:
            order.append("goes on")

    @app.get("/")
    def query(gone_on: Annotated[None, Depends(arrive)]) -> None:
        with Session(engine) as session:
            read(session)
            order.append("query")

    assert at_once(app, 50, "GET", "/") == {200: 50}
    assert order.index("query") == 100
    engine.dispose()


def test_connections_that_are_used_on_the_event_loop_are_not_held_up(tmp_path, monkeypatch):
    monkeypatch.setattr(load, "STILL", 0.5)
    app, engine = FastAPI(), create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'crowd.db'}")

    @app.get("/")
    async def query() -> None:
        async with AsyncSession(engine) as session:
            await session.run_sync(read)

    begun = time.monotonic()
    assert at_once(app, 5, "GET", "/") == {200: 5}
    assert time.monotonic() - begun < load.STILL * LOOKS
    asyncio.run(engine.dispose())


def test_a_loop_that_waits_for_a_thread_is_not_held_up_for_good(tmp_path, monkeypatch):
    monkeypatch.setattr(load, "STILL", 0.002)
    engine, app, worker = create_engine(f"sqlite:///{tmp_path / 'crowd.db'}"), FastAPI(), ThreadPoolExecutor(1)

    @app.get("/")
    async def query() -> None:
        with Session(engine) as session:
            worker.submit(read, session).result()  # the loop, which would let it go on, waits for it

    begun = time.monotonic()
    assert at_once(app, 1, "GET", "/") == {200: 1}
    assert load.STILL * load.MOST <= time.monotonic() - begun
    engine.dispose()


@pytest.fixture
def parcels():
    """An app with a list that is read and written, and whether it is shut."""
    app, shut = FastAPI(), threading.Event()

    @app.get("/parcels")
    @app.post("/parcels", status_code=201)
    def answer() -> None:
        if shut.is_set():
            raise HTTPException(503)

    with running(app) as server:
        yield server, shut


def test_answers_before_and_after_a_change_are_counted(parcels):
    server, shut = parcels
    codes = under_load(server.url, ["/parcels"], shut.set)
    assert set(codes) == {200, 201, 503}
    assert codes[200] + codes[201] >= LOAD and codes[503] >= LOAD - 8  # four clients, a request each on its way


def test_without_a_change_all_is_as_it_was(parcels):
    assert set(under_load(parcels[0].url, ["/parcels"])) == {200, 201}


def test_what_the_change_raises_is_raised_and_the_clients_end(parcels):
    def fail() -> None:
        raise ZeroDivisionError("the migration failed")

    before = set(threading.enumerate())  # an earlier test may have left a pool
    with pytest.raises(ZeroDivisionError):
        under_load(parcels[0].url, ["/parcels"], fail)
    assert not [thread for thread in set(threading.enumerate()) - before if "ThreadPoolExecutor" in thread.name]


def test_a_service_that_gives_no_answer_is_told(parcels):
    server, _ = parcels
    with pytest.raises(Exception, match="[Ii]nvalid|refused|disconnected|protocol|unsupported|missing"):
        under_load("nowhere", ["/parcels"], timeout=5)
    with pytest.raises(CourseError, match="fewer than 40 answers"):
        under_load(server.url, [], timeout=0.2)
