"""Exercise 3.1-about: an API that introduces itself."""

from typing import Any

from fastapi import FastAPI

from helpers.chapters.asking import ask, logged
from helpers.learning.model import Exercise
from helpers.live.server import Server, running
from helpers.wording import describe


def _check_about(app: FastAPI) -> str:
    with running(app) as server:
        state = _get(server, "/state")
        assert state.status_code == 200 and state.text.strip('"') == "open", (
            f"`/state` should answer `open`, but {state.status_code} came with {describe(state.text)}."
        )
        schema = _get(server, "/about.json")
        assert schema.status_code == 200, (
            f"`/about.json` answered {schema.status_code}: the schema stands at another path, or nowhere. `openapi_url=` moves it."
        )
        about = _get(server, "/about")
        assert about.status_code == 200, f"`/about` answered {about.status_code}: `docs_url=` moves the page."
        assert "/about.json" in about.text, (
            "`/about` answers, but is not the documentation page, which reads `/about.json`. `docs_url=` moves the page itself."
        )
        for path, option in (("/docs", "docs_url"), ("/redoc", "redoc_url")):
            code = _get(server, path).status_code
            assert code == 404, (
                f"`{path}` is still there and answered {code}: `{option}=` moves it, and None switches it off."
            )
        _compare(schema.json())
    return "The schema introduces the API, and the page to try it out stands where it was asked for."


def _get(server: Server, path: str) -> Any:
    answer = ask(server, "GET", path)
    assert answer.status_code < 500, f"`{path}` answered {answer.status_code}: {logged(server)}."
    return answer


def _compare(schema: dict[str, Any]) -> None:
    info = schema["info"]
    assert info["title"] == "Depot Bern", f"the title is {describe(info['title'])}: `Depot Bern` was asked for."
    assert info["version"] != schema["openapi"], "the version is that of OpenAPI: your API's own was asked for."
    assert info["version"] == "2.0.0", f"the version is {describe(info['version'])}: `2.0.0` was asked for."
    assert info.get("contact"), "nobody can be asked: `contact=` takes a dictionary with `email`."
    assert info["contact"].get("email") == "depot@parcels.example", (
        f"the contact's e-mail is {describe(info['contact'].get('email'))}: `depot@parcels.example` was asked for."
    )
    tags = [tag["name"] for tag in schema.get("tags", [])]
    assert tags, "no group is described: `openapi_tags=` takes a list of dictionaries with `name` and `description`."
    assert tags == ["parcels", "labels"], (
        f"the groups come as {' and '.join(tags)}: first `parcels`, then `labels`. The order of the list is that of the page."
    )
    assert all(tag.get("description") for tag in schema["tags"]), "a group has a name and no description."


def _solve_about() -> FastAPI:
    app = FastAPI(
        title="Depot Bern",
        version="2.0.0",
        contact={"email": "depot@parcels.example"},
        openapi_tags=[
            {"name": "parcels", "description": "What lies here."},
            {"name": "labels", "description": "What is printed."},
        ],
        openapi_url="/about.json",
        docs_url="/about",
        redoc_url=None,
    )

    @app.get("/state")
    def read_state() -> str:
        return "open"

    return app


EXERCISE = Exercise(
    id="3.1-about",
    title="an API that introduces itself",
    task="`/about.json` should name the title, the version, the contact and the two groups in order; `/about` is the page, `/docs` "
    "and `/redoc` are gone, `/state` answers `open`.",
    check=_check_about,
    hints=(
        "Everything but `/state` is said in the constructor, `FastAPI(...)`.",
        "Three of its parameters end in `_url`. What does None do to them?",
        "`openapi_tags=[{...}, {...}]`: a dictionary for each group, with `name` and `description`.",
    ),
    solution=_solve_about,
    routes=("GET /state",),
)
