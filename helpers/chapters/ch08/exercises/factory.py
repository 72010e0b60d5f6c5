"""Exercise 8.1-factory: apps that share nothing."""

from collections.abc import Callable
from itertools import count
from typing import Any

from fastapi import FastAPI

from helpers.chapters.asking import ask, is_app, logged, said, wanted
from helpers.learning.model import Exercise
from helpers.live.server import Server, running
from helpers.wording import code

PAGES = ("/docs", "/redoc", "/openapi.json")


def _check_factory(create_app: Callable[[str, bool], FastAPI]) -> str:
    apps = [create_app("CHF", True), create_app("EUR", False)]
    for app in apps:
        is_app(app, "create_app", "GET /currency", "POST /visits")
    assert apps[0] is not apps[1], (
        "`create_app` returned the same app twice: an app made outside the function is everybody's. Make one in each call."
    )
    with running(apps[0]) as swiss, running(apps[1]) as other:
        for server, currency in ((swiss, "CHF"), (other, "EUR")):
            answer = _ask(server, "GET", "/currency")
            assert said(answer) == currency, (
                f"an app that was made with {code(currency)} answered {code(answer.text)}: where does the path operation "
                "find the word, and who else writes there?"
            )
        visits = [said(_ask(server, "POST", "/visits")) for server in (swiss, swiss, other, swiss)]
        pages = [{path: ask(server, "GET", path).status_code for path in PAGES} for server in (swiss, other)]
    assert visits[:2] == [1, 2], f"two visits should be answered with 1 and 2, but {visits[0]} and {visits[1]} came."
    assert visits[2:] == [1, 3], (
        "a visit to one app was counted by the other: the count stands outside `create_app`. What belongs to one app is "
        "made in the call that makes it."
    )
    shut = [path for path, status in pages[0].items() if status == 404]
    assert not shut, f"with `docs=True` {' and '.join(f'`{path}`' for path in shut)} should be there, but 404 came."
    open_ = [path for path, status in pages[1].items() if status != 404]
    assert open_ != ["/openapi.json"], (
        "without `docs` the pages are gone, but `/openapi.json` still names every door. Without that one, there are no "
        "pages either."
    )
    assert not open_, f"without `docs` {' and '.join(f'`{path}`' for path in open_)} still describes the app."
    with running(create_app("JPY", True)) as third:
        first = tuple(said(_ask(third, how, path)) for how, path in (("GET", "/currency"), ("POST", "/visits")))
    assert first == ("JPY", 1), (
        f"a third app, made later, should begin with JPY and 1, but {first[0]} and {first[1]} came."
    )
    again = create_app("CHF", True)
    assert again is not apps[0], (
        "asked with the same arguments, `create_app` returned the app that it had made before: a cache on it makes one app for all who "
        "name the same."
    )
    with running(again) as fourth:
        count_again = said(_ask(fourth, "POST", "/visits"))
    assert count_again == 1, (
        f"a second app with the same arguments began with {count_again} visits instead of 1: what is kept by the word is shared by all "
        "who name it."
    )
    return "Four apps in one process, each with its own word, its own count and its own documentation."


def _ask(server: Server, method: str, path: str) -> Any:
    answer = ask(server, method, path)
    assert answer.status_code == 200, (
        f"`{method} {path}` should answer 200, but {answer.status_code} came: {logged(server) or wanted(1, answer)}."
    )
    return answer


def _solve_factory() -> Callable[[str, bool], FastAPI]:
    def create_app(currency: str, docs: bool) -> FastAPI:
        app = FastAPI(openapi_url="/openapi.json" if docs else None)
        visits = count(1)

        @app.get("/currency")
        def read_currency() -> str:
            return currency

        @app.post("/visits")
        def add_visit() -> int:
            return next(visits)

        return app

    return create_app


EXERCISE = Exercise(
    id="8.1-factory",
    title="apps that share nothing",
    task="`create_app(currency, docs)` should make a new app: `GET /currency` answers with the word, `POST /visits` with how "
    "many visits this app has had; without `docs` neither pages nor JSON describe it.",
    check=_check_factory,
    hints=(
        "What stands outside the function exists once. Where does each app get its own count?",
        "The pages show what `/openapi.json` says. Which argument of `FastAPI` moves that, or takes it away?",
        "`FastAPI(openapi_url=None)` has no description and no pages. A function inside `create_app` sees `currency`.",
    ),
    solution=_solve_factory,
    wants="function",
)
