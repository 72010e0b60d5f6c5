"""What learners pass to the exercises of chapter 10."""

import asyncio
import contextvars
import functools
import threading
import time
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends, FastAPI, HTTPException, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool

from helpers.chapters.ch10.exercises import (
    DEPRECATED,
    Forgotten,
    State,
    _failed,
    _forgot_app,
    _mailed,
    _parcels,
    _pool,
    _ran,
    _scope_app,
    _seconds,
    _store,
    _stored,
    _told,
    audit,
    mail_code,
    members,
    print_label,
    request_id,
    tell_carrier,
    weights,
)
from tests.chapters.answers import right, stub, wrong

# 10.3-free


@stub("10.3-free")
def free_shipped():
    async def archive(number: int) -> None: ...

    return archive, _stored


@wrong("10.3-free", says="another client waited as long as `store` took")
def free_blocking():
    async def archive(number: int) -> None:
        _store(number)

    return archive, _stored


@wrong("10.3-free", says="cannot be awaited")
def free_awaited():
    async def archive(number: int) -> None:
        await asyncio.to_thread(lambda: None)
        await None

    return archive, _stored


@wrong("10.3-free", says="nothing was stored when the task had ended")
def free_not_waited_for():
    async def archive(number: int) -> None:
        threading.Thread(target=_store, args=(number,)).start()

    return archive, _stored


@right("10.3-free")
def free_in_the_pool():
    async def archive(number: int) -> None:
        await run_in_threadpool(_store, number)

    return archive, _stored


@right("10.3-free")
def free_as_def():
    def archive(number: int) -> None:
        _store(number)

    return archive, _stored


# 10.3-together


@stub("10.3-together")
def together_shipped():
    async def tell_all(carriers, tell): ...

    return tell_all


@wrong("10.3-together", says="one after the other")
def together_in_a_loop():
    async def tell_all(carriers, tell):
        failed = []
        for carrier in carriers:
            try:
                await tell(carrier)
            except ConnectionError:
                failed.append(carrier)
        return failed

    return tell_all


@wrong("10.3-together", says="catch the failure inside")
def together_in_a_group():
    async def tell_all(carriers, tell):
        async with asyncio.TaskGroup() as group:
            for carrier in carriers:
                group.create_task(tell(carrier))
        return []

    return tell_all


@wrong("10.3-together", says="came out of `tell_all`")
def together_gathered():
    async def tell_all(carriers, tell):
        await asyncio.gather(*map(tell, carriers))
        return []

    return tell_all


@wrong("10.3-together", says="['south'], but [None,")
def together_raw():
    async def tell_all(carriers, tell):
        return await asyncio.gather(*map(tell, carriers), return_exceptions=True)

    return tell_all


@wrong("10.3-together", says="returned before all were told")
def together_not_waited_for():
    async def tell_all(carriers, tell):
        waiting = [asyncio.create_task(tell(carrier)) for carrier in carriers]
        await asyncio.sleep(0.05)
        return [carrier for carrier, one in zip(carriers, waiting) if one.done() and one.exception()]

    return tell_all


@right("10.3-together")
def together_caught_inside():
    async def tell_all(carriers, tell):
        failed = set()

        async def one(carrier):
            try:
                await tell(carrier)
            except ConnectionError:
                failed.add(carrier)

        async with asyncio.TaskGroup() as group:
            for carrier in carriers:
                group.create_task(one(carrier))
        return [carrier for carrier in carriers if carrier in failed]

    return tell_all


# 10.3-filter


def filter_app(function):
    app = FastAPI()
    app.get("/parcels")(function)
    return app


@stub("10.3-filter")
def filter_shipped():
    def list_parcels() -> dict[str, str]: ...

    return filter_app(list_parcels)


@wrong("10.3-filter", says="a mistyped parameter was accepted")
def filter_plain():
    def list_parcels(state: State | None = None, limit: Annotated[int, Query(ge=1, le=100)] = 20) -> dict:
        return {"state": state, "limit": limit}

    return filter_app(list_parcels)


@wrong("10.3-filter", says="a limit of 0 was accepted")
def filter_without_limits():
    class Filter(BaseModel):
        model_config = {"extra": "forbid"}
        state: State | None = None
        limit: int = 20

    def list_parcels(wanted: Annotated[Filter, Query()]) -> Filter:
        return wanted

    return filter_app(list_parcels)


@wrong("10.3-filter", says="a state that does not exist was accepted")
def filter_any_state():
    class Filter(BaseModel):
        model_config = {"extra": "forbid"}
        state: str | None = None
        limit: Annotated[int, Field(ge=1, le=100)] = 20

    def list_parcels(wanted: Annotated[Filter, Query()]) -> Filter:
        return wanted

    return filter_app(list_parcels)


