"""Chapter 10: its exercises, their checks and reference solutions."""

import asyncio
import contextvars
import inspect
import sqlite3
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from enum import StrEnum
from typing import Annotated, Any

import httpx
from fastapi import APIRouter, BackgroundTasks, Depends, FastAPI, HTTPException, Query, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, EmailStr, Field
from starlette.concurrency import run_in_threadpool

from helpers.learning.model import Exercise
from helpers.live.pinging import ping
from helpers.live.recording import record
from helpers.live.server import running
from helpers.live.timeline import Bar, Timeline
from helpers.wording import logged_error


def _served_during(timeline: Timeline, task: Bar) -> int:
    """How many other requests the event loop began with while the task ran."""
    return sum(bar.kind == "server" and task.start < bar.start < task.end for bar in timeline)


# 10.3-free


def _check_free(archive: Callable[[int], Awaitable[None]], stored: list[int]) -> str:
    app = FastAPI()

    @app.get("/ping")
    async def pong() -> None: ...

    @app.post("/parcels/{number}")
    async def hand_in(number: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(archive, number)

    stored.clear()
    with running(app) as server, record() as timeline:
        with ping(server):
            server.client.post("/parcels/7")
            time.sleep(0.05)
            end = time.monotonic() + 3
            while server.busy and time.monotonic() < end:
                time.sleep(0.01)
    error = timeline.tasks[0].error if timeline.tasks else None
    assert not error, f"the task failed with {error}: what `store` returns is no coroutine, so it cannot be awaited."
    done = list(stored)
    if not done:
        time.sleep(0.6)  # a thread that nobody waits for should not reach into the next check
    assert done, "nothing was stored when the task had ended: call `store(number)`, and wait until it is done."
    assert done == [7], f"parcel 7 should be stored once, but {done} came."
    assert _served_during(timeline, timeline.tasks[0]), (
        "another client waited as long as `store` took: it blocks, and an `async def` runs on the event loop. Give it a thread."
    )
    return "The parcel was stored, the task ended after that, and another client noticed nothing."


_stored: list[int] = []


def _store(number: int) -> None:
    time.sleep(0.4)
    _stored.append(number)


def _solve_free() -> tuple[Any, list[int]]:
    store = _store

    async def archive(number: int) -> None:
        await asyncio.to_thread(store, number)

    return archive, _stored


# 10.3-together


def _check_together(tell_all: Callable[..., Awaitable[list[str]]]) -> str:
    steps: list[str] = []

    async def tell(carrier: str) -> None:
        steps.append(f"{carrier} starts")
        await asyncio.sleep(0.1 if carrier != "south" else 0.02)
        steps.append(f"{carrier} ends")
        if carrier == "south":
            raise ConnectionError(carrier)

    async def told() -> Any:
        return await tell_all(["north", "south", "west"], tell)

    try:
        failed = asyncio.run(told())
    except BaseExceptionGroup as error:
        raise AssertionError(
            "a `TaskGroup` ends with the first failure, and cancels the rest: catch the failure inside each of its tasks."
        ) from error
    except ConnectionError as error:
        raise AssertionError("the failure of one carrier came out of `tell_all`: note its name and go on.") from error
    time.sleep(0.05)
    starts = [step for step in steps if step.endswith("starts")]
    assert len(starts) == 3, f"each of the three carriers should be told once, but {len(starts)} were."
    assert steps[:3] == starts, (
        "the carriers are told one after the other: a loop that awaits each call waits for it before the next one begins."
    )
    ends = [step for step in steps if step.endswith("ends")]
    assert len(ends) == 3, "`tell_all` returned before all were told: wait for the tasks that you create."
    assert failed == ["south"], f"the names of those that failed should come back, ['south'], but {failed!r:.60} came."
    return "Three carriers were told at the same time, and the one that failed stopped nobody."


def _solve_together() -> Any:
    async def tell_all(carriers: list[str], tell: Callable[[str], Awaitable[None]]) -> list[str]:
        outcomes = await asyncio.gather(*map(tell, carriers), return_exceptions=True)
        return [carrier for carrier, outcome in zip(carriers, outcomes) if isinstance(outcome, Exception)]

    return tell_all


# 10.3-filter


class State(StrEnum):
    """As in the notebook."""

    waiting = "waiting"
    travelling = "travelling"


def _check_filter(app: FastAPI) -> str:
    with running(app) as server:

        def ask(query: str) -> httpx.Response:
            server.client.hang_up()
            with record():
                answer = server.client.get(f"/parcels{query}")
            assert answer.status_code != 500, (
                f"for {query or 'no query'} your app answered 500: {logged_error(server.log)}."
            )
            return answer

        plain = ask("")
        assert plain.status_code == 200, f"without a query all defaults hold, but {plain.status_code} came."
        assert plain.json() == {"state": None, "limit": 20}, (
            f"the defaults are no state and 20, but {plain.json()} came."
        )
        both = ask("?state=travelling&limit=5")
        assert both.status_code == 200 and both.json() == {"state": "travelling", "limit": 5}, (
            f"state=travelling and limit=5 should come back as they are, but {both.status_code} {both.text} came. A model "
            "without `Query()` is read from the body."
        )
        for edge in (1, 100):
            assert ask(f"?limit={edge}").status_code == 200, f"a limit of {edge} is allowed: 1 and 100 are included."
        for query, why in {
            "?limit=0": "a limit of 0 was accepted: `ge` and `le` stand in `Field`.",
            "?limit=101": "a limit of 101 was accepted: `ge` and `le` stand in `Field`.",
            "?state=lost": "a state that does not exist was accepted: the enum `State` lists those that do.",
            "?limt=5": 'a mistyped parameter was accepted: a model refuses those with `extra="forbid"`.',
        }.items():
            assert ask(query).status_code == 422, why
    return "Defaults, limits and choices hold, and what nobody declared is refused."


def _solve_filter() -> FastAPI:
    class Filter(BaseModel):
        model_config = ConfigDict(extra="forbid")

        state: State | None = None
        limit: Annotated[int, Field(ge=1, le=100)] = 20

    app = FastAPI()

    @app.get("/parcels")
    def list_parcels(wanted: Annotated[Filter, Query()]) -> Filter:
        return wanted

    return app


# 10.3-once


def _check_once(app: FastAPI, parcels: dict[int, str], told: list[int]) -> str:
    parcels.clear()
    parcels[7] = "Grace"
    told.clear()
    with running(app) as server:

        def delete() -> tuple[int, bool]:
            server.client.hang_up()
            with record():
                code = server.client.delete("/parcels/7").status_code
                there = 7 in parcels
            assert code != 500, f"your app answered 500: {logged_error(server.log)}."
            return code, there

        first, there = delete()
        carrier = list(told)
        second, _ = delete()
    assert first == 204, f"a parcel that was there is deleted with 204, but {first} came."
    assert not there, "the answer said 204 while the parcel could still be read: delete first, then answer."
    assert carrier == [7], f"the carrier should be told once of parcel 7 after the answer, but was told {carrier}."
    assert second == 404, f"the second DELETE finds nothing, which is a 404, but {second} came."
    assert told == [7], (
        "the carrier was told of a parcel that was not there. A `raise` drops tasks, an answer that is returned does not: add "
        "the task only when something has changed."
    )
    return "The parcel was gone before the 204, and the carrier was told once."


_parcels: dict[int, str] = {}
_told: list[int] = []


def tell_carrier(number: int) -> None:
    """As in the notebook."""
    time.sleep(0.2)
    _told.append(number)


def _solve_once() -> tuple[FastAPI, dict[int, str], list[int]]:
    parcels = _parcels
    app = FastAPI()

    @app.delete("/parcels/{number}", status_code=204)
    def delete_parcel(number: int, background_tasks: BackgroundTasks) -> None:
        if parcels.pop(number, None) is None:
            raise HTTPException(404, "no such parcel")
        background_tasks.add_task(tell_carrier, number)

    return app, _parcels, _told


# 10.3-stopwatch


def _check_stopwatch(stopwatch: type, seconds: dict[str, float]) -> str:
    async def work() -> None:
        await asyncio.sleep(0.3)

    app = FastAPI()
    app.add_middleware(stopwatch)

    @app.post("/parcels")
    async def hand_in(background_tasks: BackgroundTasks) -> str:
        background_tasks.add_task(work)
        return "accepted"

    with running(app) as server:
        seconds.clear()
        with record() as timeline:
            answer = server.client.post("/parcels")
        noted = dict(seconds)  # before the lifespan ends, which passes through a middleware as well
    assert answer.status_code == 200 and answer.json() == "accepted", (
        f"the answer does not come through your middleware: {answer.status_code}, {logged_error(server.log) or answer.text}. Hand "
        "`scope`, `receive` and a `send` on to the app."
    )
    assert not logged_error(server.log), f"your middleware failed: {logged_error(server.log)}."
    missing = [name for name in ("answer", "all") if name not in noted]
    assert not missing, f"`seconds` has no {' and no '.join(map(repr, missing))}: note both, once for each request."
    assert noted["all"] >= 0.3, (
        "`all` ends before the task has: the app's call returns when the tasks are over, so take the time behind `await`."
    )
    assert noted["all"] - noted["answer"] > 0.2, (
        "`answer` contains the task: its time is taken inside `send`, when the message with the last part of the body has "
        "gone, not when the app's call returns."
    )
    assert timeline["client"].end < timeline["work"].end, (
        "the client waited for the task: send each message on at once."
    )
    return "The answer's time stands beside the whole time, and only that contains the task."


_seconds: dict[str, float] = {}


def _solve_stopwatch() -> tuple[type, dict[str, float]]:
    seconds = _seconds

    class Stopwatch:
        def __init__(self, app: Any) -> None:
            self.app = app

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            begun = time.perf_counter()

            async def timed_send(message: Any) -> None:
                await send(message)
                if message["type"] == "http.response.body" and not message.get("more_body"):
                    seconds["answer"] = time.perf_counter() - begun

            await self.app(scope, receive, timed_send)
            seconds["all"] = time.perf_counter() - begun

    return Stopwatch, _seconds


# 10.3-keep


def _check_keep(app: FastAPI, ran: list[str]) -> str:
    ran.clear()
    with running(app) as server, record():
        answer = server.client.post("/parcels/7")
    assert ran != ["label 7", "audit"], "the label was printed before the answer: add the function, do not call it."
    assert answer.status_code == 202, f"202 was asked for, but {answer.status_code} came: {logged_error(server.log)}."
    assert answer.headers.get("X-Parcel") == "7", (
        "the answer should be a response of your own with the header `X-Parcel: 7`."
    )
    assert "label 7" in ran, "the label was never printed: a `BackgroundTasks()` of your own runs only on the response."
    assert "audit" in ran, (
        "the audit of the dependency is missing: `background=` of your own takes the place of the injected tasks. Add to those."
    )
    assert ran == ["audit", "label 7"], f"audit and label should run once each, in this order, but {ran} came."
    return "Your own response kept the dependency's task and ran yours behind it."


_ran: list[str] = []


def print_label(number: int) -> None:
    """As in the notebook."""
    time.sleep(0.1)
    _ran.append(f"label {number}")


def audit(background_tasks: BackgroundTasks) -> None:
    """As in the notebook."""
    background_tasks.add_task(_ran.append, "audit")


def _solve_keep() -> tuple[FastAPI, list[str]]:
    app = FastAPI(dependencies=[Depends(audit)])

    @app.post("/parcels/{number}")
    def hand_in(number: int, background_tasks: BackgroundTasks) -> Response:
        background_tasks.add_task(print_label, number)
        return JSONResponse({}, 202, headers={"X-Parcel": str(number)})

    return app, _ran


# 10.3-each


def _check_each(each: Callable[..., Callable[[], Any]], failed: list[str]) -> str:
    steps: list[str] = []

    def weigh() -> None:
        time.sleep(0.15)
        steps.append(f"weigh in {'a thread' if threading.current_thread().name != 'server' else 'the loop'}")

    async def tell() -> None:
        steps.append("tell")
        raise ConnectionError("no carrier")

    async def print_it() -> None:
        steps.append("print")

    app = FastAPI()

    @app.post("/parcels")
    async def hand_in(background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(each(weigh, tell, print_it))

    failed.clear()
    with running(app) as server, record():
        answer = server.client.post("/parcels")
    assert answer.status_code == 200, (
        f"the client got {answer.status_code}: {logged_error(server.log)}. `each(...)` gives back a function, without running one."
    )
    if error := logged_error(server.log):
        raise AssertionError(f"a failure came out of the task, which closes the client's connection: {error}.")
    names = [step.split(" ")[0] for step in steps]
    assert "tell" in names, f"not every task ran: {names}. An `async def` task has to be awaited."
    assert "print" in names, "the task behind the failing one never ran: catch each task's failure by itself."
    assert names == ["weigh", "tell", "print"], f"the tasks should run once each in their order, but {names} came."
    assert "weigh in a thread" in steps, (
        "the `def` task ran on the event loop and held it: `await run_in_threadpool(task)` gives it a thread."
    )
    assert failed == ["tell"], f"`failed` should hold the name of what failed, ['tell'], but holds {failed}."
    return "Each task had its turn, the one that failed is noted, and the event loop stayed free."


_failed: list[str] = []


def _solve_each() -> tuple[Any, list[str]]:
    failed = _failed

    def each(*tasks: Callable[[], Any]) -> Callable[[], Awaitable[None]]:
        async def run_all() -> None:
            for task in tasks:
                try:
                    if inspect.iscoroutinefunction(task):
                        await task()
                    else:
                        await run_in_threadpool(task)
                except Exception:
                    failed.append(task.__name__)

        return run_all

    return each, _failed


# 10.3-scope


class Pool:
    """As in the notebook."""

    def __init__(self) -> None:
        self.held = 0

    def acquire(self) -> str:
        self.held += 1
        return "connection"

    def release(self, connection: str) -> None:
        self.held -= 1


_pool = Pool()


def _check_scope(app: FastAPI, pool: Any, get_connection: Callable[..., Any]) -> str:
    seen: dict[str, int] = {}
    pool.held, original = 0, pool.release

    def note(connection: object) -> None:
        original(connection)
        seen["released"] = seen.get("released", 0) + 1

    pool.release = note
    try:
        with running(app) as server, record():
            answer = server.client.get("/parcels")
            seen["after"] = pool.held
            server.client.hang_up()
            server.client.get("/broken")
            seen["after the broken one"] = pool.held
    finally:
        del pool.release
    assert answer.status_code == 200, (
        f"GET /parcels should answer 200, but {answer.status_code} came: {logged_error(server.log)}."
    )
    assert answer.json() == {"held": 1}, (
        f"while the path operation runs, one connection is held, but {answer.text} came: `yield` what you have acquired."
    )
    assert seen["after"] == 0, (
        'the connection was still held when the answer had come, by the request of a task that does not need it: `scope="function"` '
        "gives it back before."
    )
    assert seen["after the broken one"] == 0 and pool.held == 0, (
        "a path operation that fails leaves its connection behind: `finally` gives it back then, too."
    )
    assert seen.get("released") == 2, (
        f"two requests should give back one connection each, but {seen.get('released')} came back."
    )
    return "The connection is given back before the answer, whatever the path operation does."


def work_slowly() -> None:
    """As in the notebook."""
    time.sleep(0.3)


def _scope_app(dependency: Any) -> FastAPI:
    """The notebook's path operations with this `ConnectionDep`."""
    app = FastAPI()

    @app.get("/parcels")
    def list_parcels(connection: dependency, background_tasks: BackgroundTasks) -> dict[str, int]:  # type: ignore[valid-type]
        background_tasks.add_task(work_slowly)
        return {"held": _pool.held}

    @app.get("/broken")
    def fail(connection: dependency) -> None:  # type: ignore[valid-type]
        raise HTTPException(409)

    return app


def _solve_scope() -> tuple[FastAPI, Pool, Any]:
    pool = _pool

    def get_connection() -> Iterator[str]:
        connection = pool.acquire()
        try:
            yield connection
        finally:
            pool.release(connection)

    ConnectionDep = Annotated[str, Depends(get_connection, scope="function")]
    return _scope_app(ConnectionDep), _pool, get_connection


# 10.3-carry

request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="none")


def _check_carry(carry: Callable[..., Callable[..., Any]], request_id: contextvars.ContextVar[str]) -> str:
    seen: list[str] = []

    def note(what: str, *, times: int = 1) -> int:
        seen.extend([f"{what} {request_id.get()}"] * times)
        return times

    def inside() -> Any:
        request_id.set("r-7")
        return carry(note)

    carried = contextvars.copy_context().run(inside)
    assert callable(carried), "`carry(function)` should give back a function."
    assert not seen, "`carry(function)` ran the function: it should give back another one, to be called later."
    other = contextvars.copy_context()
    other.run(request_id.set, "r-8")
    result = other.run(carried, "task", times=2)
    assert seen, "what you gave back did not call the function."
    assert seen[0].startswith("task") and len(seen) == 2 and result == 2, (
        "arguments and result should pass: take `*args` and `**kwargs`, and return what the function returns."
    )
    assert seen[0].endswith("r-7"), (
        f"the function saw {seen[0].split()[-1]!r}, the id of the moment at which it ran. `contextvars.copy_context()` has to "
        "be taken when `carry` is called."
    )
    errors: list[BaseException] = []

    def call() -> None:
        try:
            carried("thread")
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=call) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    again = carry(carried)
    again("again")
    assert not errors, f"called from a thread of its own, it raised {type(errors[0]).__name__}." if errors else ""
    assert seen[-1].endswith("r-7"), "carried once more, the function lost its id."
    return "Wherever the function runs, it sees the id of the request that handed it over."


