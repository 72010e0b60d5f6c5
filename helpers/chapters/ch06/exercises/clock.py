"""Exercise 6.1-clock: a test whose clock stands still."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from helpers.chapters.judging import judge_test
from helpers.learning.model import Exercise

Clock = Callable[[], datetime]
_DAYS = timedelta(days=3)


def _right(clock: Clock) -> date:
    return (clock() + _DAYS).date()


def _right_otherwise(clock: Clock) -> date:
    return date.fromordinal(clock().date().toordinal() + _DAYS.days)


def _by_the_machine(clock: Clock) -> date:
    return (datetime.now(UTC) + _DAYS).date()


def _within_the_month(clock: Clock) -> date:
    now = clock()
    return date(now.year, now.month, min(now.day + 3, 28))


def _modulo_month(clock: Clock) -> date:
    now = clock()
    month = now.month if now.day + 3 <= 28 else now.month + 1
    return date(now.year, (month - 1) % 12 + 1, (clock() + _DAYS).day)


def _rounded(clock: Clock) -> date:
    return (clock() + timedelta(days=3, hours=12)).date()


_BROKEN: dict[str, Callable[[Clock], Any]] = {
    "never asks `clock`, but the machine": _by_the_machine,
    "adds two days": lambda clock: (clock() + timedelta(days=2)).date(),
    "answers the moment, with its time of day, and not the date alone": lambda clock: clock() + _DAYS,
    "rounds up in the afternoon. Try a clock late in the day": _rounded,
    "never leaves the month. Try a clock at a month's end": _within_the_month,
    "forgets that the year changes, too. Try a clock at the end of December": _modulo_month,
}


def _check_clock(test_due_on: Callable[..., Any]) -> str:
    right = {
        "the right `due_on`": lambda: (_right,),
        "one that counts days by their number": lambda: (_right_otherwise,),
    }
    broken = {fault: (lambda due_on=due_on: (due_on,)) for fault, due_on in _BROKEN.items()}
    hint = "It answers the `date` three days after what `clock()` gives, whatever day it is today."
    return judge_test(test_due_on, right, broken, hint, "a `due_on`")


def _solve_clock() -> Callable[..., Any]:
    def test_due_on(due_on: Callable) -> None:
        cases = {
            datetime(2026, 11, 22, 8, tzinfo=UTC): date(2026, 11, 25),
            datetime(2026, 12, 30, 23, 59, tzinfo=UTC): date(2027, 1, 2),
        }
        for moment, due in cases.items():
            found = due_on(lambda moment=moment: moment)
            assert (type(found), found) == (date, due)

    return test_due_on


EXERCISE = Exercise(
    id="6.1-clock",
    title="a test whose clock stands still",
    task="`test_due_on(due_on)` should be green for the right `due_on(clock)`, three days later, and red for each broken one.",
    check=_check_clock,
    hints=(
        "A clock is a function without parameters: `lambda: datetime(2026, 11, 22, 8, tzinfo=UTC)` always shows the same.",
        "Which days of a year are hard for somebody who only adds 3 to the number of the day?",
        "A clock at 23:59 on 30 December asks about the month, the year and the time of day at once. A `datetime` never "
        "equals a `date`, so compare with `date(2027, 1, 2)`.",
    ),
    solution=_solve_clock,
    wants="function",
)
