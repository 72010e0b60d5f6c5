"""Exercise 8.1-later: one dependency decides where tasks run."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import BackgroundTasks, Depends, FastAPI, Request

from helpers.chapters.asking import logged
from helpers.learning.answered import Answered
from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import running


class _Queue:
    """What RQ's `Queue` is to a path operation: it takes a function and its arguments."""

    def __init__(self) -> None:
        self.jobs: list[tuple[Any, ...]] = []

    def enqueue(self, function: Callable[..., Any], *arguments: Any) -> None:
        self.jobs.append((function, *arguments))


def _check_later(get_run_later: Callable[..., Any]) -> str:
    ran: list[str] = []

    def send(address: str) -> None:
        ran.append(address)

    def asked(queue: _Queue | None, address: str) -> list[int]:
        """Asks an app whose lifespan has this queue; how many tasks had run when the answer went out."""
        answered = Answered(_app(get_run_later, queue, send), lambda: len(ran))
        with running(answered) as server:
            with record():
                answer = server.client.post("/codes", params={"address": address})
            told = logged(server)
        where = "with a queue" if queue else "without a queue"
        assert answer.status_code == 202, f"{where}, 202 was asked for, but {answer.status_code} came: {told}."
        return answered.seen

    early = asked(None, "ada@example.org")
    assert early == [0], (
        "without a queue the task had run before the answer went out: the client waits for it. Hand the function over, do "
        "not call it."
    )
    assert ran == ["ada@example.org"], (
        f"without a queue the task should run once behind the answer, but it ran {len(ran)} times. Only what is added to "
        "the response's own `BackgroundTasks`, the injected one, is run."
    )
    queue = _Queue()
    asked(queue, "grace@example.org")
    assert ran == ["ada@example.org"], (
        "with a queue the task ran in the web process: it was added behind the answer, though a worker should do it."
    )
    assert queue.jobs == [(send, "grace@example.org")], (
        f"the queue should hold the function and its argument, once, but holds {len(queue.jobs)} jobs like that."
    )
    second = _Queue()
    asked(second, "ada@example.org")
    assert len(second.jobs) == 1, (
        "the second app has a queue of its own, which got nothing: look it up at each request."
    )
    asked(None, "alan@example.org")
    assert ran[-1] == "alan@example.org", "an app without a queue, made after one with a queue, ran nothing."
    return "One setting moves the work: into a queue where there is one, else behind the answer."


def _app(get_run_later: Callable[..., Any], queue: _Queue | None, send: Callable[[str], None]) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
        yield {"queue": queue}

    app = FastAPI(lifespan=lifespan)

    @app.post("/codes", status_code=202)
    def ask_for_code(address: str, run_later: Annotated[Any, Depends(get_run_later)]) -> None:
        run_later(send, address)

    return app


def _solve_later() -> Callable[..., Any]:
    async def get_run_later(request: Request, background_tasks: BackgroundTasks) -> Callable[..., object]:
        queue = request.state.queue
        return queue.enqueue if queue is not None else background_tasks.add_task

    return get_run_later


EXERCISE = Exercise(
    id="8.1-later",
    title="one dependency decides where tasks run",
    task="`get_run_later` should be a dependency that gives `queue.enqueue` where the lifespan put a queue into "
    "`request.state.queue`, and the response's own `add_task` where that is None.",
    check=_check_later,
    hints=(
        "A dependency may take what a path operation may take. Which two parameters does this one need?",
        "`request: Request` has the lifespan's state, `background_tasks: BackgroundTasks` is the list that the response runs.",
        "Return the method itself, without calling it: the path operation calls it with a function and its arguments.",
    ),
    solution=_solve_later,
    wants="callable",
)
