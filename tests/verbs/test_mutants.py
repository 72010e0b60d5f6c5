"""The mutation run: which changes it plants, which tests it asks, and that a change that no test notices is told."""

import ast

import pytest

from tests.verbs import mutants
from tests.verbs.changes import Change, spots

SOURCE = '''
__all__ = ["half"]
LIMIT = 3


def half(number: int = 2, *, word: str = "half") -> str | None:
    """Words for readers."""
    if number < LIMIT and not word:
        raise ValueError("a sentence for readers")
    for _ in range(number):
        break
    say(f"{number + 1} apples")
    return word
'''
EXPECTED = """
module: LIMIT = 3 -> LIMIT = 4
half: 2 -> 3
half: 'half' -> 'halfX'
half: number < LIMIT and (not word) -> number < LIMIT or not word
half: number < LIMIT and (not word) -> number >= LIMIT and (not word)
half: number < LIMIT and (not word) -> number <= LIMIT and (not word)
half: number < LIMIT and (not word) -> number < LIMIT and word
half: raise ValueError('a sentence for readers') -> pass
half: break -> continue
half: say(f'{number + 1} apples') -> pass
half: say(f'{number + 1} apples') -> say(f'{number - 1} apples')
half: say(f'{number + 1} apples') -> say(f'{number + 2} apples')
half: return word -> return None
"""


def planted(source: str) -> list[Change]:
    return [spot.change() for spot in spots("live/a.py", source)]


def test_every_kind_of_change_is_planted_and_words_for_readers_are_left_alone():
    names = [change.name for change in planted(SOURCE)]
    assert sorted(names) == sorted(f"live/a.py {line}" for line in EXPECTED.strip().split("\n"))
    assert names[:3] == [f"live/a.py {line}" for line in EXPECTED.strip().split("\n")[:3]]


def test_a_change_is_the_only_one_in_its_file():
    original = ast.unparse(ast.parse(SOURCE)).splitlines()
    for change in planted(SOURCE):
        lines = change.source.splitlines()
        differing = [number for number, (old, new) in enumerate(zip(original, lines)) if old != new]
        assert len(differing) == 1 and len(lines) == len(original), change.name
        compile(change.source, "a.py", "exec")


def test_a_default_is_executed_by_the_body_of_its_function():
    lines = {change.name: change.lines for change in planted(SOURCE)}
    assert lines["live/a.py half: 2 -> 3"] == set(range(7, 14))
    assert lines["live/a.py half: break -> continue"] == {11}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("if a:\n    pass", "not a"),
        ("x = 1 if a.b else 2", "1 if not a.b else 2"),
        ("x = [a for a in b if a()]", "if not a()"),
        ("x = a // b", "a * b"),
        ("x = True", "False"),
        ("x += 1", "pass"),
        ("x.y = a", "pass"),
        ("del x[0]", "pass"),
        ("x = a is None", "a is not None"),
        ("x = a in b", "a not in b"),
        ("while a:\n    continue", "break"),
    ],
)
def test_what_else_is_changed(old, new):
    assert any(new in change.source for change in planted(old))


@pytest.mark.parametrize(
    "source",
    [
        "x: Literal['a']",
        "def f() -> 'A': return None",
        "x = f'{a:.1f} b'",
        "x = 'a b'",
        "x = a(b)",
        "x = 1e308",
        "raise NotImplementedError",
    ],
)
def test_what_is_left_alone(source):
    assert not planted(source)


RECORD = mutants.Record(
    seconds={"tests/a.py::slow": 9.0, "tests/a.py::quick": 0.1, "tests/b.py::one": 0.5, "tests/c.py::long": 61.0},
    failed=["tests/b.py::failed"],
    executed={
        "live/a.py": {"1": ["tests/b.py::one", "tests/c.py::long"], "2": ["tests/a.py", "tests/b.py::failed"]},
        "live/b.py": {"2": ["tests/a.py::slow", "tests/b.py::one"]},
    },
)


@pytest.mark.parametrize(
    ("path", "line", "tests"),
    [
        ("live/a.py", 1, ["tests/b.py::one", "tests/a.py::quick", "tests/a.py::slow"]),
        ("live/a.py", 2, ["tests/a.py::quick", "tests/a.py::slow", "tests/b.py::one"]),
        ("live/b.py", 2, ["tests/b.py::one", "tests/a.py::slow"]),
        ("live/c.py", 1, []),
    ],
)
def test_who_executes_the_line_is_asked_first_and_the_rest_of_its_file_next(path, line, tests):
    assert RECORD.choice(Change(path, "a change", frozenset({line}), "")) == tests