@wrong("10.3-filter", says="a limit of 1 is allowed")
def filter_too_strict():
    class Filter(BaseModel):
        model_config = {"extra": "forbid"}
        state: State | None = None
        limit: Annotated[int, Field(gt=1, lt=100)] = 20

    def list_parcels(wanted: Annotated[Filter, Query()]) -> Filter:
        return wanted

    return filter_app(list_parcels)


@wrong("10.3-filter", says="without a query all defaults hold")
def filter_from_the_body():
    class Filter(BaseModel):
        state: State | None = None
        limit: Annotated[int, Field(ge=1, le=100)] = 20

    def list_parcels(wanted: Filter) -> Filter:
        return wanted

    return filter_app(list_parcels)


@right("10.3-filter")
def filter_by_hand():
    def list_parcels(
        request: Request, state: State | None = None, limit: Annotated[int, Query(ge=1, le=100)] = 20
    ) -> dict:
        if set(request.query_params) - {"state", "limit"}:
            raise HTTPException(422)
        return {"state": state, "limit": limit}

    return filter_app(list_parcels)


# 10.3-once


def once_app(function, **options):
    app = FastAPI()
    app.delete("/parcels/{number}", **({"status_code": 204} | options))(function)
    return app, _parcels, _told


@stub("10.3-once")
def once_shipped():
    def delete_parcel(number: int, background_tasks: BackgroundTasks) -> None: ...

    return once_app(delete_parcel)


@wrong("10.3-once", says="could still be read")
def once_in_the_task():
    def delete_later(number: int) -> None:
        tell_carrier(number)
        _parcels.pop(number, None)

    def delete_parcel(number: int, background_tasks: BackgroundTasks) -> None:
        if number not in _parcels:
            raise HTTPException(404)
        background_tasks.add_task(delete_later, number)

    return once_app(delete_parcel)


@wrong("10.3-once", says="the second DELETE finds nothing")
def once_always_204():
    def delete_parcel(number: int, background_tasks: BackgroundTasks) -> None:
        if _parcels.pop(number, None):
            background_tasks.add_task(tell_carrier, number)

    return once_app(delete_parcel)


