"""Exercise 2.3-paging: one dependency for all lists."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException

from helpers.chapters.asking import ask, logged
from helpers.learning.model import Exercise
from helpers.live.server import running
from helpers.wording import code

LISTS: dict[str, list[Any]] = {"/parcels": list(range(1, 131)), "/carriers": list("abcdefghijklmnopqrstuvwxyz")}
CASES = (
    ("/parcels", slice(0, 10)),
    ("/parcels?page=2", slice(10, 20)),
    ("/parcels?page=3&size=7", slice(14, 21)),
    ("/carriers?page=2&size=20", slice(20, 40)),
    ("/parcels?size=50", slice(0, 50)),
    ("/parcels?size=500", slice(0, 50)),
    ("/parcels?page=2&size=80", slice(50, 100)),
)
FIRST = "/parcels?page=1&size=1"
REFUSED = ("/parcels?page=0", "/parcels?page=-1&size=5", "/carriers?size=0", "/parcels?page=last")


def _check_paging(get_page: Callable[..., Any]) -> str:
    app = FastAPI()

    @app.get("/parcels")
    def list_parcels(page: Annotated[Any, Depends(get_page)]) -> list[int]:
        return LISTS["/parcels"][_slice(page)]

    @app.get("/carriers")
    def list_carriers(page: Annotated[Any, Depends(get_page)]) -> list[str]:
        return LISTS["/carriers"][_slice(page)]

    with running(app) as server:
        for path, wanted in CASES:
            answer = ask(server, "GET", path)
            told = logged(server)
            assert "TypeError: page " not in told, (
                f"`get_page` should return a slice, but {told.partition('page ')[2]}."
            )
            assert answer.status_code < 500, f"your dependency failed for {code(path)}: {told}."
            assert answer.status_code != 422 or "size=500" not in path, (
                f"{code(path)} was refused: a size over 50 should be taken as 50."
            )
            assert answer.status_code == 200, (
                f"{code(path)} was answered {answer.status_code}: both parameters may be left out, and come from the query."
            )
            expected = LISTS[path.partition("?")[0]][wanted]
            assert answer.json() == expected, _told(path, answer.json(), expected)
        first = ask(server, "GET", FIRST)
        assert first.status_code == 200 and first.json() == [1], (
            f"{code(FIRST)} should bring the first item, but {first.status_code} {first.text[:40]} came: page and size begin at 1."
        )
        for path in REFUSED:
            status = ask(server, "GET", path).status_code
            assert status != 200, f"{code(path)} got a list. A page or a size below 1 is refused with 422."
            assert status == 422, f"{code(path)} should be refused with 422, but {status} came."
    return "Two lists are paged by one dependency, and neither of their path operations checks anything."


def _slice(page: Any) -> slice:
    if not isinstance(page, slice):
        raise TypeError(f"page it returned a {type(page).__name__}")
    return page


def _told(path: str, came: list[Any], expected: list[Any]) -> str:
    if len(came) > 50:
        return f"{code(path)} brought {len(came)} items: nobody should get more than 50 at a time."
    if came[:1] != expected[:1]:
        begins = came[0] if came else "nothing"
        return f"{code(path)} should begin with {expected[0]}, but begins with {begins}: the first page is page 1."
    return f"{code(path)} should bring {len(expected)} items, but brought {len(came)}."


def _solve_paging() -> Callable[..., Any]:
    def get_page(page: int = 1, size: int = 10) -> slice:
        if page < 1 or size < 1:
            raise HTTPException(422, "page and size begin at 1")
        size = min(size, 50)
        return slice((page - 1) * size, page * size)

    return get_page


EXERCISE = Exercise(
    id="2.3-paging",
    title="one dependency for all lists",
    task="`get_page` should read `page` (1 unless sent) and `size` (10) from the query and return the slice of a list that they "
    "mean. A size over 50 is taken as 50; a page or size below 1 is refused with 422.",
    check=_check_paging,
    hints=(
        "A dependency's parameters are read like those of a path operation. What makes a parameter one that may be left out?",
        "Which items are on page 2 of size 10? `slice(10, 20)` cuts them out. And page 1?",
        "`raise HTTPException(422, ...)` ends a request, in a dependency too.",
    ),
    solution=_solve_paging,
    wants="callable",
)
