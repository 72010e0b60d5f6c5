"""Requests made from a service's own description: what it invites, what it forbids, and what breaks services.

Small on purpose. Schemathesis, which chapter 8 uses, generates what a schema allows and denies; here come above all the
values that pass a schema and break what lies behind it, the same ones in every run.
"""

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

__all__ = ["Call", "calls", "operations"]

METHODS = ("get", "put", "post", "delete", "patch")
DEPTH = 5  # models within models

# Each has broken a service somewhere: beyond 64 bits, not a number, half a character, a zero byte, a quote, nothing.
NUMBERS: list[Any] = [0, -1, 1, 2**31, 2**63 - 1, 2**63, -(2**63) - 1, 10**30, 1e308, float("nan"), float("inf"), 0.5]
TEXTS: list[Any] = ["", " ", "a", "0", "\x00", "'", "%", "../..", "\ud800", "𝒜da", "a" * 5000, "2026-02-30", "null"]
OTHERS: list[Any] = [None, True, [], {}, [None], {"": None}]


@dataclass
class Call:
    """One request: `operation` as the document names it, `path` filled in, and what goes with it."""

    operation: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes | None = None
    kind: str = ""  # the body's content type

    @property
    def method(self) -> str:
        return self.operation.partition(" ")[0]


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each operation of an OpenAPI document by its name, such as "GET /labels/{label_id}", with its path's parameters."""
    for path, item in document.get("paths", {}).items():
        for method in METHODS:
            if method in item:
                shared = item.get("parameters", [])
                yield (
                    f"{method.upper()} {path}",
                    {**item[method], "parameters": [*shared, *item[method].get("parameters", [])]},
                )


def calls(document: dict[str, Any]) -> Iterator[Call]:
    """Endless requests, one for each operation in turn, always in the same order."""
    makers = [_calls_of(name, operation, document) for name, operation in operations(document)]
    while makers:
        yield from [next(maker) for maker in makers]


def _calls_of(name: str, operation: dict[str, Any], document: dict[str, Any]) -> Iterator[Call]:
    """The n-th request spoils one place: a parameter, a part of the body, or all of it; the others stay as invited."""
    parameters = [_resolved(parameter, document) for parameter in operation["parameters"]]
    body = _resolved(operation.get("requestBody", {}), document).get("content", {})
    kind = next((kind for kind in body if kind.endswith(("json", "form-urlencoded"))), "")
    schema = body.get(kind, {}).get("schema")
    places = [*range(len(parameters)), *([-1] if schema is not None else [])]
    hostile = {place: itertools.cycle([*NUMBERS, *TEXTS, *OTHERS]) for place in places}
    bodies = itertools.cycle(list(_bodies(schema, document))) if schema is not None else itertools.repeat(None)
    for turn in itertools.count():
        spoilt = places[turn % len(places)] if places and turn % 7 else None  # every seventh is as invited
        call = Call(name, name.partition(" ")[2])
        for number, parameter in enumerate(parameters):
            value = next(hostile[number]) if number == spoilt else _fitting(parameter.get("schema", {}), document)
            _put(call, parameter, value)
        if schema is not None:
            value = next(bodies) if spoilt == -1 else _fitting(schema, document)
            call.kind, call.content = kind, _encoded(value, kind)
        yield call


def _put(call: Call, parameter: dict[str, Any], value: Any) -> None:
    name, text = parameter["name"], _text(value)
    if parameter["in"] == "path":
        call.path = call.path.replace("{" + name + "}", quote(text, safe="", errors="replace") or "%20")
    elif parameter["in"] == "query":
        if value is not None:
            call.query[name] = text.encode("utf-8", "replace").decode()
    elif parameter["in"] == "header":
        call.headers[name] = "".join(sign for sign in text if " " < sign <= "~")[:200] or "-"


def _bodies(schema: dict[str, Any], document: dict[str, Any]) -> Iterator[Any]:
    """Bodies with one wrong place each, then bodies that are wrong as a whole."""
    model = _resolved(schema, document)
    good = _fitting(schema, document)
    for hostile in [*NUMBERS, *TEXTS, *OTHERS]:
        for name in model.get("properties", {}):
            if isinstance(good, dict):
                yield {**good, name: hostile}
    if isinstance(good, dict):
        yield from ({key: part for key, part in good.items() if key != name} for name in good)
        yield {**good, "unknown": "a"}
    yield from [*OTHERS, *NUMBERS, *TEXTS]


def _fitting(schema: dict[str, Any], document: dict[str, Any], depth: int = 0) -> Any:
    """A value that the schema allows, as far as its commonest words say."""
    schema = _resolved(schema, document)
    for word in ("const", "default"):
        if schema.get(word) is not None:
            return schema[word]
    for given in ("examples", "enum"):
        if schema.get(given):
            return schema[given][0]
    for choice in ("anyOf", "oneOf", "allOf"):
        if schema.get(choice):
            return _fitting(schema[choice][0], document, depth + 1)
    if depth > DEPTH:
        return None
    kind = schema.get("type")
    if kind == "object" or "properties" in schema:
        required = schema.get("required", [])
        return {
            name: _fitting(part, document, depth + 1)
            for name, part in schema.get("properties", {}).items()
            if name in required
        }
    if kind == "array":
        return [_fitting(schema.get("items", {}), document, depth + 1)] * max(1, schema.get("minItems", 0))
    return _number(schema) if kind in ("integer", "number") else _word(schema, kind)


def _number(schema: dict[str, Any]) -> float:
    least, most = schema.get("minimum", schema.get("exclusiveMinimum")), schema.get("maximum", 10**6)
    value = 1 if least is None else least + 1
    return value if value <= most else most


def _word(schema: dict[str, Any], kind: str | None) -> Any:
    known = {"date": "2026-05-04", "date-time": "2026-05-04T10:00:00Z", "uuid": "6f1c2a34-9d1b-4e51-8f5e-2d1f0a5b7c11"}
    known |= {"email": "ada@example.org", "uri": "https://example.org/", "time": "10:00:00"}
    if kind == "boolean":
        return True
    text = known.get(schema.get("format", ""), "abc")
    return text.ljust(schema.get("minLength", 0), "a")[: schema.get("maxLength", 10**6)]


def _resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """What a `$ref` of the same document points at."""
    for _ in range(10):
        if not isinstance(reference := schema.get("$ref"), str):
            break
        found: Any = document
        for name in reference.removeprefix("#/").split("/"):
            found = found.get(name, {}) if isinstance(found, dict) else {}
        schema = found if isinstance(found, dict) else {}
    return schema


def _encoded(value: Any, kind: str) -> bytes:
    if kind.endswith("json"):
        return json.dumps(value).encode()
    pairs = value.items() if isinstance(value, dict) else [("a", value)]
    return "&".join(
        f"{quote(_text(name), errors='replace')}={quote(_text(part), errors='replace')}" for name, part in pairs
    ).encode()


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
