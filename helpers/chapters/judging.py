"""Judges a learner's test, green for what is right and red for all that is broken, and runs a learner's fixture."""

import asyncio
import inspect
from collections.abc import Callable, Generator, Mapping
from typing import Any

__all__ = ["begun", "ended", "is_pytests", "judge_test", "raised"]

Subject = Callable[[], tuple]


def judge_test(
    test: Callable[..., Any], right: Mapping[str, Subject], broken: Mapping[str, Subject], hint: str, about: str
) -> str:
    """Run a learner's test, `def` or `async def`, against each subject; the arguments are made anew for each run.

    `right` says what each right subject is ("the right `hand_in`"), `broken` what each broken one does ("forgets the depot");
    `hint` follows when the test is red for a right one, `about` names what is tested. Raises AssertionError with the first
    of these that the test gets wrong, and the test's own error when that is none of an assertion; returns what was shown.
    """
    for kind, make in right.items():
        found = _red(test, *make())
        assert found is None, (
            f"your test is red for {kind}{': ' + str(found).splitlines()[0] if str(found) else ''}. {hint}"
        )
    for fault, make in broken.items():
        try:
            noticed = _red(test, *make()) is not None
        except Exception:  # an IndexError, say, makes pytest red as well
            noticed = True
        assert noticed, f"your test stays green for {about} that {fault}."
    return f"Your test is green for {next(iter(right))} and red for all {len(broken)} broken ones."


def _red(test: Callable[..., Any], *subject: Any) -> BaseException | None:
    """What the learner's test found, or nothing when it is green; other errors of the test are passed on."""
    try:
        result = test(*subject)
        if inspect.isawaitable(result):

            async def wait() -> None:
                await result

            # In a loop of its own, because nest-asyncio may have replaced asyncio.run.
            with asyncio.Runner() as runner:
                runner.run(wait())
    except BaseException as error:
        if isinstance(error, AssertionError) or is_pytests(error):
            return error
        raise
    return None


def is_pytests(error: BaseException) -> bool:
    """Whether `pytest.fail` or `pytest.raises` made a test red: their error is no `Exception` (_pytest/outcomes.py)."""
    return any(kind.__module__ == "_pytest.outcomes" for kind in type(error).__mro__)


def begun(fixture: Callable[..., Any], *arguments: Any) -> tuple[Generator[Any, Any, Any], Any]:
    """A learner's fixture where it stands at its `yield`, and what it gave; `@contextmanager` on it is right, too."""
    name, running = getattr(fixture, "__name__", "the fixture"), fixture(*arguments)
    running = getattr(running, "gen", running)
    assert inspect.isgenerator(running), f"`{name}` should be a generator, `def` with a `yield`, as a fixture is."
    try:
        return running, next(running)
    except StopIteration:
        raise AssertionError(f"`{name}` ended without a `yield`: the test runs while it stands there.") from None


def ended(running: Generator[Any, Any, Any]) -> None:
    """Let a fixture end, as behind a green test."""
    try:
        next(running)
    except StopIteration:
        return
    raise AssertionError("it yielded twice; pytest takes one value from a fixture.")


def raised(running: Generator[Any, Any, Any]) -> None:
    """Leave by an error the `with` block that a fixture's body makes; pytest itself never throws into a fixture."""
    try:
        running.throw(RuntimeError("left by an error"))
    except RuntimeError:
        return
    except StopIteration:
        raise AssertionError(
            "an error left the `with` block, and your code swallowed it: a test that fails there would be green. `finally` tidies "
            "up and lets it go on; behind an `except` a bare `raise` does."
        ) from None
