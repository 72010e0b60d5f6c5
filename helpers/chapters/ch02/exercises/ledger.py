"""Exercise 2.3-ledger: all or nothing."""

from collections.abc import Callable, Iterator
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException

from helpers.chapters.asking import ask, logged
from helpers.learning.model import Exercise
from helpers.live.server import running
from helpers.services.waiting import until
from helpers.wording import code

ledger: list[str] = []

CASES = (
    ("/book/7", 200, ["begin", "book 7", "commit", "close"]),
    ("/book/8?wrong=refused", 404, ["begin", "book 8", "rollback", "close"]),
    ("/book/9?wrong=broken", 500, ["begin", "book 9", "rollback", "close"]),
    ("/book/10", 200, ["begin", "book 10", "commit", "close"]),
)


def _check_ledger(get_ledger: Callable[..., Any], ledger: list[str]) -> str:
    app = FastAPI()

    @app.post("/book/{number}")
    def book(number: int, opened: Annotated[Any, Depends(get_ledger)], wrong: str = "") -> str:
        if opened is not ledger:
            raise TypeError(f"ledger the path operation got {type(opened).__name__}")
        opened.append(f"book {number}")
        if wrong == "refused":
            raise HTTPException(404)
        if wrong == "broken":
            raise LookupError("broken")
        return "booked"

    with running(app) as server:
        for path, status, wanted in CASES:
            ledger.clear()
            answer = ask(server, "POST", path)
            until(lambda: "close" in ledger, 0.3)  # in the default scope it follows the answer
            _judge(path, answer.status_code, logged(server), status, wanted, list(ledger))
    return "What went well was committed, what did not was rolled back, its error went on, and the ledger was closed each time."


def _judge(path: str, status: int, told: str, expected: int, wanted: list[str], came: list[str]) -> None:
    assert "TypeError: ledger " not in told, (
        f"`yield ledger` hands the ledger to the path operation, but {told.partition('ledger ')[2]}."
    )
    assert "No response returned" not in told and "is not raising the exception again" not in told, (
        "an exception was caught and not raised again: FastAPI has no answer then, and the client gets 500. `raise` it again."
    )
    assert expected != 200 or status == 200, f"your dependency failed: {told}."
    ended = {200: "without an error", 500: "by another exception"}.get(expected, "by `HTTPException`")
    assert came != wanted[:2], f"a booking ended {ended}, and {code(wanted[2])} was never noted: " + (
        "is what you do behind the `yield` reached? A dependency that returns has no part behind it."
        if expected == 200
        else "an exception arrives at the `yield`, and what stands behind it is skipped."
    )
    assert came[2:] != ["close"], (
        f"a booking ended {ended}, and {code(wanted[2])} was never noted. Each exception is to be rolled back: which do you catch?"
    )
    assert expected != 500 or "LookupError" in told or came != wanted, (
        "the exception that the path operation raised became another one: let it go on, with `raise` alone."
    )
    assert came == wanted, (
        f"a booking ended {ended}: {code(', '.join(wanted))} was asked for, but {code(', '.join(came) or 'nothing')} was noted."
    )
    assert status == expected, (
        f"the path operation ended {ended}, for which {expected} stands, but the client got {status}: let the exception go on."
    )


def _solve_ledger() -> tuple[Callable[..., Any], list[str]]:
    def get_ledger() -> Iterator[list[str]]:
        ledger.append("begin")
        try:
            yield ledger
        except Exception:
            ledger.append("rollback")
            raise
        else:
            ledger.append("commit")
        finally:
            ledger.append("close")

    return get_ledger, ledger


EXERCISE = Exercise(
    id="2.3-ledger",
    title="all or nothing",
    task="`get_ledger` should note `begin` in `ledger`, yield it, note `commit` when the path operation ended well or `rollback` "
    "when it ended by any exception, which goes on, and `close` in each case.",
    check=_check_ledger,
    hints=(
        "An exception of the path operation is raised at your `yield`. What has to stand around it?",
        "`try` has four parts: what runs on an exception, what runs without one, and what runs in each case?",
        "What happens to the client's 404 when you catch an exception and do not raise it again?",
    ),
    solution=_solve_ledger,
    wants=("callable", "value"),
)
