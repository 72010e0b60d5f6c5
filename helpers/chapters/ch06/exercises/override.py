"""Exercise 6.2-override: an override that is taken back."""

from collections.abc import Callable, Iterator
from typing import Annotated, Any

from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient

from helpers.chapters.judging import begun, ended, raised
from helpers.learning.model import Exercise


def _app() -> tuple[FastAPI, Callable[[], str], Callable[[], str]]:
    """An app that answers with what its two dependencies give, and these."""

    def get_depot() -> str:
        return "Bern"

    def get_carrier() -> str:
        return "North Post"

    app = FastAPI()

    @app.get("/")
    def read(depot: Annotated[Any, Depends(get_depot)], carrier: Annotated[Any, Depends(get_carrier)]) -> list:
        app.state.got = carrier
        return [depot, carrier]

    return app, get_depot, get_carrier


def _check_override(overridden: Callable[..., Any]) -> str:
    app, get_depot, get_carrier = _app()
    client = TestClient(app, raise_server_exceptions=False)

    def answer() -> Any:
        found = client.get("/")
        return found.json() if found.status_code == 200 else f"an error {found.status_code}"

    fixture, _ = begun(overridden, app, get_depot, "Chur")
    assert answer() != ["Bern", "North Post"], (
        "the app still gets its own value. The key in `app.dependency_overrides` is the dependency itself, not its result."
    )
    assert answer() == ["Chur", "North Post"], (
        f"with 'Chur' as the value the app answered {answer()}. The dictionary holds a function that gives the value."
    )
    ended(fixture)
    assert answer() == ["Bern", "North Post"], (
        "the override is still there behind the test, and answers the next one. Code behind `yield` takes it back."
    )
    zero, _ = begun(overridden, app, get_carrier, None)
    assert answer() == ["Bern", None], "with None as the value the app should get None."
    raised(zero)
    assert answer() == ["Bern", "North Post"], (
        "an error left the `with` block, and the override is still there. What stands in `finally` runs in any case."
    )
    outbox: list[str] = []
    mine, _ = begun(overridden, app, get_carrier, outbox)
    assert answer() == ["Bern", []] and app.state.got is outbox, (
        "the app got a copy of the value, or none: FastAPI takes a parameter of your function, as in `lambda value=value: value`, for "
        "one of the request. `lambda: value` has none."
    )
    ended(mine)
    app.dependency_overrides[get_carrier] = lambda: "South Post"
    other, _ = begun(overridden, app, get_depot, "Chur")
    assert answer() == ["Chur", "South Post"], "an override of another dependency was lost when this one was set."
    ended(other)
    assert answer() == ["Bern", "South Post"], (
        "an override of another dependency was lost at the end. `clear()` takes away all of them; take away your own."
    )
    outer, _ = begun(overridden, app, get_carrier, "West Post")
    assert answer() == ["Bern", "West Post"], "an override that was there before was not replaced."
    ended(outer)
    assert answer() == ["Bern", "South Post"], (
        "the dependency had an override before, and has none now. Put back what was there."
    )
    return "It overrides one dependency, and leaves everything as it was, behind an error, too."


def _solve_override() -> Callable[..., Any]:
    def overridden(app: FastAPI, dependency: Callable, value: object) -> Iterator[None]:
        before = dict(app.dependency_overrides)
        app.dependency_overrides[dependency] = lambda: value
        try:
            yield
        finally:
            app.dependency_overrides = before

    return overridden


EXERCISE = Exercise(
    id="6.2-override",
    title="an override that is taken back",
    task="`overridden(app, dependency, value)` should yield once, with `value` in the dependency's place, and leave the "
    "overrides as they were, also when an error leaves the `with` block.",
    check=_check_override,
    hints=(
        "`app.dependency_overrides` is a plain dictionary: the dependency is the key. What must the value be?",
        "What runs behind a `yield` when the block around it was left by an error? Which word makes it run in any case?",
        "Keep a copy of the dictionary before you change it, and put that back in `finally`.",
    ),
    solution=_solve_override,
    wants="function",
)
