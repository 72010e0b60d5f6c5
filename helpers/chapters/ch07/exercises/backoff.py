"""Exercise 7.1-backoff: pauses that grow and spread."""

import statistics
from collections.abc import Callable

from helpers.learning.model import Exercise

MOST = 60.0  # seconds
DRAWS = 400


def _check_backoff(pause: Callable[[int], float]) -> str:
    assert _mean(pause, 9) > 1.5 * _mean(pause, 0), (
        "the pause of attempt 9 is as short as that of attempt 0: it does not grow, and an overloaded server gets no rest."
    )
    for attempt in (0, 2, 5, 6, 9, 2000):
        longest = float(min(MOST, 2.0 ** min(attempt, 100)))
        try:
            drawn = [float(pause(attempt)) for _ in range(DRAWS)]
        except OverflowError:
            raise AssertionError(
                f"attempt {attempt} raised OverflowError: 2.0 ** {attempt} is no float. Whole numbers have no end, or "
                "limit the exponent."
            ) from None
        assert min(drawn) >= 0, f"attempt {attempt}: a pause of {min(drawn):.1f} s came, and nobody can wait that long."
        assert attempt < 6 or max(drawn) <= MOST, (
            f"attempt {attempt}: a pause of {max(drawn):.3g} s came, and 60 s is the most: limit it last, when it has grown."
        )
        assert max(drawn) <= longest or min(drawn) < longest, (
            f"attempt {attempt}: pauses from {min(drawn):.1f} s came, and {longest:g} s is the most: the jitter takes away "
            "from a pause and does not add to it."
        )
        assert max(drawn) <= longest, (
            f"attempt {attempt}: a pause of {max(drawn):.1f} s came, and {longest:g} s is the most: the pause doubles, from "
            "1 s for attempt 0."
        )
        assert statistics.fmean(drawn) >= 0.3 * longest, (
            f"attempt {attempt}: on average {statistics.fmean(drawn):.1f} s came, of {longest:g} s: pauses double with each "
            "attempt, and jitter leaves about half of them."
        )
        assert max(drawn) - min(drawn) > 0, (
            f"attempt {attempt}: {DRAWS} jobs drew the same pause, {drawn[0]:g} s: they failed together and will come back "
            "together. Draw each pause anew, with `random`, and set no seed."
        )
        assert max(drawn) - min(drawn) >= 0.3 * longest, (
            f"attempt {attempt}: {DRAWS} jobs come back within {max(drawn) - min(drawn):.1f} s of {longest:g} s: that is "
            "still a crowd. Draw from at least half of the pause."
        )
    return "The pauses double up to a minute, and a crowd that failed together comes back one by one."


def _mean(pause: Callable[[int], float], attempt: int) -> float:
    return statistics.fmean(float(pause(attempt)) for _ in range(DRAWS))


def _solve_backoff() -> Callable[[int], float]:
    import random

    def pause(attempt: int) -> float:
        return random.uniform(0, min(60, 2**attempt))

    return pause


EXERCISE = Exercise(
    id="7.1-backoff",
    title="pauses that grow and spread",
    task="`pause(attempt)` should return how many seconds a job waits before its next attempt: at most 1 for attempt 0, 2 "
    "for attempt 1, 4, 8 and so on, never more than 60, and drawn at random from at least half of that.",
    check=_check_backoff,
    hints=(
        "Three steps, in this order: double, limit, draw. What grows last may pass the limit.",
        "`random.uniform(low, high)` draws a number; `min(60, 2**attempt)` is the longest pause.",
    ),
    solution=_solve_backoff,
    wants="function",
)
