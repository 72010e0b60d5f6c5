"""What learners pass to the exercises of chapter 4."""

import asyncio
import inspect
import time

from fastapi import BackgroundTasks
from fastapi.responses import JSONResponse, PlainTextResponse
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool

from helpers.chapters.ch04.exercises import given_up, note_refusal, refusals
from tests.chapters.answers import right, stub, wrong


@stub("4.1-audit")
def audit_shipped():
    async def refuse(request, error): ...

    return refuse, refusals


@wrong("4.1-audit", says="client waited for `note_refusal`")
def audit_inline():
    def refuse(request, error):
        note_refusal(request.url.path)
        return JSONResponse({"detail": error.detail}, status_code=403)

    return refuse, refusals


@wrong("4.1-audit", says="calls the function at once")
def audit_called():
    def refuse(request, error):
        note = BackgroundTask(note_refusal(request.url.path))
        return JSONResponse({"detail": error.detail}, status_code=403, background=note)

    return refuse, refusals


@wrong("4.1-audit", says="is never looked at")
def audit_own_list():
    async def refuse(request, error):
        BackgroundTasks().add_task(note_refusal, request.url.path)
        return JSONResponse({"detail": error.detail}, status_code=403)

    return refuse, refusals


@wrong("4.1-audit", says="should stay 403, but 200 came")
def audit_with_200():
    async def refuse(request, error):
        return JSONResponse({"detail": error.detail}, background=BackgroundTask(note_refusal, request.url.path))

    return refuse, refusals


@wrong("4.1-audit", says="with the error's own detail")
def audit_without_detail():
    async def refuse(request, error):
        note = BackgroundTask(note_refusal, request.url.path)
        return JSONResponse({"detail": "no"}, status_code=403, background=note)

    return refuse, refusals


@wrong("4.1-audit", says="`request.url.path`")
def audit_notes_the_detail():
    async def refuse(request, error):
        note = BackgroundTask(note_refusal, error.detail)
        return JSONResponse({"detail": error.detail}, status_code=403, background=note)

    return refuse, refusals


@wrong("4.1-audit", says="handler returns a response")
def audit_raises_again():
    async def refuse(request, error):
        raise error

    return refuse, refusals


@right("4.1-audit")
def audit_with_a_list():
    def refuse(request, error):
        tasks = BackgroundTasks()
        tasks.add_task(note_refusal, path=request.url.path)
        return PlainTextResponse(error.detail, error.status_code, background=tasks)

    return refuse, refusals


RIGHT = {
    "waiter": "a",
    "cooks": "b",
    "waiter cooks": "c",
    "order slip": "d",
    "dish": "e",
    "receipt": "f",
    "tracking number": "g",
    "second attempt": "h",
}


@stub("4.3-analogies")
def analogies_shipped():
    return ...


@wrong("4.3-analogies", says="missing: cooks")
def analogies_begun():
    return {"waiter": "a"}


@wrong("4.3-analogies", says="no part called 'cook'")
def analogies_misspelt():
    return {"cook": "b"}


@wrong("4.3-analogies", says="Look at `waiter` again")
def analogies_waiter_is_a_thread():
    return RIGHT | {"waiter": "b", "cooks": "a"}


@wrong("4.3-analogies", says="Look at `dish` again")
def analogies_dish_is_the_answer():
    return RIGHT | {"dish": "f", "receipt": "e"}


@wrong("4.3-analogies", says="Look at `tracking number` again")
def analogies_tracking_is_retry():
    return RIGHT | {"tracking number": "h", "second attempt": "g"}


@wrong("4.3-analogies", says="a dictionary is asked for")
def analogies_as_text():
    return "abcdefgh"


@right("4.3-analogies")
def analogies_in_capitals():
    return {part: letter.upper() for part, letter in RIGHT.items()}


@stub("4.6-patient")
def patient_shipped():
    def patient(task): ...

    return patient, given_up


