"""What an app prints lands below the cell that sent the request."""

import pytest

from tests.live.kernel import Kernel

APP = """
import asyncio, time
from fastapi import BackgroundTasks, FastAPI, Request, Response
from helpers import serve
app = FastAPI()

def task(): time.sleep(0.2); print("def task")
async def atask(): await asyncio.sleep(0.4); print("async task")

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
    cell = kernel.send(f"answer = server.client.get('{path}')")
    later = [kernel.send(f"time.sleep(0.3); print('cell {number}')") for number in range(3)]
    out = kernel.outputs([cell, *later])
    assert out[cell].split("\n")[:-1] == prints
    assert [out[one] for one in later] == [f"cell {number}\n" for number in range(3)]
