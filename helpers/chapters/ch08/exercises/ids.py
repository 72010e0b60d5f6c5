"""Exercise 8.4-ids: names that a generated client keeps."""

import contextlib
import keyword
import warnings
from collections.abc import Callable

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from helpers.learning.model import Exercise
from helpers.wording import code

_Naming = Callable[[APIRoute], str]


def _app(operation_id: _Naming, prefix: str, kinds: tuple[str, str]) -> FastAPI:
    app = FastAPI(generate_unique_id_function=operation_id)

    def read(number: int) -> int:
        return number

    def change(number: int) -> None: ...

    def health() -> None: ...

    for kind in kinds:
        router = APIRouter(prefix=f"/{kind}", tags=[kind])
        router.get("/{number}")(read)
        router.put("/{number}")(change)
        app.include_router(router, prefix=prefix)
    app.get(f"{prefix}/health")(health)
    return app


def _ids(operation_id: _Naming, prefix: str, kinds: tuple[str, str]) -> dict[tuple[str, str], str]:
    """The ids in the document of an app, by method and path without its prefix."""
    paths = None
    with warnings.catch_warnings(), contextlib.suppress(IndexError):
        warnings.simplefilter("ignore")  # that an id is there twice is told below
        paths = _app(operation_id, prefix, kinds).openapi()["paths"]
    assert paths, "an `IndexError`: a route may have no tags, such as that of `GET /health`."
    return {
        (method, path.removeprefix(prefix)): operation["operationId"]
        for path, operations in paths.items()
        for method, operation in operations.items()
    }


def _check_ids(operation_id: _Naming) -> str:
    ids = _ids(operation_id, "", ("parcels", "labels"))
    moved = _ids(operation_id, "/v2", ("parcels", "labels"))
    other = _ids(operation_id, "", ("senders", "depots"))
    named = {f"{method.upper()} {path}": id for (method, path), id in ids.items()}
    for what, id in named.items():
        assert isinstance(id, str), f"the id of `{what}` should be a text, but is {code(repr(id))}."
        assert id.isidentifier() and not keyword.iskeyword(id), (
            f"the id of `{what}` is {code(id)}, and no method can be called that: letters, digits and `_` only."
        )
    assert ids == moved, (
        f"the whole API moved below `/v2`, and the ids changed with it, {code(named['GET /parcels/{number}'])} for one: every "
        "client's code breaks. An id should not hold the path."
    )
    doubled = sorted({id for id in named.values() if list(named.values()).count(id) > 1})
    assert not doubled, (
        f"{code(doubled[0])} names two operations, so a client would get one method for both. What tells the two routers apart?"
    )
    for function, what in (("read", "GET /parcels/{number}"), ("health", "GET /health")):
        assert function in named[what].lower(), (
            f"`{what}` became {code(named[what])}: whoever calls the method wants to read the function's name in it, "
            f"`{function}`."
        )
    assert len(set(other.values())) == len(other) and other["get", "/senders/{number}"] not in ids.values(), (
        "with other tags, `senders` and `depots`, the ids stayed those of `parcels` and `labels`: take the tag from the route."
    )
    return "Each operation has a name of its own that a method can have, and it stays when the path moves."


def _solve_ids() -> _Naming:
    def operation_id(route: APIRoute) -> str:
        return "_".join([*map(str, route.tags), route.name])

    return operation_id


EXERCISE = Exercise(
    id="8.4-ids",
    title="names that a generated client keeps",
    task="`operation_id(route)` should name each operation: by an id of its own, fit for a method's name, which holds the "
    "function's name and stays the same when the path moves.",
    check=_check_ids,
    hints=(
        "Two functions are called `read`. What else does a route know that tells the parcels' from the labels'?",
        "`route.tags` is a list, empty for `GET /health`; `route.name` is the function's name. Which sign joins two words "
        "in a Python name?",
    ),
    solution=_solve_ids,
    wants="function",
)
