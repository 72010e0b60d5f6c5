"""Exercise 2.4-docs: a decorator that says more."""

from typing import Any

from fastapi import FastAPI, HTTPException

from helpers.chapters.asking import ask, logged
from helpers.learning.model import Exercise
from helpers.live.server import Server, running
from helpers.wording import describe

ANSWERS = {
    "/parcels/7": "parcel 7",
    "/parcels/12": "parcel 12",
    "/parcels/1": "parcel 1",
    "/find": "gone",
    "/ping": "pong",
}


def _check_docs(app: FastAPI) -> str:
    with running(app) as server:
        for path, text in ANSWERS.items():
            answer = _ask(server, path)
            assert answer.status_code != 404 or path != "/ping", (
                "`/ping` answers 404: a path that is hidden from the documentation still answers."
            )
            assert answer.status_code == 200, f"`{path}` answered {answer.status_code}; it should answer `{text}`."
            assert answer.text.strip('"') == text, f"`{path}` should answer `{text}`, but {describe(answer.text)} came."
        for path in ("/parcels/0", "/parcels/-3"):
            code = _ask(server, path).status_code
            assert code != 200, f"`{path}` was answered with 200: numbers below 1 get a 404, which you raise."
            assert code != 422, f"`{path}` got 422, which is FastAPI's answer to a declared limit: 404 was asked for."
            assert code == 404, f"`{path}` was answered with {code}: 404 was asked for."
        paths = ask(server, "GET", "/openapi.json").json()["paths"]
    _compare(paths)
    return "The documentation says what was asked, and every path answers as before."


def _ask(server: Server, path: str) -> Any:
    answer = ask(server, "GET", path)
    assert answer.status_code < 500, f"`{path}` answered {answer.status_code}: {logged(server)}."
    return answer


def _compare(paths: dict[str, Any]) -> None:
    assert "/ping" not in paths, "`/ping` is still documented: `include_in_schema=False` hides it."
    find = paths.get("/find", {}).get("get")
    assert find, "`/find` is not documented any more: deprecated means that it is shown, and struck through."
    assert find.get("deprecated"), "`/find` is not marked as deprecated: `deprecated=True` stands in its decorator."
    parcel = next((methods["get"] for path, methods in paths.items() if path.startswith("/parcels/")), None)
    assert parcel, "`/parcels/{number}` is not documented any more."
    assert not parcel.get("deprecated"), "`/parcels/{number}` is marked as deprecated; only `/find` should be."
    assert parcel.get("tags") == ["parcels"], (
        f"the tags of `/parcels/{{number}}` are {describe(str(parcel.get('tags', [])))}: `parcels` alone was asked for."
    )
    assert parcel["summary"] == "Find a parcel" or parcel.get("description") != "Find a parcel", (
        "`Find a parcel` became the description. A docstring is the description; the summary is a parameter of its own."
    )
    assert parcel["summary"] == "Find a parcel", (
        f"the summary is {describe(parcel['summary'])}, which FastAPI makes from the function's name: `summary=` sets another."
    )
    responses = parcel["responses"]
    assert "No such parcel" != responses.get("200", {}).get("description"), (
        "`No such parcel` describes the 200: that is what `response_description` is for. Other codes stand in `responses`."
    )
    assert "404" in responses, (
        "the 404 is not documented: FastAPI does not read what a function raises. `responses={404: {...}}` says it."
    )
    assert responses["404"].get("description") == "No such parcel", (
        f"the 404 is described as {describe(responses['404'].get('description'))}: `No such parcel` was asked for."
    )


def _solve_docs() -> FastAPI:
    app = FastAPI()

    @app.get(
        "/parcels/{number}",
        tags=["parcels"],
        summary="Find a parcel",
        responses={404: {"description": "No such parcel"}},
    )
    def find_by_number(number: int) -> str:
        if number < 1:
            raise HTTPException(404, "no such parcel")
        return f"parcel {number}"

    @app.get("/find", deprecated=True)
    def find_by_name() -> str:
        return "gone"

    @app.get("/ping", include_in_schema=False)
    def say_pong() -> str:
        return "pong"

    return app


EXERCISE = Exercise(
    id="2.4-docs",
    title="a decorator that says more",
    task="`/openapi.json` should show the tag, the summary and the 404 of `/parcels/{number}`, `/find` as deprecated, and no "
    "`/ping`; all three answer.",
    check=_check_docs,
    hints=(
        "All of it is said in the decorators. Which of their parameters did section 2.4 show?",
        "The 404 needs two things: the function raises it, and `responses=` announces it.",
        '`responses={404: {"description": "..."}}` takes a dictionary for each code.',
    ),
    solution=_solve_docs,
    routes=("GET /parcels/{number}", "GET /find", "GET /ping"),
)