@wrong("10.3-once", says="told of a parcel that was not there")
def once_told_twice():
    def delete_parcel(number: int, response: Response, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(tell_carrier, number)
        if _parcels.pop(number, None) is None:
            response.status_code = 404

    return once_app(delete_parcel)


@wrong("10.3-once", says="deleted with 204, but 200 came")
def once_with_200():
    def delete_parcel(number: int, background_tasks: BackgroundTasks) -> None:
        if _parcels.pop(number, None) is None:
            raise HTTPException(404)
        background_tasks.add_task(tell_carrier, number)

    return once_app(delete_parcel, status_code=200)


@wrong("10.3-once", says="was told []")
def once_told_nobody():
    def delete_parcel(number: int) -> None:
        if _parcels.pop(number, None) is None:
            raise HTTPException(404)

    return once_app(delete_parcel)


@right("10.3-once")
def once_with_del():
    async def delete_parcel(number: int) -> Response:
        if number not in _parcels:
            return Response(status_code=404)
        del _parcels[number]
        return Response(status_code=204, background=BackgroundTask(tell_carrier, number))

    return once_app(delete_parcel)


# 10.3-stopwatch


@stub("10.3-stopwatch")
def stopwatch_shipped():
    class Stopwatch:
        async def __call__(self, scope, receive, send) -> None: ...

    return Stopwatch, _seconds


def stopwatch(call):
    class Stopwatch:
        def __init__(self, app):
            self.app = app

        async def __call__(self, scope, receive, send):
            await call(self.app, scope, receive, send)

    return Stopwatch, _seconds


@wrong("10.3-stopwatch", says="`answer` contains the task")
def stopwatch_both_behind():
    async def call(app, scope, receive, send):
        begun = time.perf_counter()
        await app(scope, receive, send)
        _seconds["answer"] = _seconds["all"] = time.perf_counter() - begun

    return stopwatch(call)


@wrong("10.3-stopwatch", says="`all` ends before the task has")
def stopwatch_both_in_send():
    async def call(app, scope, receive, send):
        begun = time.perf_counter()

        async def timed(message):
            await send(message)
            _seconds["answer"] = _seconds["all"] = time.perf_counter() - begun

        await app(scope, receive, timed)

    return stopwatch(call)


@wrong("10.3-stopwatch", says="`seconds` has no 'answer'")
def stopwatch_without_answer():
    async def call(app, scope, receive, send):
        begun = time.perf_counter()
        await app(scope, receive, send)
        _seconds["all"] = time.perf_counter() - begun

    return stopwatch(call)


@wrong("10.3-stopwatch", says="does not come through your middleware")
def stopwatch_swallows():
    async def call(app, scope, receive, send):
        async def timed(message):
            _seconds["answer"] = 0.0
            if scope["type"] != "http":
                await send(message)

        await app(scope, receive, timed)
        _seconds["all"] = 0.3

    return stopwatch(call)


@right("10.3-stopwatch")
def stopwatch_of_every_part():
    async def call(app, scope, receive, send):
        begun = time.perf_counter()

        async def timed(message):
            await send(message)
            _seconds["answer"] = time.perf_counter() - begun

        await app(scope, receive, timed)
        _seconds["all"] = time.perf_counter() - begun

    return stopwatch(call)


# 10.3-keep


def keep_app(function):
    app = FastAPI(dependencies=[Depends(audit)])
    app.post("/parcels/{number}")(function)
    return app, _ran


def keep_answer(number, **options):
    return JSONResponse({}, 202, headers={"X-Parcel": str(number)}, **options)


@stub("10.3-keep")
def keep_shipped():
    def hand_in(number: int, background_tasks: BackgroundTasks) -> Response: ...

    return keep_app(hand_in)


@wrong("10.3-keep", says="takes the place of the injected tasks")
def keep_replaced():
    def hand_in(number: int) -> Response:
        return keep_answer(number, background=BackgroundTask(print_label, number))

    return keep_app(hand_in)


@wrong("10.3-keep", says="the label was never printed")
def keep_own_list():
    def hand_in(number: int) -> Response:
        BackgroundTasks().add_task(print_label, number)
        return keep_answer(number)

    return keep_app(hand_in)


@wrong("10.3-keep", says="the label was printed before the answer")
def keep_called():
    def hand_in(number: int) -> Response:
        print_label(number)
        return keep_answer(number)

    return keep_app(hand_in)


@wrong("10.3-keep", says="202 was asked for, but 200 came")
def keep_with_200():
    def hand_in(number: int, background_tasks: BackgroundTasks) -> Response:
        background_tasks.add_task(print_label, number)
        return JSONResponse({}, headers={"X-Parcel": str(number)})

    return keep_app(hand_in)


@wrong("10.3-keep", says="with the header `X-Parcel: 7`")
def keep_without_header():
    def hand_in(number: int, background_tasks: BackgroundTasks) -> Response:
        background_tasks.add_task(print_label, number)
        return JSONResponse({}, 202)

    return keep_app(hand_in)


@right("10.3-keep")
def keep_passed_on():
    async def hand_in(number: int, background_tasks: BackgroundTasks) -> Response:
        background_tasks.add_task(print_label, number)
        return keep_answer(number, background=background_tasks)

    return keep_app(hand_in)


# 10.3-each


@stub("10.3-each")
def each_shipped():
    def each(*tasks): ...

    return each, _failed


@wrong("10.3-each", says="the task behind the failing one never ran")
def each_one_try():
    def each(*tasks):
        async def run_all():
            try:
                for task in tasks:
                    if asyncio.iscoroutinefunction(task):
                        await task()
                    else:
                        await run_in_threadpool(task)
            except Exception:
                _failed.append("tell")

        return run_all

    return each, _failed


@wrong("10.3-each", says="has to be awaited")
def each_never_awaited():
    def each(*tasks):
        def run_all():
            for task in tasks:
                try:
                    made = task()
                    if made is not None:
                        made.close()
                except Exception:
                    _failed.append(task.__name__)

        return run_all

    return each, _failed


@wrong("10.3-each", says="held it")
def each_blocking():
    def each(*tasks):
        async def run_all():
            for task in tasks:
                try:
                    made = task()
                    if made is not None:
                        await made
                except Exception:
                    _failed.append(task.__name__)

        return run_all

    return each, _failed


@wrong("10.3-each", says="a failure came out of the task")
def each_raises():
    def each(*tasks):
        async def run_all():
            for task in tasks:
                if asyncio.iscoroutinefunction(task):
                    await task()
                else:
                    await run_in_threadpool(task)

        return run_all

    return each, _failed


@wrong("10.3-each", says="`failed` should hold the name")
def each_without_names():
    def each(*tasks):
        async def run_all():
            for task in tasks:
                try:
                    if asyncio.iscoroutinefunction(task):
                        await task()
                    else:
                        await asyncio.to_thread(task)
                except Exception as error:
                    _failed.append(type(error).__name__)

        return run_all

    return each, _failed


@right("10.3-each")
def each_as_tasks():
    def each(*tasks):
        async def run_all():
            for task in tasks:
                try:
                    await BackgroundTask(task)()
                except Exception:
                    _failed.append(task.__name__)

        return run_all

    return each, _failed


# 10.3-scope


def scope_of(get_connection, **options):
    return _scope_app(Annotated[str, Depends(get_connection, **options)]), _pool, get_connection


@stub("10.3-scope")
def scope_shipped():
    def get_connection(): ...

    return scope_of(get_connection)


def get_connection():
    connection = _pool.acquire()
    try:
        yield connection
    finally:
        _pool.release(connection)


@wrong("10.3-scope", says="still held when the answer had come")
def scope_default():
    return scope_of(get_connection)


@wrong("10.3-scope", says="leaves its connection behind")
def scope_without_finally():
    def get_connection():
        connection = _pool.acquire()
        yield connection
        _pool.release(connection)

    return scope_of(get_connection, scope="function")


@wrong("10.3-scope", says="one connection is held")
def scope_returned():
    def get_connection():
        connection = _pool.acquire()
        _pool.release(connection)
        return connection

    return scope_of(get_connection)


@right("10.3-scope")
def scope_async():
    async def get_connection():
        connection = _pool.acquire()
        try:
            yield connection
        finally:
            _pool.release(connection)

    return scope_of(get_connection, scope="function")


# 10.3-carry


@stub("10.3-carry")
def carry_shipped():
    def carry(function): ...

    return carry, request_id


@wrong("10.3-carry", says="the id of the moment at which it ran")
def carry_too_late():
    def carry(function):
        def carried(*args, **kwargs):
            return contextvars.copy_context().run(function, *args, **kwargs)

        return carried

    return carry, request_id


@wrong("10.3-carry", says="`carry(function)` ran the function")
def carry_called():
    def carry(function):
        contextvars.copy_context().run(function, "now")
        return function

    return carry, request_id


@wrong("10.3-carry", says="arguments and result should pass")
def carry_without_result():
    def carry(function):
        context = contextvars.copy_context()

        def carried(*args, **kwargs):
            context.copy().run(function, *args, **kwargs)

        return carried

    return carry, request_id


@wrong("10.3-carry", says="should give back a function")
def carry_context():
    def carry(function):
        return contextvars.copy_context()

    return carry, request_id


@right("10.3-carry")
def carry_partial():
    def carry(function):
        seen = request_id.get()

        @functools.wraps(function)
        def carried(*args, **kwargs):
            token = request_id.set(seen)
            try:
                return function(*args, **kwargs)
            finally:
                request_id.reset(token)

        return carried

    return carry, request_id


# 10.3-forgot


def forgot_app(function, **options):
    app = _forgot_app()
    app.post("/passwords/forgot", **({"status_code": 202} | options))(function)
    return app, _mailed


@stub("10.3-forgot")
def forgot_shipped():
    def forgot(wanted: Forgotten, background_tasks: BackgroundTasks) -> dict[str, str]: ...

    return forgot_app(forgot)


@wrong("10.3-forgot", says="sent before the answer")
def forgot_inline():
    def forgot(wanted: Forgotten) -> dict[str, str]:
        if wanted.email in members:
            mail_code(wanted.email)
        return {"status": "Look into your mail."}

    return forgot_app(forgot)


@wrong("10.3-forgot", says="the answers tell who is a member")
def forgot_404():
    def forgot(wanted: Forgotten, background_tasks: BackgroundTasks) -> dict[str, str]:
        if wanted.email not in members:
            raise HTTPException(404)
        background_tasks.add_task(mail_code, wanted.email)
        return {"status": "Look into your mail."}

    return forgot_app(forgot)


@wrong("10.3-forgot", says="the task blocks the event loop")
def forgot_on_the_loop():
    async def mail(email: str) -> None:
        mail_code(email)

    def forgot(wanted: Forgotten, background_tasks: BackgroundTasks) -> dict[str, str]:
        if wanted.email in members:
            background_tasks.add_task(mail, wanted.email)
        return {"status": "Look into your mail."}

    return forgot_app(forgot)


@wrong("10.3-forgot", says="no member's was mailed to")
def forgot_mails_everybody():
    def forgot(wanted: Forgotten, background_tasks: BackgroundTasks) -> dict[str, str]:
        background_tasks.add_task(mail_code, wanted.email)
        return {"status": "Look into your mail."}

    return forgot_app(forgot)


@right("10.3-forgot")
def forgot_decides_later():
    def mail_if_member(email: str) -> None:
        if email in members:
            mail_code(email)

    async def forgot(wanted: Forgotten, background_tasks: BackgroundTasks) -> dict[str, str]:
        background_tasks.add_task(mail_if_member, wanted.email)
        return {"status": "accepted"}

    return forgot_app(forgot)


# 10.3-versions


def versions_app(v1, v2, dependencies=()):
    old, new, app = APIRouter(prefix="/v1", dependencies=list(dependencies)), APIRouter(prefix="/v2"), FastAPI()
    old.get("/parcels/{number}")(v1)
    new.get("/parcels/{number}")(v2)
    app.include_router(old)
    app.include_router(new)
    return app


def read_v2(number: int) -> dict[str, int]:
    if number not in weights:
        raise HTTPException(404)
    return {"weight_g": weights[number]}


@stub("10.3-versions")
def versions_shipped():
    def read_v1(number: int) -> dict[str, float]: ...

    return versions_app(read_v1, read_v2)


def deprecate(response: Response) -> None:
    response.headers["Deprecation"] = DEPRECATED


def read_v1_plainly(number: int) -> dict[str, float]:
    if number not in weights:
        raise HTTPException(404)
    return {"weight_kg": weights[number] / 1000}


@wrong("10.3-versions", says="is lost when an error makes an answer")
def versions_by_dependency():
    return versions_app(read_v1_plainly, read_v2, [Depends(deprecate)])


@wrong("10.3-versions", says="v1 should say that it goes")
def versions_silent():
    return versions_app(read_v1_plainly, read_v2)


@wrong("10.3-versions", says='v2 answers {"weight_g": 2500}')
def versions_same():
    return versions_app(read_v1_plainly, read_v1_plainly, [Depends(deprecate)])


@wrong("10.3-versions", says="v2 is not deprecated")
def versions_both_marked():
    app = versions_app(read_v1_plainly, read_v2)

    @app.middleware("http")
    async def mark(request: Request, call_next) -> Response:
        response = await call_next(request)
        response.headers["Deprecation"] = DEPRECATED
        return response

    return app


@wrong("10.3-versions", says=f"the header should be {DEPRECATED}")
def versions_true():
    def mark(response: Response) -> None:
        response.headers["Deprecation"] = "true"

    return versions_app(read_v1_plainly, read_v2, [Depends(mark)])


@right("10.3-versions")
def versions_by_middleware():
    app = versions_app(read_v1_plainly, read_v2)

    @app.middleware("http")
    async def mark(request: Request, call_next) -> Response:
        response = await call_next(request)
        if request.url.path.startswith("/v1/"):
            response.headers["Deprecation"] = DEPRECATED
        return response

    return app


# 10.3-outbox

PARCEL, LETTER = "INSERT INTO parcel (address) VALUES (?)", "INSERT INTO letter VALUES (?)"


@stub("10.3-outbox")
def outbox_shipped():
    def hand_in(connection, address: str) -> int: ...

    return hand_in


@wrong("10.3-outbox", says="a parcel without its letter")
def outbox_two_commits():
    def hand_in(connection, address):
        number = connection.execute(PARCEL, (address,)).lastrowid
        connection.commit()
        connection.execute(LETTER, (number,))
        connection.commit()
        return number

    return hand_in


@wrong("10.3-outbox", says="a letter without its parcel")
def outbox_letter_first():
    def hand_in(connection, address):
        connection.execute(LETTER, (1,))
        connection.commit()
        number = connection.execute(PARCEL, (address,)).lastrowid
        connection.commit()
        return number

    return hand_in


@wrong("10.3-outbox", says="has to be committed")
def outbox_no_commit():
    def hand_in(connection, address):
        number = connection.execute(PARCEL, (address,)).lastrowid
        connection.execute(LETTER, (number,))
        return number

    return hand_in


@wrong("10.3-outbox", says="no letter is owed")
def outbox_parcel_alone():
    def hand_in(connection, address):
        with connection:
            return connection.execute(PARCEL, (address,)).lastrowid

    return hand_in


@wrong("10.3-outbox", says="should return the parcel's number")
def outbox_without_number():
    def hand_in(connection, address):
        with connection:
            number = connection.execute(PARCEL, (address,)).lastrowid
            connection.execute(LETTER, (number,))

    return hand_in


@right("10.3-outbox")
def outbox_by_hand():
    def hand_in(connection, address):
        try:
            number = connection.execute(PARCEL, (address,)).lastrowid
            connection.execute(LETTER, (number,))
        except Exception:
            connection.rollback()
            raise
        connection.commit()
        return number

    return hand_in
