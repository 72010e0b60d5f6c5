"""What is sent to a service: the values that break services, and how they stand in paths, queries, headers and bodies."""

import datetime
import itertools
import json
import math

import pytest

from helpers.learning.promises.generating import (
    NUMBERS,
    OTHERS,
    TEXTS,
    Call,
    _bodies,
    _encoded,
    _fitting,
    _hostile,
    _put,
    _spoiling,
    calls,
    operations,
)


def test_the_values_are_those_that_their_comment_names():
    whole = [number for number in NUMBERS if isinstance(number, int)]
    assert {2**63 - 1, 2**63, -(2**63) - 1, 2**31, 10**30, 0, -1} == {*whole}, "the edges of 32 and 64 bits"
    assert any(map(math.isnan, NUMBERS)) and any(map(math.isinf, NUMBERS)) and 1e308 in NUMBERS and 0.5 in NUMBERS
    with pytest.raises(UnicodeEncodeError):
        TEXTS[0].encode()
    with pytest.raises(ValueError, match="day is out of range|must be in range"):
        datetime.date.fromisoformat(next(text for text in TEXTS if text.count("-") == 2))
    assert {"\x00", "", "'", "%", "../..", " ", "0", "null"} < {*TEXTS} and max(map(len, TEXTS)) == 5000
    assert any(ord(sign) > 0xFFFF for text in TEXTS for sign in text), "beyond what two bytes hold"
    assert OTHERS == [None, [], {}, True, [None], {"": None}]


def test_what_is_of_its_own_type_comes_first():
    assert _hostile({"type": "integer"}, {})[0] == 2**63 and _hostile({"type": "string"}, {})[0] == "\ud800"
    assert len(_hostile({}, {})) == len(NUMBERS) + len(TEXTS) + len(OTHERS)


def test_a_parameter_meets_first_what_is_odd_of_its_own_type():
    for kind, path in (("integer", "/x/9223372036854775808"), ("string", "/x/%3F")):
        operation = {"parameters": [{"name": "n", "in": "path", "schema": {"type": kind}}]}
        _, second = itertools.islice(calls({"paths": {"/x/{n}": {"get": operation}}}), 2)
        assert second.path == path


def test_each_place_is_spoilt_in_turn_and_every_seventh_request_is_as_invited():
    assert list(itertools.islice(_spoiling([0, 1]), 9)) == [None, 1, 0, 1, 0, 1, 0, None, 0]
    assert list(_spoiling([])) == [None] * 3


@pytest.mark.parametrize(
    ("place", "value", "path", "query", "headers"),
    [
        ("path", "a/b ü", "/x/a%2Fb%20%C3%BC", {}, {}),
        ("path", "\ud800", "/x/%3F", {}, {}),
        ("path", "", "/x/%20", {}, {}),
        ("path", [None], "/x/%5Bnull%5D", {}, {}),
        ("query", None, "/x/{n}", {}, {}),
        ("query", "\ud800", "/x/{n}", {"n": "?"}, {}),
        ("query", True, "/x/{n}", {"n": "true"}, {}),
        ("header", "a b\x00\nü~", "/x/{n}", {}, {"n": "ab~"}),
        ("header", "a" * 300, "/x/{n}", {}, {"n": "a" * 200}),
        ("header", "ü", "/x/{n}", {}, {"n": "-"}),
        ("cookie", "a", "/x/{n}", {}, {}),
    ],
)
def test_a_value_stands_in_its_place_as_a_client_can_send_it(place: str, value, path: str, query, headers):
    call = Call("GET /x/{n}", "/x/{n}")
    _put(call, {"name": "n", "in": place, "schema": {}}, value)
    assert (call.path, call.query, call.headers) == (path, query, headers)