def _solve_carry() -> tuple[Any, contextvars.ContextVar[str]]:
    def carry(function: Callable[..., Any]) -> Callable[..., Any]:
        context = contextvars.copy_context()

        def carried(*args: Any, **kwargs: Any) -> Any:
            return context.copy().run(function, *args, **kwargs)

        return carried

    return carry, request_id


# 10.3-forgot


def _check_forgot(app: FastAPI, mailed: list[str]) -> str:
    mailed.clear()
    with running(app) as server:

        def ask(email: str) -> tuple[httpx.Response, int]:
            server.client.hang_up()
            with record():
                answer = server.client.post("/passwords/forgot", json={"email": email})
                at_the_answer = len(mailed)
            return answer, at_the_answer

        member, early = ask("ada@example.org")
        to_member = list(mailed)
        stranger, _ = ask("mallory@example.org")
        to_stranger = mailed[len(to_member) :]
        with record() as timeline, ping(server, "/health"):
            server.client.post("/passwords/forgot", json={"email": "ada@example.org"})
            time.sleep(0.05)
            end = time.monotonic() + 3
            while len(mailed) < 2 and time.monotonic() < end:
                time.sleep(0.01)
    assert member.status_code != 500, f"your app answered 500: {logged_error(server.log)}."
    assert member.status_code == 202, f"202 was asked for, but {member.status_code} came for a member."
    assert (stranger.status_code, stranger.text) == (member.status_code, member.text), (
        f"the answers tell who is a member: {member.status_code} {member.text} and {stranger.status_code} {stranger.text}."
    )
    assert not early, (
        "the mail is sent before the answer, so the clock tells who is a member: hand it to a background task."
    )
    assert to_member == ["ada@example.org"], f"the member should get one mail, but the mails went to {to_member}."
    assert not to_stranger, "an address that is no member's was mailed to: that tells strangers, and bothers them."
    assert not timeline.tasks or _served_during(timeline, timeline.tasks[0]), (
        "the task blocks the event loop: the next answer is late whenever there was a mail, so the clock tells again."
    )
    return "Answer and time are the same for everybody, and only the member has a mail."


