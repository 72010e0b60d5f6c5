"""Exercise 8.4-public: a document without what is internal."""

import copy
import json
import re
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, FastAPI
from pydantic import BaseModel

from helpers.learning.model import Exercise
from helpers.live.server import Server, running
from helpers.wording import code, logged_error

INTERNAL = "internal"


class Parcel(BaseModel):
    to: str


def _app(words: tuple[str, str]) -> FastAPI:
    """An app with public and internal operations: on a path of their own, on one path, in a router, and one of two tags."""
    app = FastAPI(title=f"Parcels of {words[0]}", version="1.0.0")
    public, desk = APIRouter(prefix=f"/{words[0]}", tags=["parcels"]), APIRouter(prefix=f"/{words[1]}", tags=[INTERNAL])

    def read() -> Parcel:
        return Parcel(to="Grace")

    public.get("/{number}")(read)
    public.delete("/{number}", tags=[INTERNAL])(lambda number: "gone")
    public.put("/{number}", tags=["internals"])(lambda number: "changed")
    desk.get("/drawer")(lambda: "212.50")
    app.include_router(public)
    app.include_router(desk)
    app.get("/health")(lambda: "fine")
    app.get("/internal")(lambda: "open to all")
    return app


def _answers(server: Server, document: dict[str, Any]) -> dict[str, int]:
    found = {}
    for path, operations in document["paths"].items():
        for method in operations:
            server.client.hang_up()
            found[f"{method.upper()} {path}"] = server.client.request(method, path.replace("{number}", "7")).status_code
    return found


def _operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }


def _check_public(publish: Callable[[FastAPI], None]) -> str:
    for words in (("parcels", "desk"), ("labels", "vault")):
        app = _app(words)
        whole = copy.deepcopy(app.openapi())
        app.openapi_schema = None
        publish(app)
        with running(app) as server:
            answers = _answers(server, whole)
            server.client.hang_up()
            answer = server.client.get("/openapi.json")
            again = server.client.get("/openapi.json") if answer.status_code == 200 else answer
            error = logged_error(server.log)
        assert not error, f"`GET /openapi.json` failed: {error}."
        assert answer.status_code == 200, (
            f"`GET /openapi.json` was answered with {answer.status_code}: partners need a document, without what is internal."
        )
        _compare(_operations(whole), _operations(answer.json()))
        gone = [what for what, status in answers.items() if status != 200]
        assert not gone, f"`{gone[0]}` does not answer any more: hiding an operation should not take it away."
        empty = [path for path, operations in answer.json()["paths"].items() if not operations]
        assert not empty, f"{code(empty[0])} is still in the document, without an operation: its path gives it away."
        for part in ("openapi", "info"):
            assert answer.json().get(part) == whole[part], (
                f"the document's `{part}` changed: it was {code(str(whole[part]))}. Begin with the document that FastAPI makes."
            )
        _refers_to_what_is_there(whole, answer.json())
        assert again.json() == answer.json(), "asked a second time, the document was another one."
    return (
        "Partners read what is theirs, the desk's operations answer as ever, and nothing else changed. (Look into "
        "`components`, too: models that only the desk uses may still stand there.)"
    )


def _refers_to_what_is_there(whole: dict[str, Any], told: dict[str, Any]) -> None:
    before, now = (document.get("components", {}).get("schemas", {}) for document in (whole, told))
    for name in re.findall(r'"#/components/schemas/(\w+)"', json.dumps(told)):
        assert now.get(name) == before[name], (
            f"the document refers to `components/schemas/{name}`, which is {'another one now' if name in now else 'not there any more'}: "
            "no client can be made of it. Take out what is internal, and leave the rest in."
        )


def _compare(whole: dict[str, dict[str, Any]], told: dict[str, dict[str, Any]]) -> None:
    hidden = {what for what, operation in whole.items() if INTERNAL in operation.get("tags", [])}
    shown = sorted(hidden & set(told))
    assert shown != sorted(hidden), (
        "nothing is hidden: the document is as it was. Did you change a copy that nobody asks for, or go "
        "through `app.routes`, where an included router is one entry?"
    )
    assert not shown, f"`{shown[0]}` has the tag `{INTERNAL}` and is still described." + (
        " It has two tags." if "DELETE" in shown[0] else ""
    )
    missing = sorted(set(whole) - hidden - set(told))
    assert not missing, (
        f"`{missing[0]}` is gone from the document and is not internal"
        + (": it has no tags at all." if not whole[missing[0]].get("tags") else ".")
        + (
            " Look at the tags of each operation, not at its path."
            if "{" in missing[0] or "internal" in missing[0]
            else ""
        )
    )
    changed = sorted(what for what, operation in told.items() if operation != whole[what])
    assert not changed, f"`{changed[0]}` is described otherwise than before: it should stay as it was."


def _solve_public() -> Callable[[FastAPI], None]:
    def publish(app: FastAPI) -> None:
        def for_partners() -> dict[str, Any]:
            document = FastAPI.openapi(app)
            for path, operations in list(document["paths"].items()):
                for method, operation in list(operations.items()):
                    if "internal" in operation.get("tags", []):
                        del operations[method]
                if not operations:
                    del document["paths"][path]
            return document

        app.openapi = for_partners

    return publish


EXERCISE = Exercise(
    id="8.4-public",
    title="a document without what is internal",
    task="`publish(app)` should take every operation with the tag `internal` out of `/openapi.json`. They go on answering, and "
    "all other operations stay described as they were.",
    check=_check_public,
    hints=(
        "Which function makes the document, and could another one stand in its place, as at the end of section 8.4?",
        "`FastAPI.openapi(app)` gives a dictionary: `paths`, below each path its methods, below each method the `tags`.",
        "A path may have a public method and an internal one. When is the path itself to go?",
    ),
    solution=_solve_public,
    wants="function",
)
