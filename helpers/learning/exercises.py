"""Exercises: `check` says how far a learner's code is, `hint` helps, `solution` shows real code that the tests run.

None of the three raises anything but KeyboardInterrupt, whatever is passed.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from helpers.learning import catalogue, store
from helpers.learning.attempts import explain, own_lines, quiet, run
from helpers.learning.diagnoses import held_the_loop, returned_none
from helpers.learning.model import Exercise
from helpers.learning.speaking import speaks
from helpers.learning.stubs import WANTED, kind, missing_route, tell, unfinished
from helpers.live.frames import is_own
from helpers.live.server import started
from helpers.notes import Card, Note
from helpers.wording import capital, describe, raised, scrub, sentence

NOT_STARTED, NOT_YET, SOLVED = "NOT STARTED", "NOT YET", "SOLVED"


class Verdict(NamedTuple):
    """How an attempt ended: its state, why, and the lines of the learner's own code that raised, if any did."""

    state: str
    message: str
    lines: tuple[str, ...] = ()


class _NotStarted(Exception):
    pass


@speaks
def check(id: str = "", *answers: object, verbose: bool = False) -> Note:
    """Say whether the learner's answers are NOT STARTED, NOT YET or SOLVED; `verbose` adds their code's traceback."""
    exercise = catalogue.exercise(id)
    verdict = judge(exercise, answers)
    parts = [sentence(capital(verdict.message))]
    if verdict.state == NOT_YET:
        parts.append(f'Asked: {exercise.task} Stuck? `hint("{exercise.id}")`')
        if verbose and verdict.lines:
            parts.append("```text\n" + "\n".join(verdict.lines) + "\n```")
    if verdict.state != NOT_STARTED:
        saved = store.record({exercise.id: "solved" if verdict.state == SOLVED else "attempted"})
        parts.append("" if saved else store.unsaved())
    return Card(verdict.state, f"{exercise.id}, {exercise.title}", *parts)


def judge(exercise: Exercise, answers: tuple[object, ...]) -> Verdict:
    """What `check` says, before it becomes a Note; records nothing. The tests prove every exercise with it."""
    with quiet():
        return _judge(exercise, answers)


def _judge(exercise: Exercise, answers: tuple[object, ...]) -> Verdict:
    with started() as servers:
        sentence, error = run(_examine, exercise, answers)
    for answer in answers:
        if inspect.iscoroutine(answer) and inspect.getcoroutinestate(answer) == inspect.CORO_CREATED:
            answer.close()  # or Python warns below the cell that it was never awaited
    if isinstance(error, _NotStarted):
        return Verdict(NOT_STARTED, str(error))
    file = exercise.check.__code__.co_filename
    holds = [hold for server in servers for hold in server.holds]
    held = "" if exercise.may_hold else held_the_loop(holds, lambda other: other != file and is_own(other))
    if error is not None:
        told = returned_none(text for server in servers for text in server.log) or explain(error, file)
        return Verdict(NOT_YET, " ".join(filter(None, (told, capital(held)))), tuple(own_lines(error, file)))
    return Verdict(NOT_YET, held) if held else Verdict(SOLVED, sentence)


def _examine(exercise: Exercise, answers: tuple[object, ...]) -> str:
    wants = (exercise.wants,) if isinstance(exercise.wants, str) else exercise.wants
    listed = " and ".join(WANTED[name] for name in wants)
    call = f'`check("{exercise.id}", {", ".join("app" if name == "app" else f"the_{name}" for name in wants)})`'
    stubs = list(dict.fromkeys(name for answer in answers for name in unfinished(answer, exercise.routes)))
    if not answers or stubs:
        todo = f"Then pass {listed}: {call}." if not answers else ""
        raise _NotStarted(f"{exercise.task} Replace the `...`{_inside(stubs)} and run this cell again. {todo}".strip())
    assert len(answers) == len(wants), f"This check takes {listed}: {call}. {len(answers)} came."
    for answer, wanted in zip(answers, wants):
        came = kind(answer)
        fits = wanted in (came, "value") or (wanted == "callable" and came in ("function", "class"))
        assert fits and came != "coroutine", f"Expected {WANTED[wanted]}; {tell(answer)}."
        if came == "app":
            missing = missing_route(answer, exercise.routes)
            assert not missing, missing
    return scrub(exercise.check(*answers))


def _inside(stubs: list[str]) -> str:
    """Where the `...` stand, behind a space: " in `a`, `b` and `c`"; nothing where one was passed itself."""
    if not stubs or "ellipsis" in stubs:
        return ""
    *others, last = [f"`{name}`" for name in stubs]
    return f" in {', '.join(others)} and {last}" if others else f" in {last}"


@speaks
def hint(id: str = "", n: int = 1) -> Note:
    """The n-th hint of an exercise, counted from 1."""
    exercise = catalogue.exercise(id)
    last = len(exercise.hints)
    if not isinstance(n, int) or isinstance(n, bool) or not 1 <= n <= last:
        there = f"hints from 1 to {last}" if last > 1 else "one hint, 1"
        return Note(f'`hint("{exercise.id}", n)` has {there}; {describe(n)} came.')
    more = f'More: `hint("{exercise.id}", {n + 1})`.' if n < last else f'One way: `solution("{exercise.id}")`.'
    return Card(f"HINT {n} of {last}", f"{exercise.id}, {exercise.title}", exercise.hints[n - 1], more)


@speaks
def solution(id: str = "") -> Note:
    """The reference solution of an exercise as Python code. There are others: `check` judges what the code does."""
    exercise = catalogue.exercise(id)
    try:
        code = printed(exercise.solution)
    except (OSError, SyntaxError, IndexError) as error:  # the file was changed or removed after its import
        return Note(f"The solution of {exercise.id} could not be read: {raised(error)}.")
    title = f"**Solution** · {exercise.id}, {exercise.title}"
    return Note(f"{title}\n\n```python\n{code}\n```", f"{title.replace('**', '')}\n\n{code}")


def printed(function: Callable[..., Any]) -> str:
    """A solution as it can be pasted below its notebook's cells: its body, and above it the imports that it needs.

    What its module imports from `helpers.chapters` is left out: that stands for what the notebook's cells define.
    """
    code = body(function)
    file = Path(inspect.getsourcefile(inspect.unwrap(function)) or "")
    used = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
    lines = list(_imports(ast.parse(file.read_text(encoding="utf-8")), used))
    return "\n".join([*lines, "", code] if lines else [code])


def _imports(module: ast.Module, used: set[str]) -> Iterator[str]:
    """The import statements at the top of a module, each with those names alone that are used."""
    for node in module.body:
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        node.names = [name for name in node.names if (name.asname or name.name.partition(".")[0]) in used]
        given = isinstance(node, ast.ImportFrom) and (node.module or "").startswith("helpers.chapters")
        if node.names and not given:
            yield ast.unparse(node)


def body(function: Callable[..., Any]) -> str:
    """The source of a function's body, dedented, without its docstring and its final `return`."""
    lines = textwrap.dedent(inspect.getsource(function)).splitlines()
    node = ast.parse("\n".join(lines)).body[0]
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    statements = node.body[1:] if ast.get_docstring(node) is not None else node.body
    first = min(part.lineno for part in ast.walk(statements[0]) if hasattr(part, "lineno"))  # a decorator stands above
    ends_in_return = isinstance(statements[-1], ast.Return) and len(statements) > 1
    last = statements[-1].lineno - 1 if ends_in_return else len(lines)
    while lines[first - 2].lstrip().startswith("#"):
        first -= 1
    return textwrap.dedent("\n".join(lines[first - 1 : last])).strip()
