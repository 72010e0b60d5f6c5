"""What learners pass to 6.3-note."""

import asyncio
import inspect
import logging

from fastapi.concurrency import run_in_threadpool
from starlette.background import BackgroundTask

from tests.chapters.answers import right, stub, wrong


@stub("6.3-note")
def note_shipped():
    async def noted(task, number) -> None: ...

    return noted


@wrong("6.3-note", says="nothing stands in the log")
def note_swallows():
    async def noted(task, number):
        try:
            await BackgroundTask(task, number)()
        except Exception as error:
            error.add_note(f"parcel {number}")

    return noted


@wrong("6.3-note", says="the error itself was changed")
def note_as_another_error():
    async def noted(task, number):
        try:
            await BackgroundTask(task, number)()
        except Exception as error:
            raise type(error)(f"parcel {number}: {error}") from None

    return noted


@wrong("6.3-note", says="ran on the event loop")
def note_on_the_loop():
    async def noted(task, number):
        try:
            result = task(number)
            if inspect.isawaitable(result):
                await result
        except Exception as error:
            error.add_note(f"parcel {number}")
            raise

    return noted


@wrong("6.3-note", says="has not run")
def note_never_awaits():
    async def noted(task, number):
        try:
            await run_in_threadpool(task, number)
        except Exception as error:
            error.add_note(f"parcel {number}")
            raise

    return noted


@wrong("6.3-note", says="stands no note")
def note_for_one_kind_of_error():
    async def noted(task, number):
        try:
            await BackgroundTask(task, number)()
        except ConnectionError as error:
            error.add_note(f"parcel {number}")
            raise

    return noted


@wrong("6.3-note", says="`parcel 8` should stand, but `parcel` does")
def note_without_the_number():
    async def noted(task, number):
        try:
            await BackgroundTask(task, number)()
        except Exception as error:
            error.add_note("parcel")
            raise

    return noted


@wrong("6.3-note", says="was logged by you")
def note_logged():
    async def noted(task, number):
        try:
            await BackgroundTask(task, number)()
        except Exception as error:
            error.add_note(f"parcel {number}")
            logging.getLogger("uvicorn.error").exception("a task failed")

    return noted


@right("6.3-note")
def note_by_a_background_task():
    async def noted(task, number):
        try:
            await BackgroundTask(task, number)()
        except BaseException as error:
            error.add_note(f"parcel {number}")
            raise

    return noted


@right("6.3-note")
def note_by_a_thread_of_asyncio():
    async def noted(task, number):
        try:
            if inspect.iscoroutinefunction(task):
                await task(number)
            else:
                await asyncio.to_thread(task, number)
        except Exception as error:
            error.add_note(f"parcel {number}")
            raise error

    return noted


@right("6.3-note")
def note_by_a_context_manager():
    class Noting:
        def __init__(self, number):
            self.number = number

        def __enter__(self):
            return self

        def __exit__(self, kind, error, trace):
            if error is not None:
                error.add_note(f"parcel {self.number}")

    async def noted(task, number):
        with Noting(number):
            await BackgroundTask(task, number)()

    return noted