members = {"ada@example.org", "grace@example.org"}
_mailed: list[str] = []


def mail_code(email: str) -> None:
    """As in the notebook."""
    time.sleep(0.4)
    _mailed.append(email)


class Forgotten(BaseModel):
    """As in the notebook."""

    email: EmailStr


def _forgot_app() -> FastAPI:
    app = FastAPI()

    @app.get("/health")
    async def read_health() -> str:
        return "fine"

    return app


def _solve_forgot() -> tuple[FastAPI, list[str]]:
    app = _forgot_app()

    @app.post("/passwords/forgot", status_code=202)
    def forgot(wanted: Forgotten, background_tasks: BackgroundTasks) -> dict[str, str]:
        if wanted.email in members:
            background_tasks.add_task(mail_code, wanted.email)
        return {"status": "Look into your mail."}

    return app, _mailed


# 10.3-versions


def _check_versions(app: FastAPI) -> str:
    with running(app) as server:
        answers = {path: server.client.get(path) for path in ("/v1/parcels/7", "/v2/parcels/7", "/v1/parcels/99")}
    codes = {path: answer.status_code for path, answer in answers.items()}
    assert 500 not in codes.values(), f"your app answered 500: {logged_error(server.log)}."
    first, second, missing = answers.values()
    assert (first.status_code, second.status_code) == (200, 200), f"both versions should answer 200, but {codes} came."
    assert first.json() == {"weight_kg": 2.5}, f'v1 answers {{"weight_kg": 2.5}}, but {first.text} came.'
    assert second.json() == {"weight_g": 2500}, f'v2 answers {{"weight_g": 2500}}, but {second.text} came.'
    assert missing.status_code == 404, f"parcel 99 does not exist: 404, but {missing.status_code} came."
    assert "Deprecation" in first.headers, (
        "v1 should say that it goes: each of its answers needs the header `Deprecation`."
    )
    assert "Deprecation" not in second.headers, "v2 is not deprecated: the header belongs to the router of v1 alone."
    assert first.headers["Deprecation"] == DEPRECATED, (
        f"the header should be {DEPRECATED}, but {first.headers['Deprecation']} came."
    )
    assert "Deprecation" in missing.headers, (
        "the 404 of v1 lacks the header: what a dependency writes into `response.headers` is lost when an error makes an answer "
        "of its own. An `HTTPException` takes `headers=`."
    )
    return "Both versions are served side by side, and every answer of the old one says that it goes."