@wrong("4.6-patient", says="ran on the event loop")
def patient_on_the_loop():
    def patient(task):
        async def wrapper():
            for _ in range(3):
                try:
                    result = task()
                    if inspect.isawaitable(result):
                        await result
                    return
                except Exception:
                    pass
            given_up.append(task.__name__)

        return wrapper

    return patient, given_up


@wrong("4.6-patient", says="was never awaited")
def patient_not_awaited():
    def patient(task):
        def wrapper():
            for _ in range(3):
                try:
                    return task()
                except Exception:
                    time.sleep(0.01)
            given_up.append(task.__name__)

        return wrapper

    return patient, given_up


@wrong("4.6-patient", says="was not tried again")
def patient_only_catches():
    def patient(task):
        async def wrapper():
            try:
                if inspect.iscoroutinefunction(task):
                    await task()
                else:
                    await run_in_threadpool(task)
            except Exception:
                given_up.append(task.__name__)

        return wrapper

    return patient, given_up


@wrong("4.6-patient", says="error still comes out of the task")
def patient_catches_nothing():
    def patient(task):
        async def wrapper():
            if inspect.iscoroutinefunction(task):
                await task()
            else:
                await run_in_threadpool(task)

        return wrapper

    return patient, given_up


@wrong("4.6-patient", says="third failure came out")
def patient_raises_at_last():
    def patient(task):
        async def wrapper():
            for attempt in (1, 2, 3):
                try:
                    if inspect.iscoroutinefunction(task):
                        return await task()
                    return await run_in_threadpool(task)
                except Exception:
                    if attempt == 3:
                        given_up.append(task.__name__)
                        raise

        return wrapper

    return patient, given_up


@wrong("4.6-patient", says="a task that went well was run again")
def patient_never_stops():
    def patient(task):
        async def wrapper():
            for _ in range(3):
                try:
                    if inspect.iscoroutinefunction(task):
                        await task()
                    else:
                        await run_in_threadpool(task)
                except Exception:
                    await asyncio.sleep(0)

        return wrapper

    return patient, given_up


@wrong("4.6-patient", says="only the task that failed three times")
def patient_notes_each_failure():
    def patient(task):
        async def wrapper():
            for _ in range(3):
                try:
                    if inspect.iscoroutinefunction(task):
                        return await task()
                    return await run_in_threadpool(task)
                except Exception:
                    given_up.append(task.__name__)

        return wrapper

    return patient, given_up


@wrong("4.6-patient", says="three tries were asked for, but 4 were made")
def patient_tries_four_times():
    def patient(task):
        async def wrapper():
            for _ in range(4):
                try:
                    if inspect.iscoroutinefunction(task):
                        return await task()
                    return await run_in_threadpool(task)
                except Exception:
                    await asyncio.sleep(0)
            given_up.append(task.__name__)

        return wrapper

    return patient, given_up


@wrong("4.6-patient", says="does not hold its name")
def patient_notes_nothing():
    def patient(task):
        async def wrapper():
            for _ in range(3):
                try:
                    if inspect.iscoroutinefunction(task):
                        return await task()
                    return await run_in_threadpool(task)
                except Exception:
                    await asyncio.sleep(0)

        return wrapper

    return patient, given_up


@wrong("4.6-patient", says="It gave nothing to call")
def patient_calls_at_once():
    def patient(task):
        for _ in range(3):
            try:
                return task()
            except Exception:
                given_up.append(task.__name__)

    return patient, given_up


@right("4.6-patient")
def patient_with_two_wrappers():
    def patient(task):
        async def call():
            await (task() if inspect.iscoroutinefunction(task) else asyncio.to_thread(task))

        async def wrapper():
            tries_left = 3
            while tries_left:
                try:
                    await call()
                    break
                except Exception:
                    tries_left -= 1
            else:
                given_up.append(task.__name__)

        return wrapper

    return patient, given_up
