"""Exercise 2.4-depots: a router of one's own."""

import httpx
from fastapi import APIRouter, FastAPI, HTTPException

from helpers.chapters.asking import ask, logged
from helpers.learning.model import Exercise
from helpers.live.server import Server, running
from helpers.wording import describe

counts = {"Bern": 40, "Zug": 12}

MORE = {"Aarau": 99, "Olten": 0}  # put in between two rounds of questions
NOWHERE = "Atlantis"


def _check_depots(app: FastAPI, counts: dict[str, int]) -> str:
    kept = dict(counts)
    with running(app) as server:
        try:
            _examine(server, counts)
            counts.update(MORE)
            _examine(server, counts)
        finally:
            counts.clear()
            counts.update(kept)
        schema = ask(server, "GET", "/openapi.json").json()
    for path in ("/v1/depots/largest", "/v1/depots/{name}"):
        found = [
            operation for known, methods in schema["paths"].items() for operation in methods.values() if known == path
        ]
        tags = [tag for operation in found for tag in operation.get("tags", [])]
        assert not found or tags, f"`{path}` has no tag: `tags=` takes a list, at the router or where it is included."
        assert not found or tags == ["depots"], (
            f"`{path}` stands under {' and '.join(f'`{tag}`' for tag in tags)}: the one tag `depots` was asked for."
        )
    return "Both path operations answer below `/v1/depots`, the fixed path before the one with a name in it."


def _examine(server: Server, counts: dict[str, int]) -> None:
    largest = max(counts, key=lambda name: counts[name])
    for name, number in counts.items():
        answer = ask(server, "GET", f"/v1/depots/{name}")
        error = logged(server) if answer.status_code >= 500 else ""
        assert answer.status_code < 500, f"`/v1/depots/{name}` answered {answer.status_code}: {error}."
        assert answer.status_code == 200, (
            f"`/v1/depots/{name}` answered {answer.status_code}, though that depot is there"
            + (": that it is empty is another thing, and `0` counts as false." if number == 0 else ".")
        )
        assert _said(answer) == str(number), (
            f"{number} parcels lie in {name}, but {describe(_said(answer))} came. Is it looked up in `counts`?"
        )
    answer = ask(server, "GET", "/v1/depots/largest")
    error = logged(server) if answer.status_code >= 500 else ""
    assert answer.status_code != 404, (
        "`/v1/depots/largest` answered 404: `/{name}` stands before it and looks for a depot that is called largest."
    )
    assert "KeyError" not in error or "largest" not in error, (
        "`/v1/depots/largest` ended in a KeyError: `/{name}` stands before it, and no depot is called largest."
    )
    assert answer.status_code < 500, f"`/v1/depots/largest` answered {answer.status_code}: {error}."
    told = _said(answer)
    assert told != str(max(counts.values())), (
        "`/v1/depots/largest` gave the number of parcels; the name of the depot was asked for."
    )
    assert told == largest or told != max(counts), (
        f"`/v1/depots/largest` gave {told}, the last name of the alphabet: `max(counts)` compares the names. Tell it a `key`."
    )
    assert told == largest or largest not in MORE, (
        f"when {largest} had got most parcels, `/v1/depots/largest` still gave {describe(told)}: find it at each request."
    )
    assert told == largest, f"the largest depot is {largest}, but {describe(told)} came."
    nowhere = ask(server, "GET", f"/v1/depots/{NOWHERE}")
    error = logged(server) if nowhere.status_code >= 500 else ""
    assert "KeyError" not in error, (
        "a depot that is not there ended in a KeyError, which is a 500: the client's mistake is a 404."
    )
    assert nowhere.status_code != 200, (
        f"a depot that is not there was answered with 200 and {describe(nowhere.text)}: a client reads the code first. "
        "`raise HTTPException(404)` ends the request."
    )
    assert nowhere.status_code == 404, (
        f"a depot that is not there was answered with {nowhere.status_code}; 404 was asked for."
    )


def _said(answer: httpx.Response) -> str:
    """What the answer says, be it JSON or plain text."""
    return answer.text.strip('"')


def _solve_depots() -> tuple[FastAPI, dict[str, int]]:
    depot_router = APIRouter(prefix="/v1/depots", tags=["depots"])

    @depot_router.get("/largest")
    def find_largest() -> str:
        return max(counts, key=counts.__getitem__)

    @depot_router.get("/{name}")
    def count_parcels(name: str) -> int:
        if name not in counts:
            raise HTTPException(404, "no such depot")
        return counts[name]

    app = FastAPI()
    app.include_router(depot_router)
    return app, counts


EXERCISE = Exercise(
    id="2.4-depots",
    title="a router of its own",
    task="`/v1/depots/{name}` should give the number of parcels or 404, `/v1/depots/largest` the name of the largest depot, "
    "both under the tag `depots`.",
    check=_check_depots,
    hints=(
        "Where do a prefix and a tag stand so that both functions have them?",
        "Routes are tried in order. Which of the two paths does `largest` fit?",
        '`max(counts, key=...)` finds the key whose value is largest, and `HTTPException(404, "no such depot")` is raised.',
    ),
    solution=_solve_depots,
    wants=("app", "value"),
    routes=("GET /v1/depots/{name}", "GET /v1/depots/largest"),
)
