"""What a failing statement's names stood for: each expression that can be told, and none whose look would run code."""

import ast
import linecache
import sys
from collections import UserDict
from typing import Any

import httpx
import pytest

from helpers.live.values import CannotTell, told, value_of


class Shop:
    """Somebody's class: its property and its item run code, its attribute does not."""

    owner = "Ada"

    @property
    def price(self) -> int:
        raise AssertionError("somebody's code ran")

    def __getitem__(self, key: str) -> int:
        raise AssertionError("somebody's code ran")

    def get(self) -> int:
        raise AssertionError("somebody's code ran")

    def __eq__(self, other: object) -> bool:
        raise AssertionError("somebody's code ran")

    __hash__ = None


class Counting(dict):
    """A dict whose look runs code."""

    def __getitem__(self, key: str) -> int:
        raise AssertionError("somebody's code ran")


NAMES = {"a": 3, "b": [1, 2, 3], "word": " Label ", "d": {"k": {"n": 7}}, "shop": Shop(), "one": {1}, "counting": Counting(k=1),
         "answer": httpx.Response(404, json={"detail": "gone"}), "user": UserDict(k=1)}  # fmt: skip


def value(code: str) -> Any:
    frame = None

    def here() -> None:
        nonlocal frame
        frame = sys._getframe()

    exec("here()", NAMES | {"here": here, "a": 5})
    return value_of(ast.parse(code, mode="eval").body, frame.f_back)


@pytest.mark.parametrize(
    "code",
    ["a", "'x'", "len", "b[0]", "b[1:]", "b[:2]", "b[::2]", "d['k']['n']", "[a, 1]", "(a, 1)", "{a, 1}", "{'x': a}",
     "a + 1", "a - 1", "a == 5", "a != 5", "a < 5", "a <= 5", "a > 5", "a >= 5", "a is None", "a is not None", "1 in b",
     "4 not in b", "not b", "len(b)", "sorted(b)", "max(b)", "word.strip()", "word.upper()", "d.get('k')", "d.keys()",
     "b.count(1)", "str(a)", "isinstance(a, int)", "answer.status_code", "answer.json()", "answer.json()['detail']",
     "answer.headers['content-type']", "shop.owner", "type(a)", "round(1.6)"],
)  # fmt: skip
def test_what_can_be_told_is_what_python_says(code):
    assert value(code) == eval(code, NAMES | {"a": 5})


@pytest.mark.parametrize(
    "code",
    ["shop.price", "shop['x']", "shop.get()", "shop == 1", "1 == shop", "not shop", "counting['k']", "user['k']", "nowhere",
     "b.append(4)", "b.pop()", "print(a)", "open('x')", "a * 2", "a < 6 < 7", "-a", "b[-1]", "lambda: a", "[x for x in b]", "b[9]",
     "sorted(b, key=len)", "d['nowhere']", "int('5')", "f'{a}'", "word.title()", "a + 'x'"],
)  # fmt: skip
def test_what_would_run_code_or_fail_is_not_told(code):
    with pytest.raises(CannotTell):
        value(code)
    assert NAMES["b"] == [1, 2, 3]


def says(code: str) -> list[str]:
    """What is told of the last statement of a cell, which fails."""
    linecache.cache["<a cell>"] = (len(code), None, code.splitlines(keepends=True), "<a cell>")
    try:
        exec(compile(code, "<a cell>", "exec"), dict(NAMES))
    except Exception as error:
        return told(error.__traceback__.tb_next)
    raise AssertionError("it does not fail")


@pytest.mark.parametrize(
    ("cell", "lines"),
    [
        ("assert a == 4", ["a is 3"]),
        ("assert 4 == a", ["a is 3"]),
        ("assert a == len(b) + 1", ["a is 3", "len(b) + 1 is 4"]),
        ("assert a == 3 and b == []", ["b is [1, 2, 3]"]),
        ("assert a == 4 and b == []", ["a is 3"]),
        ("assert a == 4 or b == []", ["a is 3", "b is [1, 2, 3]"]),
        ("assert not a", ["a is 3"]),
        ("assert not (a == 3)", ["a is 3"]),
        ("assert id(a) == 0", ["a is 3"]),
        ("assert d.get('x')", ["d.get('x') is None"]),
        ("assert all(n > 1 for n in b)", ["b is [1, 2, 3]"]),
        ("assert (a, a, a) == b and False", ["(a, a, a) is (3, 3, 3)", "b is [1, 2, 3]"]),
        ("assert a != 3 or b != [1, 2, 3] or word == d or one == 2", ["a is 3", "b is [1, 2, 3]", "word is ' Label '", "d is {'k': {'n': 7}}"]),
        ("assert answer.status_code == 200", ["answer.status_code is 404", "answer is 404 Not Found, '{\"detail\":\"gone\"}'"]),
        ("answer.json()['x']", ["answer is 404 Not Found, '{\"detail\":\"gone\"}'"]),
        ("answers = [answer]\nanswers[0].json()['x']", ["answers[0] is 404 Not Found, '{\"detail\":\"gone\"}'"]),
        ("b[a]", []),
        ("1 / 0", []),
        ("if a:\n    for n in b:\n        assert n == 1", ["n is 2"]),
        ("async def work(): pass\nwork = work()\ntry:\n    assert work == 3\nfinally:\n    work.close()",
         ["work is a coroutine of work(), which was called and not awaited"]),
    ],
)  # fmt: skip
def test_a_failing_statement_tells_its_failing_part(cell, lines):
    assert says(cell) == lines


def test_an_answer_that_was_not_read_is_not_read_now():
    with httpx.Client(
        transport=httpx.MockTransport(lambda request: httpx.Response(200, stream=httpx.ByteStream(b"x")))
    ) as client:
        with client.stream("GET", "http://127.0.0.1/") as answer:
            NAMES["unread"] = answer
            assert says("assert unread is None") == ["unread is 200 OK, '(not read yet)'"]


def test_a_long_value_is_cut():
    [line] = says("long = 'x' * 1000\nassert long == ''")
    assert 300 <= len(line) < 330 and line.startswith("long is 'xxx")


@pytest.mark.parametrize(
    "cell",
    ["assert client.get('/n').status_code == 404", "assert client.get('/n').json() == 7", "assert get('/n') == 404", "assert sum(numbers) == 4"],
)  # fmt: skip
def test_a_failing_cell_asks_nobody_again(cell, monkeypatch):
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(200, json=8)

    with httpx.Client(transport=httpx.MockTransport(answer), base_url="http://127.0.0.1") as client:
        monkeypatch.setitem(NAMES, "client", client)
        monkeypatch.setitem(NAMES, "get", lambda path: asked.append(path) or 200)
        monkeypatch.setitem(NAMES, "numbers", (number for number in (1, 2)))
        lines = says(cell)
    assert len(asked) == ("get" in cell) and not any("is 0" in line for line in lines), lines
