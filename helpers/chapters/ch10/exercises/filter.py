"""10.3-filter: a query that refuses."""

from enum import StrEnum
from typing import Annotated

import httpx
from fastapi import FastAPI, Query
from pydantic import BaseModel, ConfigDict, Field

from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import running
from helpers.wording import logged_error


class State(StrEnum):
    """As in the notebook."""

    waiting = "waiting"
    travelling = "travelling"


def _check(app: FastAPI) -> str:
    with running(app) as server:

        def ask(query: str) -> httpx.Response:
            server.client.hang_up()
            with record():
                answer = server.client.get(f"/parcels{query}")
            assert answer.status_code != 500, (
                f"for {query or 'no query'} your app answered 500: {logged_error(server.log)}."
            )
            return answer

        plain = ask("")
        assert plain.status_code == 200, f"without a query all defaults hold, but {plain.status_code} came."
        assert plain.json() == {"state": None, "limit": 20}, (
            f"the defaults are no state and 20, but {plain.json()} came."
        )
        both = ask("?state=travelling&limit=5")
        assert both.status_code == 200 and both.json() == {"state": "travelling", "limit": 5}, (
            f"state=travelling and limit=5 should come back as they are, but {both.status_code} {both.text} came. A model "
            "without `Query()` is read from the body."
        )
        other = ask("?limit=7&state=waiting")
        assert other.status_code == 200 and other.json() == {"state": "waiting", "limit": 7}, (
            f"state=waiting and limit=7 should come back as they are, but {other.status_code} {other.text} came."
        )
        alone = ask("?state=waiting")
        assert alone.json() == {"state": "waiting", "limit": 20}, (
            f"with a state alone the limit is 20, but {alone.text} came."
        )
        for edge in (1, 100):
            assert ask(f"?limit={edge}").status_code == 200, f"a limit of {edge} is allowed: 1 and 100 are included."
        for query, why in {
            "?limit=0": "a limit of 0 was accepted: `ge` and `le` stand in `Field`.",
            "?limit=101": "a limit of 101 was accepted: `ge` and `le` stand in `Field`.",
            "?state=lost": "a state that does not exist was accepted: the enum `State` lists those that do.",
            "?limit=many": "a limit in words was accepted: annotate it as an `int`.",
            "?limt=5": 'a mistyped parameter was accepted: a model refuses those with `extra="forbid"`.',
            "?limit=5&sort=weight": 'a parameter that nobody declared was accepted beside `limit`: `extra="forbid"` refuses it.',
        }.items():
            assert ask(query).status_code == 422, why
    return "Defaults, limits and choices hold, and what nobody declared is refused."


def _solve() -> FastAPI:
    class Filter(BaseModel):
        model_config = ConfigDict(extra="forbid")

        state: State | None = None
        limit: Annotated[int, Field(ge=1, le=100)] = 20

    app = FastAPI()

    @app.get("/parcels")
    def list_parcels(wanted: Annotated[Filter, Query()]) -> Filter:
        return wanted

    return app


EXERCISE = Exercise(
    id="10.3-filter",
    title="a query that refuses",
    task="`GET /parcels` should take `state` (none by default, or a `State`) and `limit` (1 to 100, 20 by default) from the query, "
    "answer with both, and refuse every other parameter.",
    check=_check,
    hints=(
        "A Pydantic model may stand for the whole query. What tells FastAPI that it is not the body?",
        '`Annotated[Filter, Query()]`, and `ConfigDict(extra="forbid")` in the model.',
    ),
    solution=_solve,
    routes=("GET /parcels",),
)
