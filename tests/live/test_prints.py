"""What an app prints lands below the cell that sent the request."""

import pytest

from tests.live.kernel import Kernel

APP = """
import asyncio, threading
from fastapi import BackgroundTasks, FastAPI, Request, Response
from helpers import serve
from helpers.services.waiting import until
app, first, second = FastAPI(), threading.Event(), threading.Event()

def task(): first.wait(30); print("def task")
async def atask(): await asyncio.to_thread(second.wait, 30); print("async task")

@app.get("/def")
def endpoint(tasks: BackgroundTasks):
    tasks.add_task(task)
    tasks.add_task(atask)
    print("def endpoint")

@app.get("/async")
async def aendpoint(tasks: BackgroundTasks):
    tasks.add_task(atask)
    print("async endpoint")

@app.middleware("http")
async def notice(request: Request, call_next) -> Response:
    print("middleware")
    return await call_next(request)

server = serve(app)
assert server.app is app
"""


@pytest.fixture(scope="module")
def kernel():
    kernel = Kernel()
    assert kernel.run(APP) == ("", [])
    yield kernel
    kernel.end()


@pytest.mark.parametrize(
    ("path", "prints"),
    [
        ("/def", ["middleware", "def endpoint", "def task", "async task"]),
        ("/async", ["middleware", "async endpoint", "async task"]),
    ],
)
def test_every_print_lands_in_the_cell_that_sent_the_request(kernel, path, prints):
    cell = kernel.send(f"first.clear(); second.clear(); answer = server.client.get('{path}')")
    steps = ["pass", "first.set()", "second.set(); until(lambda: not server.busy, 30)"]
    later = [kernel.send(f"{step}; print('cell {number}')") for number, step in enumerate(steps)]
    out = kernel.outputs([cell, *later])
    assert out[cell].split("\n")[:-1] == prints
    assert [out[one] for one in later] == [f"cell {number}\n" for number in range(3)]
