"""What a check sees at the moment at which an answer goes out."""

import time

import pytest
from fastapi import BackgroundTasks, FastAPI, Request, Response
from fastapi.responses import StreamingResponse

from helpers.learning.answered import Answered, ask_inside, told_apart
from helpers.live.recording import record
from helpers.live.server import running

done: list[str] = []


def work() -> None:
    time.sleep(0.1)
    done.append("done")


def asked(app: FastAPI) -> Answered:
    done.clear()
    answered = Answered(app, lambda: list(done))
    with running(answered) as server, record():
        server.client.post("/parcels")
    assert done == ["done"]
    return answered


@pytest.mark.parametrize("behind_a_middleware", [False, True])
def test_a_task_is_not_seen_whatever_stands_around_it(behind_a_middleware):
    app = FastAPI()

    @app.post("/parcels")
    async def hand_in(background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(work)

    if behind_a_middleware:

        @app.middleware("http")
        async def pass_on(request: Request, call_next) -> Response:
            return await call_next(request)

    assert asked(app).seen == [[]]


def test_what_the_client_waits_for_is_seen_in_the_function_and_in_a_stream():
    called, streamed = FastAPI(), FastAPI()
    called.post("/parcels")(lambda: work())

    @streamed.post("/parcels")
    def hand_in() -> StreamingResponse:
        def parts():
            yield "one"
            work()
            yield "two"

        return StreamingResponse(parts())

    for app in (called, streamed):
        answered = asked(app)
        assert answered.seen == [["done"]] and answered.waits[0] >= 0.1


def test_the_end_of_the_tasks_is_seen_and_timed():
    app = FastAPI()

    @app.post("/parcels")
    def hand_in(background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(work)
        background_tasks.add_task(work)

    answered = Answered(app, lambda: len(done))
    done.clear()
    with running(answered) as server, record():
        server.client.post("/parcels")
    assert (answered.seen, answered.done) == ([0], [2]) and answered.lasted[0] >= 0.2


def test_what_happens_meanwhile_comes_before_the_tasks():
    app, order = FastAPI(), []

    @app.post("/parcels")
    def hand_in(background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(order.append, "task")
        order.append("path operation")

    @app.put("/parcels")
    def correct() -> str:
        order.append("another client")
        return "corrected"

    async def put(scope) -> None:
        assert (await ask_inside(app, "PUT", "/parcels")).json() == "corrected"

    with running(Answered(app, meanwhile=put)) as server, record():
        assert server.client.post("/parcels").status_code == 200
    assert order == ["path operation", "another client", "task"]


def test_two_groups_are_told_apart_by_their_shortest_waits():
    even, odd = [0.01, 0.4, 0.02], [0.02, 0.01, 0.9]
    mixed = [wait for pair in zip(even, odd) for wait in pair]
    assert told_apart(mixed) == 0.0
    slower = [wait for pair in zip(even, [wait + 0.1 for wait in odd]) for wait in pair]
    assert told_apart(slower) == pytest.approx(0.1)
    assert told_apart(slower[1:-1]) < -0.05
