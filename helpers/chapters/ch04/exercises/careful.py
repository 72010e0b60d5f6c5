"""Exercise 4.3-careful: the on_failure that FastAPI lacks."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import BackgroundTasks, FastAPI

from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import running
from helpers.wording import logged_error


def _check_careful(careful: Callable[..., Any]) -> str:
    ran: list[int] = []
    told: list[tuple[Any, Any]] = []
    asked: list[int] = []
    following: list[int] = []
    errors = {7: None, 8: ConnectionError("carrier"), 9: KeyError("label"), 10: ValueError("tell")}

    async def task(parcel: int) -> None:
        ran.append(parcel)
        if (problem := errors[parcel]) is not None:
            raise problem

    def on_failure(parcel: int, error: Exception) -> Awaitable[None]:
        asked.append(parcel)
        return tell(parcel, error)

    async def tell(parcel: int, error: Exception) -> None:
        told.append((parcel, error))
        if parcel == 10:
            raise OSError("the mail server is down, too")

    app = FastAPI()

    @app.post("/{parcel}")
    async def start(parcel: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(careful, task, parcel, on_failure)
        background_tasks.add_task(following.append, parcel)

    with running(app) as server:
        for parcel, problem in errors.items():
            for notes in (ran, told, asked, following):
                notes.clear()
            server.log.clear()
            with record(timeout=3.0):
                server.client.post(f"/{parcel}")
            server.client.hang_up()
            error, name = logged_error(server.log), type(problem).__name__
            assert ran, f"the task was not run: `task` is an `async def`, so `await task(parcel)`. {error}".strip()
            assert ran == [parcel], f"the task ran {len(ran)} times; once was asked for."
            if problem is None:
                assert not told, "`on_failure` was called for a task that went well: it belongs into the `except`."
            else:
                assert told or not asked, (
                    "`on_failure` was called and not awaited: calling an `async def` makes a coroutine."
                )
                assert told or error, f"the task failed with {name}, and nobody was told: `on_failure` was not called."
                assert told, f"a {name} came out, and `on_failure` was not called: every `Exception` is meant. {error}"
                assert told == [(parcel, problem)], (
                    "`on_failure` should get the parcel and then the error itself, once for each failure."
                )
            assert not error, (
                f"an exception still came out: {error}. It closes the connection and drops the next task."
                if parcel != 10
                else f"`on_failure` failed itself, and that came out: {error}. Whatever happens, nothing gets out."
            )
            assert following == [parcel], "the task behind it did not run."
    return "Whatever fails, somebody is told, the next task runs, and the connection lives."


def _solve_careful() -> Callable[..., Any]:
    async def careful(
        task: Callable[[int], Awaitable[None]], parcel: int, on_failure: Callable[[int, Exception], Awaitable[None]]
    ) -> None:
        try:
            try:
                await task(parcel)
            except Exception as error:
                await on_failure(parcel, error)
        except Exception:
            pass  # a service would log it here

    return careful


EXERCISE = Exercise(
    id="4.3-careful",
    title="an on_failure of your own",
    task="`careful` should await the task, tell `on_failure` of any Exception, and let none out.",
    check=_check_careful,
    hints=(
        "What does rule 8 say happens to the next task, and rule 10 to the connection, if an exception gets out?",
        "`except Exception as error:` around `await task(parcel)`, and `await on_failure(parcel, error)` inside it.",
        "`on_failure` can fail as well: a second `try` around the first.",
    ),
    solution=_solve_careful,
    wants="function",
)