def test_a_body_is_json_or_a_form():
    assert _encoded({"a": [1, None]}, "application/json") == b'{"a": [1, null]}'
    form = "application/x-www-form-urlencoded"
    assert _encoded({"a b": "c&d", "e": 1, "\ud800": "\ud800"}, form) == b"a%20b=c%26d&e=1&%3F=%3F"
    assert _encoded(["x"], form) == b"a=%5B%22x%22%5D"


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "integer"}, 1),
        ({"type": "integer", "minimum": 5}, 6),
        ({"type": "integer", "exclusiveMinimum": 5, "maximum": 6}, 6),
        ({"type": "number", "minimum": 5, "maximum": 5}, 5),
        ({"type": "string"}, "abc"),
        ({"type": "string", "minLength": 5}, "abcaa"),
        ({"type": "string", "maxLength": 2}, "ab"),
        ({"type": "string", "format": "email"}, "ada@example.org"),
        ({"type": "string", "format": "uri"}, "https://example.org/"),
        ({"type": "string", "format": "time"}, "10:00:00"),
        ({"type": "string", "format": "date-time"}, "2026-05-04T10:00:00Z"),
        ({"type": "string", "format": "uuid"}, "6f1c2a34-9d1b-4e51-8f5e-2d1f0a5b7c11"),
        ({"type": "boolean"}, True),
        ({"type": "array", "items": {"type": "integer"}, "minItems": 2}, [1, 1]),
        ({"type": "array", "items": {"type": "integer"}}, [1]),
        ({"const": "x", "default": "y"}, "x"),
        ({"default": "y", "examples": ["z"]}, "y"),
        ({"examples": ["z", "u"], "enum": ["w"]}, "z"),
        ({"enum": ["w", "v"]}, "w"),
        ({"anyOf": [{"type": "boolean"}, {"type": "null"}]}, True),
        ({"allOf": [{"$ref": "#/components/schemas/Own"}]}, {"day": "2026-05-04"}),
        ({"type": "object"}, {}),
        ({"properties": {"a": {}, "b": {}}, "required": ["a"]}, {"a": "abc"}),
        ({"$ref": "#/nowhere"}, "abc"),
    ],
)
def test_a_schema_is_met_as_far_as_its_commonest_words_say(schema: dict, value: object):
    own = {"type": "object", "required": ["day"], "properties": {"day": {"format": "date"}, "more": {}}}
    assert _fitting(schema, {"components": {"schemas": {"Own": own}}}) == value


def test_a_model_that_holds_itself_comes_to_an_end():
    node = {"type": "object", "required": ["next"], "properties": {"next": {"$ref": "#/components/schemas/Node"}}}
    found, depth = _fitting({"$ref": "#/components/schemas/Node"}, {"components": {"schemas": {"Node": node}}}), 0
    while found is not None:
        found, depth = found["next"], depth + 1
    assert depth == 6
    itself = {"$ref": "#/components/schemas/Loop"}
    assert _fitting(itself, {"components": {"schemas": {"Loop": itself}}}) == "abc"
    many = {"type": "array", "items": {"$ref": "#/components/schemas/Many"}}
    assert _fitting(many, {"components": {"schemas": {"Many": many}}}) == [[[[[[None]]]]]]


def test_a_body_lacks_each_part_once_and_has_one_too_many():
    own = {"type": "object", "required": ["a", "b"], "properties": {"a": {"type": "integer"}, "b": {}}}
    bodies = list(_bodies(own, {}))
    good = {"a": 1, "b": "abc"}
    assert [body for body in bodies if isinstance(body, dict) and body.keys() != good.keys()][:3] == [
        {"b": "abc"},
        {"a": 1},
        {**good, "unknown": "a"},
    ]
    assert len(bodies) == 2 * len([*NUMBERS, *TEXTS, *OTHERS]) + 3 + len([*NUMBERS, *TEXTS, *OTHERS])
    assert list(_bodies({"type": "integer"}, {}))[: len(OTHERS)] == OTHERS, "without parts only all of it is spoilt"


def test_every_method_that_acts_is_an_operation():
    item = dict.fromkeys(["get", "put", "post", "delete", "patch", "trace", "parameters"], {})
    found = [name for name, _ in operations({"paths": {"/x": {**item, "parameters": []}}})]
    assert found == ["GET /x", "PUT /x", "POST /x", "DELETE /x", "PATCH /x"]


def test_a_form_is_written_as_one_and_other_bodies_are_left_out():
    word = {"schema": {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}}}
    for kind, content in (
        ("application/x-www-form-urlencoded", b"a=abc"),
        ("application/problem+json", json.dumps({"a": "abc"}).encode()),
        ("multipart/form-data", None),
    ):
        document = {"paths": {"/x": {"post": {"requestBody": {"content": {kind: word}}}}}}
        first = next(calls(document))
        assert (first.content, first.kind) == (content, "" if content is None else kind)
