"""10.3-carry: the id travels along."""

import contextvars
import threading
from collections.abc import Callable
from typing import Any

from helpers.learning.model import Exercise

request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="none")


other: contextvars.ContextVar[str] = contextvars.ContextVar("other", default="none")


def _check(carry: Callable[..., Callable[..., Any]], request_id: contextvars.ContextVar[str]) -> str:
    for id in ("r-7", "r-8"):
        _travels(carry, request_id, id)
    _runs_in_two_threads(carry)
    return "Wherever the function runs, it sees the id of the request that handed it over."


def _travels(carry: Callable[..., Callable[..., Any]], request_id: contextvars.ContextVar[str], id: str) -> None:
    seen: list[tuple[str, str, str]] = []

    def note(what: str, *, times: int = 1) -> int:
        seen.extend([(what, request_id.get(), other.get())] * times)
        return times

    def inside() -> Any:
        request_id.set(id)
        other.set("Ada")
        return carry(note)

    carried = contextvars.copy_context().run(inside)
    assert callable(carried), "`carry(function)` should give back a function."
    assert not seen, "`carry(function)` ran the function: it should give back another one, to be called later."
    elsewhere = contextvars.copy_context()
    elsewhere.run(request_id.set, "r-9")
    result = elsewhere.run(carried, "task", times=2)
    assert seen, "what you gave back did not call the function."
    assert seen[0][0] == "task" and len(seen) == 2 and result == 2, (
        "arguments and result should pass: take `*args` and `**kwargs`, and return what the function returns."
    )
    left = elsewhere.get(request_id)
    assert left == "r-9", (
        f"where the function ran, `request_id` is {left!r} now instead of the caller's own 'r-9': the next one who runs there has another "
        "request's id. A context that you `run` in keeps it to itself."
    )
    assert seen[0][1] == id, (
        f"the function saw {seen[0][1]!r}, the id of the moment at which it ran. `contextvars.copy_context()` has to "
        "be taken when `carry` is called."
    )
    assert seen[0][2] == "Ada", (
        "the request's id travelled along, and another context variable did not: `contextvars.copy_context()` takes all of them."
    )
    carry(carried)("again")
    assert seen[-1] == ("again", id, "Ada"), "carried once more, the function lost its id."


def _runs_in_two_threads(carry: Callable[..., Callable[..., Any]]) -> None:
    """At the same moment: each waits inside for the other."""
    both = threading.Barrier(2)
    carried = carry(lambda: both.wait(2))
    errors: list[BaseException] = []

    def call() -> None:
        try:
            carried()
        except BaseException as error:
            both.abort()
            errors.append(error)

    threads = [threading.Thread(target=call) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    errors = [error for error in errors if not isinstance(error, threading.BrokenBarrierError)]
    if errors:
        raise AssertionError(
            f"called from two threads at the same moment, it raised {type(errors[0]).__name__}: one context cannot be entered "
            "twice. Give each call a copy of it."
        )


def _solve() -> tuple[Any, contextvars.ContextVar[str]]:
    def carry(function: Callable[..., Any]) -> Callable[..., Any]:
        context = contextvars.copy_context()

        def carried(*args: Any, **kwargs: Any) -> Any:
            return context.copy().run(function, *args, **kwargs)

        return carried

    return carry, request_id


EXERCISE = Exercise(
    id="10.3-carry",
    title="the id travels along",
    task="`carry(function)` should give back a function that runs the given one with the context variables of the moment at which "
    "`carry` was called, wherever it runs.",
    check=_check,
    hints=(
        "When does the context have to be copied: when `carry` is called, or when the function runs?",
        "`contextvars.copy_context()` copies, `context.run(function, ...)` calls a function in it.",
        "Two threads cannot be in one context at a time: what does `context.copy()` help there?",
    ),
    solution=_solve,
    wants=("function", "value"),
)
