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
NUMBERS: list[Any] = [2**63, float("nan"), -1, 0, 10**30, float("inf"), -(2**63) - 1, 1e308, 0.5, 2**31, 2**63 - 1]
TEXTS: list[Any] = ["\ud800", "\x00", "", "'", "a" * 5000, "𝒜da", "%", "../..", " ", "0", "2026-02-30", "null"]
OTHERS: list[Any] = [None, [], {}, True, [None], {"": None}]
NOTHING = object()
WHOLE = -1  # the body, as the place of a request that is spoilt
IN_VAIN = 3  # requests to an operation that takes nothing


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
        """The HTTP method, "GET"."""
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
        for maker in list(makers):
            call = next(maker, None)
            if call is None:
                makers.remove(maker)
            else:
                yield call


def _calls_of(name: str, operation: dict[str, Any], document: dict[str, Any]) -> Iterator[Call]:
    """The first request is as the document invites; each further one spoils one place, and every seventh none.

    A place is a parameter, or the body, in which a part is spoilt or all of it.
    """
    parameters = [_resolved(parameter, document) for parameter in operation["parameters"]]
    kind, schema = _body(operation, document)
    hostile = [itertools.cycle(_hostile(parameter.get("schema", {}), document)) for parameter in parameters]
    bodies = itertools.cycle(list(_bodies(schema, document)) if schema is not None else [None])
    for spoilt in _spoiling([*range(len(parameters)), *([WHOLE] if schema is not None else [])]):
        call = Call(name, name.partition(" ")[2])
        for number, parameter in enumerate(parameters):
            fits = number != spoilt
            value = _fitting(parameter.get("schema", {}), document) if fits else next(hostile[number])
            _put(call, parameter, value)
        if schema is not None:
            value = next(bodies) if spoilt == WHOLE else _fitting(schema, document)
            call.kind, call.content = kind, _encoded(value, kind)
        yield call


def _body(operation: dict[str, Any], document: dict[str, Any]) -> tuple[str, dict[str, Any] | None]:
    """The content type and the schema of an operation's body; no schema where it takes none that can be written."""
    body = _resolved(operation.get("requestBody", {}), document).get("content", {})
    kind = next((kind for kind in body if kind.endswith(("json", "form-urlencoded"))), "")
    return kind, body.get(kind, {}).get("schema")


def _spoiling(places: list[int]) -> Iterator[int | None]:
    """Which place each request spoils, one after the other; every seventh none. Without a place a few requests do."""
    if not places:
        yield from [None] * IN_VAIN
        return
    for turn in itertools.count():
        yield places[turn % len(places)] if turn % 7 else None


def _hostile(schema: dict[str, Any], document: dict[str, Any]) -> list[Any]:
    """What may break an operation in the place of this schema: first what is of its own type and yet odd."""
    number = isinstance(_fitting(schema, document), int | float)
    return [*NUMBERS, *TEXTS, *OTHERS] if number else [*TEXTS, *OTHERS, *NUMBERS]


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
    good = _fitting(schema, document)
    parts = _resolved(schema, document).get("properties", {}) if isinstance(good, dict) else {}
    worst = {name: _hostile(part, document) for name, part in parts.items()}
    for number in range(len([*NUMBERS, *TEXTS, *OTHERS])):
        yield from ({**good, name: values[number]} for name, values in worst.items())
    if isinstance(good, dict):
        yield from ({key: part for key, part in good.items() if key != name} for name in good)
        yield {**good, "unknown": "a"}
    yield from [*OTHERS, *NUMBERS, *TEXTS]


def _fitting(schema: dict[str, Any], document: dict[str, Any], depth: int = 0) -> Any:
    """A value that the schema allows, as far as its commonest words say."""
    schema = _resolved(schema, document)
    value = next(_named(schema), NOTHING)
    if value is not NOTHING:
        return value
    for choice in ("anyOf", "oneOf", "allOf"):
        if schema.get(choice):
            return _fitting(schema[choice][0], document, depth + 1)
    if depth > DEPTH:
        return None
    kind = schema.get("type")
    if kind == "object" or "properties" in schema:
        parts, required = schema.get("properties", {}), schema.get("required", [])
        return {name: _fitting(part, document, depth + 1) for name, part in parts.items() if name in required}
    if kind == "array":
        return [_fitting(schema.get("items", {}), document, depth + 1)] * max(1, schema.get("minItems", 0))
    return _number(schema) if kind in ("integer", "number") else _word(schema, kind)


def _named(schema: dict[str, Any]) -> Iterator[Any]:
    """The values that a schema names itself: first what it must or will be, then its examples."""
    yield from (schema[word] for word in ("const", "default") if schema.get(word) is not None)
    yield from (schema[word][0] for word in ("examples", "enum") if schema.get(word))


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
