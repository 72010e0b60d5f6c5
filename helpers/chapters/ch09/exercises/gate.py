"""9.4-gate: which changes of a description break a client."""

from collections.abc import Callable
from copy import deepcopy
from typing import Annotated, Any

from fastapi import FastAPI, Header

from helpers.learning.model import Exercise
from helpers.wording import describe

LABELS = "/parcels/{number}/labels"
Document = dict[str, Any]


def _check(breaks: Callable[..., Any]) -> str:
    old = _described()
    _same(breaks, old, deepcopy(old), set(), "nothing has changed")
    more = _changed(old, _add_carriers, _add_a_filter, _forget_422)
    _same(
        breaks,
        old,
        more,
        set(),
        "an operation and an optional parameter have come, and a 422 has gone",
    )
    _same(breaks, more, old, {"GET /carriers"}, "an operation is gone, though others stay")
    _same(breaks, old, _changed(old, _answer_202), {f"POST {LABELS}"}, "201 became 202")
    either = _changed(old, _answer_202_too)
    _same(breaks, old, either, set(), "a second 2xx answer has come")
    _same(breaks, either, old, {f"POST {LABELS}"}, "one of two 2xx answers is gone")
    strict = _changed(old, _require_the_carrier)
    _same(
        breaks,
        old,
        strict,
        {"GET /parcels"},
        "a parameter is required that could be left out",
    )
    _same(breaks, strict, old, set(), "a parameter may be left out that was required")
    _same(
        breaks,
        old,
        _changed(old, _ask_for_a_tenant),
        {"GET /parcels/{number}"},
        "a required parameter is new",
    )
    _same(breaks, old, _changed(old, _move_the_sender), {f"POST {LABELS}"}, "a required parameter has moved")
    other = _changed(old, _list_by_post)
    _same(
        breaks,
        old,
        other,
        {"GET /parcels"},
        "the path has stayed and its method has changed",
    )
    both = _changed(old, _require_the_carrier, _answer_202)
    _same(
        breaks,
        old,
        both,
        {"GET /parcels", f"POST {LABELS}"},
        "two operations have changed",
    )
    return "What clients rely on is held, and what they need not notice passes."


def _same(
    breaks: Callable[..., Any],
    old: Document,
    new: Document,
    wanted: set[str],
    case: str,
) -> None:
    came = breaks(deepcopy(old), deepcopy(new))
    assert isinstance(came, set | list | tuple), f"`breaks` should return a set of texts, but {describe(came)} came."
    extra, missing = sorted(set(came) - wanted), sorted(wanted - set(came))
    assert not extra, f"when {case}, nobody who calls `{extra[0]}` is broken, but it was named."
    assert not missing, f"when {case}, who calls `{missing[0]}` is broken, and it was not named."


def _described() -> Document:
    app = FastAPI()

    @app.get("/parcels")
    def list_parcels(carrier: str = "any") -> list[str]: ...

    @app.get("/parcels/{number}")
    def read_parcel(number: int) -> str: ...

    @app.post(LABELS, status_code=201)
    def order_label(number: int, sender: Annotated[str, Header()]) -> str: ...

    return app.openapi()


def _changed(document: Document, *changes: Callable[[Document], None]) -> Document:
    changed = deepcopy(document)
    for change in changes:
        change(changed["paths"])
    return changed


def _add_carriers(paths: Document) -> None:
    paths["/carriers"] = {"get": deepcopy(paths["/parcels"]["get"])}


def _add_a_filter(paths: Document) -> None:
    # Without "required", which may be left out (OpenAPI 3.1.1, Parameter Object).
    paths["/parcels"]["get"]["parameters"].append({"name": "details", "in": "query", "schema": {"type": "boolean"}})


def _forget_422(paths: Document) -> None:
    del paths["/parcels"]["get"]["responses"]["422"]


def _answer_202(paths: Document) -> None:
    responses = paths[LABELS]["post"]["responses"]
    responses["202"] = responses.pop("201")


def _answer_202_too(paths: Document) -> None:
    responses = paths[LABELS]["post"]["responses"]
    responses["202"] = deepcopy(responses["201"])


def _require_the_carrier(paths: Document) -> None:
    paths["/parcels"]["get"]["parameters"][0]["required"] = True


def _ask_for_a_tenant(paths: Document) -> None:
    tenant = {"name": "tenant", "in": "header", "required": True, "schema": {"type": "string"}}
    paths["/parcels/{number}"]["get"]["parameters"].append(tenant)


def _move_the_sender(paths: Document) -> None:
    (sender,) = (one for one in paths[LABELS]["post"]["parameters"] if one["name"] == "sender")
    sender["in"] = "query"


def _list_by_post(paths: Document) -> None:
    paths["/parcels"]["post"] = paths["/parcels"].pop("get")


def _solve() -> Callable[..., Any]:
    def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
        paths = document["paths"].items()
        return {f"{method.upper()} {path}": one for path, methods in paths for method, one in methods.items()}

    def successes(operation: dict[str, Any]) -> set[str]:
        return {code for code in operation["responses"] if code.startswith("2")}

    def required(operation: dict[str, Any]) -> set[tuple[str, str]]:
        return {(one["in"], one["name"]) for one in operation.get("parameters", []) if one.get("required")}

    def breaks(old: dict[str, Any], new: dict[str, Any]) -> set[str]:
        before, now = operations(old), operations(new)
        kept = {
            name
            for name, was in before.items()
            if name in now and successes(was) <= successes(now[name]) and required(now[name]) <= required(was)
        }
        return set(before) - kept

    return breaks


EXERCISE = Exercise(
    id="9.4-gate",
    title="what a gate has to refuse",
    task="`breaks(old, new)` takes two OpenAPI documents and should return a set with every operation of `old`, written as "
    "`GET /parcels`, whose clients break: it is gone, or one of its 2xx answers is, or it requires a parameter that it did not.",
    check=_check,
    hints=(
        '`document["paths"]` holds the operations: a path, and in it a method each.',
        'A status code is a text there, `"201"`. A parameter whose `required` is missing may be left out; one that is read from elsewhere, `in`, is another one.',
        "Collect the operations of each document by their names, and compare what the two of a name promise.",
    ),
    solution=_solve,
    wants="function",
)
