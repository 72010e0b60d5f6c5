"""Exercise 6.1-borders: a test that tries the borders."""

from collections.abc import Callable
from typing import Any

from helpers.chapters.judging import judge_test
from helpers.learning.model import Exercise

LEAST, MOST = 1, 30_000  # grams
_BROKEN: dict[str, Callable[[int], bool]] = {
    "takes every weight": lambda grams: True,
    "refuses every weight": lambda grams: False,
    "takes 0 g, an empty scale": lambda grams: 0 <= grams <= MOST,
    "takes what lies below 0": lambda grams: grams <= MOST and grams != 0,
    "refuses 1 g, the least that is allowed": lambda grams: 1 < grams <= MOST,
    "refuses 30,000 g, which are allowed (`<` for `<=`)": lambda grams: 1 <= grams < MOST,
    "takes 30,001 g": lambda grams: 1 <= grams <= MOST + 1,
    "has no upper limit beyond 30,001 g": lambda grams: 1 <= grams <= MOST or grams > MOST + 1,
}


def _check_borders(test_accepts: Callable[..., Any]) -> str:
    def right(grams: int) -> bool:
        return LEAST <= grams <= MOST

    broken = {fault: (lambda accepts=accepts: (accepts,)) for fault, accepts in _BROKEN.items()}
    hint = "From 1 to 30,000 g, both included, a weight is taken, and no other."
    return judge_test(test_accepts, {"the right `accepts`": lambda: (right,)}, broken, hint, "an `accepts`")


def _solve_borders() -> Callable[..., Any]:
    def test_accepts(accepts: Callable[[int], bool]) -> None:
        for grams in (1, 750, 30_000):
            assert accepts(grams)
        for grams in (-1, 0, 30_001, 50_000):
            assert not accepts(grams)

    return test_accepts


EXERCISE = Exercise(
    id="6.1-borders",
    title="a test that tries the borders",
    task="`test_accepts(accepts)` should be green for the right `accepts` (1 to 30,000 g) and red for each broken one.",
    check=_check_borders,
    hints=(
        "Which is the least weight that is taken, and which the first below it? And at the other end?",
        "Whoever swaps `<` and `<=` is wrong at one number only: try both sides of both borders.",
        "A weight far outside, below and above, and one in the middle find whoever forgets a border altogether.",
    ),
    solution=_solve_borders,
    wants="function",
)
