"""10.3-carry: the id travels along."""

import contextvars
import threading
from collections.abc import Callable
from typing import Any

from helpers.learning.model import Exercise

request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="none")


def _check(carry: Callable[..., Callable[..., Any]], request_id: contextvars.ContextVar[str]) -> str:
    seen: list[str] = []

    def note(what: str, *, times: int = 1) -> int:
        seen.extend([f"{what} {request_id.get()}"] * times)
        return times

    def inside() -> Any:
        request_id.set("r-7")
        return carry(note)

    carried = contextvars.copy_context().run(inside)
    assert callable(carried), "`carry(function)` should give back a function."
    assert not seen, "`carry(function)` ran the function: it should give back another one, to be called later."
    other = contextvars.copy_context()
    other.run(request_id.set, "r-8")
    result = other.run(carried, "task", times=2)
    assert seen, "what you gave back did not call the function."
    assert seen[0].startswith("task") and len(seen) == 2 and result == 2, (
        "arguments and result should pass: take `*args` and `**kwargs`, and return what the function returns."
    )
    assert seen[0].endswith("r-7"), (
        f"the function saw {seen[0].split()[-1]!r}, the id of the moment at which it ran. `contextvars.copy_context()` has to "
        "be taken when `carry` is called."
    )
    errors: list[BaseException] = []

    def call() -> None:
        try:
            carried("thread")
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=call) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    again = carry(carried)
    again("again")
    assert not errors, f"called from a thread of its own, it raised {type(errors[0]).__name__}." if errors else ""
    assert seen[-1].endswith("r-7"), "carried once more, the function lost its id."
    return "Wherever the function runs, it sees the id of the request that handed it over."


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