DEPRECATED = "@1798761600"
weights = {7: 2500}


def _solve_versions() -> FastAPI:
    leaving = {"Deprecation": DEPRECATED}
    v1, v2 = APIRouter(prefix="/v1"), APIRouter(prefix="/v2")

    @v1.get("/parcels/{number}")
    def read_v1(number: int, response: Response) -> dict[str, float]:
        if number not in weights:
            raise HTTPException(404, headers=leaving)
        response.headers.update(leaving)
        return {"weight_kg": weights[number] / 1000}

    @v2.get("/parcels/{number}")
    def read_v2(number: int) -> dict[str, int]:
        if number not in weights:
            raise HTTPException(404)
        return {"weight_g": weights[number]}

    app = FastAPI()
    app.include_router(v1)
    app.include_router(v2)
    return app


# 10.3-outbox


class _Broken(sqlite3.Connection):
    """A connection that dies at its n-th statement that writes, as if the process were killed there."""

    left = 99

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        if sql.lstrip().lower().startswith(("insert", "update")):
            if self.left == 0:
                raise sqlite3.OperationalError("killed here")
            self.left -= 1
        return super().execute(sql, parameters)


def _check_outbox(hand_in: Callable[..., Any]) -> str:
    def attempt(writes: int) -> tuple[int, int, Any]:
        path = f"file:outbox{writes}-{threading.get_ident()}?mode=memory&cache=shared"
        keeper = sqlite3.connect(path, uri=True)  # a memory database lives as long as one connection does
        keeper.executescript(
            "CREATE TABLE parcel (id INTEGER PRIMARY KEY, address TEXT); CREATE TABLE letter (parcel_id INTEGER);"
        )
        connection = sqlite3.connect(path, uri=True, factory=_Broken)
        connection.left = writes
        number = None
        try:
            number = hand_in(connection, "Bern")
        except sqlite3.OperationalError as error:
            assert "killed" in str(error), f"your statement failed: {error}."
        finally:
            connection.close()  # what was not committed is gone, as when a process dies
        counts = [keeper.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("parcel", "letter")]
        owed = keeper.execute("SELECT parcel_id FROM letter").fetchall()
        keeper.close()
        assert not owed or number is None or owed == [(number,)], (
            f"the letter belongs to parcel {number}, but holds {owed[0][0]}."
        )
        return counts[0], counts[1], number

    parcels, letters, number = attempt(99)
    assert parcels, "the parcel was not there after the connection was closed: a transaction has to be committed."
    assert letters, "the parcel is stored, but no letter is owed: insert a row into `letter`, too."
    assert number == 1, (
        f"`hand_in` should return the parcel's number, 1, but {number!r} came back: `cursor.lastrowid` has it."
    )
    for writes in (0, 1):
        parcels, letters, _ = attempt(writes)
        assert parcels == letters, (
            "killed between the two, your code leaves a parcel without its letter: commit once, behind both."
            if parcels
            else "killed between the two, your code leaves a letter without its parcel: commit once, behind both."
        )
    return "Parcel and letter are stored together or not at all, wherever the process dies."


