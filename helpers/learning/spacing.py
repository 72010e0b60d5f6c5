"""When a learner should be asked again: FSRS over the answers in the log, from which every card is made anew.

FSRS models how memory fades (the package `fsrs`; its default parameters, and 90 percent as what is to be remembered).
A right answer counts as "good" and a wrong one as "again"; whoever judges herself says one of four.
"""

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from helpers.learning import log
from helpers.learning.log import Answer

GRADES = {"again": 1, "hard": 2, "good": 3, "easy": 4}
DAY = 24 * 60 * 60


@dataclass(frozen=True)
class Card:
    """What is known of one prompt: how often it was answered, whether the last answer was right, when it is due, and how
    probable it is by now that it is remembered."""

    id: str
    times: int
    right: bool
    due: float
    recall: float


def cards(answers: Iterable[Answer], now: float) -> dict[str, Card]:
    """The cards of everything answered, by id, as they stand at a moment (seconds since 1970)."""
    by_id: dict[str, list[Answer]] = {}
    for answer in sorted(answers, key=lambda one: one.when):
        by_id.setdefault(answer.id, []).append(answer)
    return {id: _card(id, given, now) for id, given in by_id.items()}


def due(known: Mapping[str, Card], now: float) -> list[Card]:
    """The cards that are due, what is most forgotten first."""
    found = [card for card in known.values() if card.due <= now]
    return sorted(found, key=lambda card: (round(card.recall, 6), card.due, card.id))


def count_due(now: float, prompts: Callable[[], Container[str]]) -> int:
    """How many prompts are due in this learner's log; `prompts` gives the ids of those that the course still has."""
    answers = log.read()
    if not answers:
        return 0
    there = prompts()
    return len(due(cards([answer for answer in answers if answer.id in there], now), now))


def midnight(now: float) -> float:
    """When the learner's day began, by the clock on the wall."""
    return datetime.fromtimestamp(now).replace(hour=0, minute=0, second=0, microsecond=0).timestamp()


def _card(id: str, given: list[Answer], now: float) -> Card:
    import fsrs

    card = fsrs.Card(card_id=1)
    for answer in given:
        card, _ = _scheduler().review_card(card, fsrs.Rating(answer.grade), _moment(answer.when))
    recall = _scheduler().get_card_retrievability(card, _moment(max(now, given[-1].when)))
    return Card(id, len(given), given[-1].right, card.due.timestamp(), recall)


@cache
def _scheduler() -> Any:
    """Days, without steps of minutes: whoever comes back does so tomorrow. Without chance, so that a day stays that day."""
    import fsrs

    return fsrs.Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)


def _moment(seconds: float) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
