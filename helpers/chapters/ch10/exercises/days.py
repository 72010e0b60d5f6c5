"""10.3-days: from one day to another."""

from datetime import date
from typing import Annotated

import httpx
from fastapi import FastAPI, HTTPException, Query

from helpers.chapters.asking import ask, logged, wanted
from helpers.learning.model import Exercise
from helpers.live.server import Server, running


def _check(app: FastAPI) -> str:
    with running(app) as server:
        for first, last, days in (("2026-12-24", "2026-12-27", 4), ("2024-02-28", "2024-03-01", 3)):
            answer = _ask(server, f"?first={first}&last={last}")
            assert answer.status_code != 422, (
                f"`first={first}&last={last}` was refused: both are simple parameters of the query, and both are dates."
            )
            assert answer.text != str(days - 1), (
                f"both days count: from {first} to {last} it is {days} days, and {days - 1} came, which is the difference."
            )
            _is(answer, days, f"from {first} to {last}")
        alone = _ask(server, "?first=2026-12-24")
        assert alone.status_code != 422, "`last` may be left out, which is one day: give it a default."
        _is(alone, 1, "without `last`")
        _is(_ask(server, "?first=2026-12-31&last=2026-12-31"), 1, "from a day to the same day")
        for query in ("?first=tomorrow", "?first=2026-02-30&last=2026-03-02", "?first=2026-12-24&last=soon"):
            code = _ask(server, query, fails=True).status_code
            assert code == 422, (
                f"`{query[1:]}` is no date and should be a 422, but {code} came: the annotation `date` reads and refuses."
            )
        for last in ("2026-12-24", "2026-12-26"):
            back = _ask(server, f"?first=2026-12-27&last={last}")
            assert back.status_code != 200, (
                f"a `last` before `first` was answered with {back.text} days: refuse it with 422."
            )
            assert back.status_code == 422, f"a `last` before `first` should be a 422, but {back.status_code} came."
    return "Dates are read, counted and, where they are none or stand the wrong way round, refused."


def _ask(server: Server, query: str, fails: bool = False) -> httpx.Response:
    answer = ask(server, "GET", f"/storage{query}")
    assert fails or answer.status_code != 500, f"for `{query[1:]}` your app answered 500: {logged(server)}."
    return answer


def _is(answer: httpx.Response, days: int, what: str) -> None:
    assert answer.status_code == 200, f"{what} 200 was asked for, but {answer.status_code} came."
    assert answer.text == str(days), f"{what}: {wanted(days, answer)}."


def _solve() -> FastAPI:
    app = FastAPI()

    @app.get("/storage")
    def count_days(first: date, last: Annotated[date | None, Query()] = None) -> int:
        days = ((last or first) - first).days + 1
        if days < 1:
            raise HTTPException(422, "last is before first")
        return days

    return app


EXERCISE = Exercise(
    id="10.3-days",
    title="from one day to another",
    task="`GET /storage?first=2026-12-24&last=2026-12-27` should answer with the number of days, both counted, here 4; one day without "
    "`last`; a 422 for what is no date, such as `tomorrow`, and for a `last` before `first`.",
    check=_check,
    hints=(
        "Which annotation makes of `2026-12-24` something that can be subtracted, and refuses `2026-02-30`?",
        "`first: date`, and a `last` with a default. `(last - first).days` is the difference of two dates.",
        "What no annotation knows is yours to refuse: `HTTPException(422, ...)`.",
    ),
    solution=_solve,
    routes=("GET /storage",),
)