@pytest.mark.parametrize(
    ("context", "test"),
    [
        ("tests/a.py::one[(b) c]", "tests/a.py::one[(b) c]"),
        ("tests/a.py::one[b] (call)", "tests/a.py::one[b]"),
        ("tests/a.py::one[b] (teardown)", "tests/a.py::one[b]"),
        ("tests/a.py::one (setup)", "tests/a.py"),
        ("tests/a.py", "tests/a.py"),
        ("", ""),
    ],
)
def test_a_fixture_counts_for_its_whole_file(context, test):
    assert mutants.test_of(context) == test


def test_a_sample_is_the_same_for_its_seed_and_takes_of_every_package():
    names = [change.name for change in mutants.planted(["live/picture", "exam/past"], "1", 5)]
    assert names == [change.name for change in mutants.planted(["live/picture", "exam/past"], "1", 5)]
    assert [name.startswith("live/picture.py ") for name in names] == [True] * 5 + [False] * 5
    assert names != [change.name for change in mutants.planted(["live/picture", "exam/past"], "2", 5)]
    assert not mutants.planted(["exam/templates"], "1", None)


def test_survivors_are_told_and_only_the_explained_are_no_failure(monkeypatch, capsys):
    changes = [Change(f"live/{name}.py", f"live/{name}.py f: 1 -> 2", frozenset({1}), "") for name in "abc"]
    monkeypatch.setattr(mutants, "EXPLAINED", {changes[1].name: "only speed"})
    assert mutants.told(changes, ["a test", mutants.SURVIVES, mutants.TIMEOUT]) == 0
    said = capsys.readouterr().out
    assert "live: 3 planted, 2 killed (67 %), 1 survive, 1 of them explained" in said and "only speed" in said
    assert mutants.told(changes, [mutants.SURVIVES, mutants.SURVIVES, "a test"]) == 1
    assert "live/a.py f: 1 -> 2: no test notices it" in capsys.readouterr().out


def test_every_explained_change_can_still_be_planted():
    files = sorted({name.partition(" ")[0] for name in mutants.EXPLAINED})
    helpers = mutants.ROOT / "helpers"
    names = {spot.name for file in files for spot in spots(file, (helpers / file).read_text(encoding="utf-8"))}
    assert set(mutants.EXPLAINED) <= names


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A copy with one helper, whose test looks at one of its two functions."""
    helper, test = tmp_path / "tree/helpers/live/toy.py", tmp_path / "tree/tests/live/test_toy.py"
    for path, text in (
        (
            helper,
            "def seen():\n    return 1\n\n\ndef unseen():\n    return 1\n\n\ndef endless(n):\n    while n:\n        n -= 1\n",
        ),
        (test, "from helpers.live import toy\n\n\ndef test_seen():\n    toy.endless(3)\n    assert toy.seen() == 1\n"),
    ):
        path.parent.mkdir(parents=True)
        path.write_text(text)
    (tmp_path / "tree/pyproject.toml").write_text("[tool.pytest]\naddopts = ['--import-mode=importlib']\n")
    return tmp_path


@pytest.mark.slow  # one run hangs on purpose
def test_a_change_is_judged_in_the_copy_and_taken_back(tree, monkeypatch):
    monkeypatch.setattr(mutants, "PATIENCE", 20)
    helper = tree / "tree/helpers/live/toy.py"
    original = helper.read_text()
    record = mutants.Record(
        {"tests/live/test_toy.py::test_seen": 0.0}, [], {"live/toy.py": {"2": ["tests/live/test_toy.py"]}}
    )
    asked = {"seen: return 1 -> return 2", "unseen: return 1 -> return 2", "endless: n -= 1 -> pass"}
    verdicts = {
        name: mutants.noticed(change, record, tree / "tree", tree)
        for change in (spot.change() for spot in spots("live/toy.py", original))
        if (name := change.name.partition(" ")[2]) in asked
    }
    assert verdicts["seen: return 1 -> return 2"] == "tests/live/test_toy.py::test_seen"
    assert verdicts["unseen: return 1 -> return 2"] == mutants.SURVIVES
    assert verdicts["endless: n -= 1 -> pass"] == mutants.TIMEOUT
    assert helper.read_text() == original