def _solve_outbox() -> Any:
    def hand_in(connection: sqlite3.Connection, address: str) -> int:
        with connection:
            number = connection.execute("INSERT INTO parcel (address) VALUES (?)", (address,)).lastrowid
            connection.execute("INSERT INTO letter (parcel_id) VALUES (?)", (number,))
        assert number is not None
        return number

    return hand_in


EXERCISES = [
    Exercise(
        id="10.3-free",
        title="a blocking call in an async task",
        task="`archive(number)` is an `async def` task that should let `store(number)`, which blocks, do its work, end when that is "
        "done, and hold up nobody.",
        check=_check_free,
        hints=(
            "In which thread does an `async def` task run, and who else needs that thread?",
            "`asyncio.to_thread(function, argument)` runs a function elsewhere and can be awaited.",
        ),
        solution=_solve_free,
        wants=("function", "value"),
    ),
    Exercise(
        id="10.3-together",
        title="all at once, whoever fails",
        task="`tell_all(carriers, tell)` should await `tell(carrier)` for all carriers at the same time and return the names of those "
        "that failed, in their order. One that fails stops nobody.",
        check=_check_together,
        hints=(
            "What does a `TaskGroup` do with the others when one of its tasks fails, and what does `gather` do?",
            "`asyncio.gather(..., return_exceptions=True)` gives results and exceptions in the order of its arguments.",
        ),
        solution=_solve_together,
        wants="function",
    ),
    Exercise(
        id="10.3-filter",
        title="a query that refuses",
        task="`GET /parcels` should take `state` (none by default, or a `State`) and `limit` (1 to 100, 20 by default) from the query, "
        "answer with both, and refuse every other parameter.",
        check=_check_filter,
        hints=(
            "A Pydantic model may stand for the whole query. What tells FastAPI that it is not the body?",
            '`Annotated[Filter, Query()]`, and `ConfigDict(extra="forbid")` in the model.',
        ),
        solution=_solve_filter,
        routes=("GET /parcels",),
    ),
    Exercise(
        id="10.3-once",
        title="deleted, then told",
        task="`DELETE /parcels/{number}` should delete from `parcels` and answer 204, or 404 when nothing is there. `tell_carrier` runs "
        "after the answer, only when something was deleted.",
        check=_check_once,
        hints=(
            "What has to have happened before a client may read 204?",
            "`parcels.pop(number, None)` deletes, and tells whether something was there.",
        ),
        solution=_solve_once,
        wants=("app", "value", "value"),
        routes=("DELETE /parcels/{number}",),
    ),
    Exercise(
        id="10.3-stopwatch",
        title="two times of one request",
        task='The pure ASGI middleware `Stopwatch` should note in `seconds` how long it took until the last byte was sent ("answer"), and '
        'until the app\'s call returned ("all").',
        check=_check_stopwatch,
        hints=(
            "The app sends its answer by calling `send`. Whose `send` is that?",
            'The last part is a message of the type "http.response.body" without `more_body`.',
        ),
        solution=_solve_stopwatch,
        wants=("class", "value"),
    ),
    Exercise(
        id="10.3-keep",
        title="a response of your own",
        task="`POST /parcels/{number}` should answer 202 with a `JSONResponse` of your own that has the header `X-Parcel`, and run "
        "`print_label` behind the audit of the dependency.",
        check=_check_keep,
        hints=(
            "What happens to the injected tasks when a response brings a `background` of its own?",
            "FastAPI attaches the injected tasks to a response that has none.",
        ),
        solution=_solve_keep,
        wants=("app", "value"),
        routes=("POST /parcels/{number}",),
    ),
    Exercise(
        id="10.3-each",
        title="every task has its turn",
        task="`each(*tasks)` should give back one task that runs all of them in their order, `def` in a thread and `async def` awaited, and "
        "notes the names of those that fail in `failed`.",
        check=_check_each,
        hints=(
            "Where does the `try` have to stand, so that the next task still has its turn?",
            "`inspect.iscoroutinefunction(task)` tells the kinds apart, `run_in_threadpool(task)` gives a thread.",
        ),
        solution=_solve_each,
        wants=("function", "value"),
    ),
    Exercise(
        id="10.3-scope",
        title="given back before the answer",
        task="`ConnectionDep` should acquire a connection from `pool` for a path operation and release it before the answer is sent, also "
        "when the path operation raises.",
        check=_check_scope,
        hints=(
            "Until when does a dependency with `yield` stay open, if nothing is said?",
            "`Depends(get_connection, scope=...)`, and a `try` around the `yield`.",
        ),
        solution=_solve_scope,
        wants=("app", "value", "function"),
        routes=("GET /parcels", "GET /broken"),
    ),
    Exercise(
        id="10.3-carry",
        title="the id travels along",
        task="`carry(function)` should give back a function that runs the given one with the context variables of the moment at which "
        "`carry` was called, wherever it runs.",
        check=_check_carry,
        hints=(
            "When does the context have to be copied: when `carry` is called, or when the function runs?",
            "`contextvars.copy_context()` copies, `context.run(function, ...)` calls a function in it.",
            "Two threads cannot be in one context at a time: what does `context.copy()` help there?",
        ),
        solution=_solve_carry,
        wants=("function", "value"),
    ),
    Exercise(
        id="10.3-forgot",
        title="the clock tells nothing",
        task="`POST /passwords/forgot` should answer everybody with the same 202 in the same time; a member's address gets `mail_code` after "
        "that, and nobody else notices.",
        check=_check_forgot,
        hints=(
            "What differs between a member and a stranger, and when may it happen?",
            "A `def` task has a thread; on the event loop it would delay the next answer.",
        ),
        solution=_solve_forgot,
        wants=("app", "value"),
        routes=("POST /passwords/forgot",),
    ),
    Exercise(
        id="10.3-versions",
        title="old and new side by side",
        task='`GET /v1/parcels/7` should answer `{"weight_kg": 2.5}`, `GET /v2/parcels/7` `{"weight_g": 2500}`, unknown parcels 404; every '
        "answer of v1, that of a 404 too, carries `Deprecation` with the value of `DEPRECATED`.",
        check=_check_versions,
        hints=(
            "A parameter `response: Response` lets a path operation set headers of its answer. Of which answers?",
            "`HTTPException(404, headers=...)`.",
        ),
        solution=_solve_versions,
        routes=("GET /v1/parcels/{number}", "GET /v2/parcels/{number}"),
    ),
    Exercise(
        id="10.3-outbox",
        title="both or neither",
        task="`hand_in(connection, address)` should insert a row into `parcel` and the letter that it owes into `letter`, so that no kill can "
        "leave one without the other, and return the parcel's number.",
        check=_check_outbox,
        hints=(
            "How many commits may there be?",
            "`with connection:` commits at its end, and rolls back when something raises. `cursor.lastrowid` is the number.",
        ),
        solution=_solve_outbox,
        wants="function",
    ),
]
