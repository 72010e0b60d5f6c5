"""The house's rule: who asks for a thing says where it stands, and nothing imports upward or in a circle."""

import ast
import re
from collections import Counter
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import helpers
from helpers.learning import catalogue

HERE = Path(helpers.__file__).parent
TESTS = HERE.parent / "tests"
# A room may import from itself and from the rooms below it. The top three do not know each other.
BELOW = {
    "root": set(),
    "live": {"root"},
    "services": {"root", "live"},
    "learning": {"root", "live", "services"},
    "exam": {"root", "live", "services", "learning"},
    "chapters": {"root", "live", "services", "learning"},
    "authoring": {"root", "live", "services", "learning"},
}
GROUND = {"course", "errors", "given", "notes", "surroundings", "wording"}
DOORS = {"trace"}  # commands of a few lines at the root, which call what stands in a room


def module(path: Path) -> str:
    return ".".join(path.relative_to(HERE.parent).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module(path): path for path in sorted(HERE.rglob("*.py"))}


def imports(code: str) -> set[str]:
    """The modules of the house that a module's code imports anywhere, also inside its functions."""
    found = {name for node in ast.walk(ast.parse(code)) for name in imported(node)}
    return (found & set(MODULES)) - {"helpers"}


def imported(node: ast.AST) -> set[str]:
    """The modules that one node of a syntax tree imports; what is imported from a package may be a module of it."""
    if isinstance(node, ast.ImportFrom) and node.module:
        whole = {f"{node.module}.{name.name}" for name in node.names}
        return {name if name in MODULES else node.module for name in whole}
    return {name.name for name in node.names} if isinstance(node, ast.Import) else set()


def room(name: str) -> str:
    parts = name.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in BELOW else "root"


def upward(name: str, code: str) -> list[str]:
    if name.removeprefix("helpers.") in DOORS:
        return []
    own = room(name)
    return [f"{name} imports {other}" for other in imports(code) if room(other) not in {own, *BELOW[own]}]


def circle(arrows: dict[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def code(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_no_module_imports_upward():
    assert [told for name, path in MODULES.items() for told in upward(name, code(path))] == []


def test_no_modules_import_each_other_in_a_circle():
    assert circle({name: imports(code(path)) - {name} for name, path in MODULES.items()}) == []


def test_the_ground_floor_holds_what_all_rooms_use():
    assert {path.stem for path in HERE.glob("*.py")} - {"__init__"} == GROUND | DOORS
    assert {path.name for path in HERE.iterdir() if path.is_dir() and path.name != "__pycache__"} == set(BELOW) - {
        "root"
    }


def test_contributing_says_how_large_each_room_is():
    """To two digits; who adds a lot says what for."""
    told = re.findall(
        r"(?m)^\| [^|]*?`(?:(\w+)(?:/chNN)?|\*\.py)` \| [^|]* \| ([\d,]+)", code(HERE.parent / "CONTRIBUTING.md")
    )
    sizes = Counter()
    for name, path in MODULES.items():
        sizes[room(name)] += len(code(path).splitlines())
    assert {place or "root": int(lines.replace(",", "")) for place, lines in told} == {
        place: round(lines, 2 - len(str(lines))) for place, lines in sizes.items()
    }


def test_a_door_is_a_few_lines_that_nobody_imports():
    for door in DOORS:
        assert len(code(HERE / f"{door}.py").splitlines()) <= 12
        assert not [name for name, path in MODULES.items() if f"helpers.{door}" in imports(code(path))]


def test_a_chapter_is_a_folder_of_known_files():
    known = {"__init__", "exercises", "lesson", "predictions", "questions", "topics", "bank", "rollout", "consumers"}
    for folder in (HERE / "chapters").glob("ch*"):
        assert {path.stem for path in folder.iterdir()} - {"__pycache__"} <= known, folder.name


# What several exercises of a chapter share, in a module named for what it is.
SHARED = {
    "ch02": {"echo"},
    "ch03": {"desk"},
    "ch04": {"watching"},
    "ch05": {"database", "depot", "load", "migrating", "office", "tables"},
    "ch07": {"elsewhere"},
    "ch09": {"database", "face", "packages"},
    "ch10": {"mortal"},
}


@pytest.mark.parametrize(
    "chapter", [folder.parent.name for folder in sorted((HERE / "chapters").glob("ch*/exercises"))]
)
def test_where_exercises_are_a_folder_each_has_its_file(chapter):
    words = {exercise.id.partition("-")[2] for exercise in catalogue.exercises(int(chapter[2:]))}
    folders = [HERE / "chapters" / chapter / "exercises", TESTS / "chapters" / chapter / "answers"]
    modules, answers = ({path.stem for path in folder.glob("*.py")} for folder in folders)
    assert modules - {"__init__"} == words | SHARED.get(chapter, set())
    assert answers == words


def test_a_chapter_imports_no_other():
    for name, path in MODULES.items():
        if name.startswith("helpers.chapters.ch"):
            own = ".".join(name.split(".")[:3])
            others = {other for other in imports(code(path)) if other.startswith("helpers.chapters.ch")}
            assert all(other.startswith(own) for other in others), name


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("helpers.live.server", "from helpers.learning import store"),
        ("helpers.notes", "import helpers.live.server"),
        ("helpers.learning.catalogue", "def f():\n    from helpers.chapters.ch01 import exercises"),
        ("helpers.exam.bank", "from helpers.authoring.cells import tags"),
    ],
)
def test_an_arrow_upward_is_found(name, line):
    assert len(upward(name, line)) >= 1


def test_a_circle_is_found():
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"a"}}) and not circle({"a": {"b"}, "b": {"c"}, "c": set()})
