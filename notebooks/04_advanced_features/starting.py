"""Starts a process in a background task, by the method that is asked for; uvicorn runs it in the appendix of all rules."""

import multiprocessing
import time
from multiprocessing.process import BaseProcess

from fastapi import BackgroundTasks, FastAPI

app = FastAPI()
started: dict[str, BaseProcess] = {}


def press_labels() -> None:
    time.sleep(1)


def start(method: str) -> None:
    started[method] = multiprocessing.get_context(method).Process(target=press_labels)
    started[method].start()
    print(f"{method} started", flush=True)


@app.post("/{method}")
async def order_labels(method: str, background_tasks: BackgroundTasks) -> None:
    background_tasks.add_task(start, method)


@app.delete("/{method}")
def cancel_labels(method: str) -> int | None:
    started[method].terminate()
    started[method].join(5)
    return started[method].exitcode
