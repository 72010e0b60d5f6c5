"""Path operations as learners write them, in a file that is not the check's: only there is code a learner's own."""

import time

from fastapi import BackgroundTasks, FastAPI


def app_with(endpoint) -> FastAPI:
    app = FastAPI()
    app.get("/parcels")(endpoint)
    return app


def forgets() -> dict[str, int]:
    time.monotonic()


async def forgets_too() -> list[str]:
    time.monotonic()


async def blocks() -> dict[str, int]:
    time.sleep(0.5)
    return {"parcels": 1}


async def computes() -> dict[str, int]:
    end = time.thread_time() + 0.5  # of the processor: on a busy machine it takes longer
    while time.thread_time() < end:
        pass
    return {"parcels": 1}


async def print_labels() -> None:
    time.sleep(0.5)


async def adds_a_task_that_blocks(background_tasks: BackgroundTasks) -> dict[str, int]:
    background_tasks.add_task(print_labels)
    return {"parcels": 1}


def blocks_a_thread() -> dict[str, int]:
    time.sleep(0.5)
    return {"parcels": 1}


def wrong() -> list[int]:
    return {"parcels": 1}  # something came, but it does not fit


async def holds_and_forgets() -> dict[str, int]:
    time.sleep(0.5)
