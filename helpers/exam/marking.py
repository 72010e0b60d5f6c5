"""What an answer says, whether it is right, and how an exam is scored. Nothing here raises, whatever is answered."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import isfinite

from helpers.exam.bank import SECTIONS, near
from helpers.exam.draw import Item
from helpers.wording import describe

BAR = re.compile(r"([\w#]+)\s+(\d*\.?\d+)\s*(?:-|–|to)\s*(\d*\.?\d+)")
SLACK = 0.1  # seconds that a drawn start or end may be off


@dataclass(frozen=True)
class Verdict:
    """One judged answer: what was said and what is right, both in words, and the misconceptions behind what is wrong."""

    right: bool
    said: str
    should: str
    messages: tuple[str, ...] = ()


@dataclass
class Score:
    """How an exam went: points and questions by chapter and in all, and the sections of what was wrong or open."""

    points: int = 0
    late: int = 0
    open: int = 0
    by_chapter: dict[int, list[int]] = field(default_factory=dict)
    missed: dict[str, list[int]] = field(default_factory=dict)

    @property
    def asked(self) -> int:
        return sum(asked for _, asked in self.by_chapter.values())

    @property
    def percent(self) -> int:
        """Points of all questions, rounded down: nobody passes by rounding."""
        return 100 * self.points // self.asked if self.asked else 0


def takes(item: Item) -> str:
    """What an answer to this question looks like, as half a sentence."""
    q, letters = item.question, ", ".join(item.options)
    if q.kind == "multiple":
        return f"one or more letters of {letters}, such as `{''.join(list(item.options)[:2])}`"
    if q.kind == "order":
        return f"all the letters {letters} in the order of the events, such as `{_some_order(item)}`"
    if q.kind == "wait":
        return "a number of seconds, such as `0.4`"
    if q.kind == "timeline":
        return f"start and end of each bar in seconds, such as `{', '.join(f'{name} 0-0.4' for name in q.bars)}`"
    return f"one letter of {letters}"


def _some_order(item: Item) -> str:
    return "".join(sorted(item.options, reverse=True))


def read(item: Item, choice: object) -> str | None:
    """The answer as it is recorded: letters, a number, or bars. None when it is none of what the question takes."""
    q = item.question
    if q.kind == "timeline":
        return _read_bars(choice, q.bars)
    if q.kind == "wait":
        return _read_number(choice)
    if isinstance(choice, list | tuple | set | frozenset):
        words = [str(one) for one in choice]
        choice = " ".join(sorted(words) if isinstance(choice, set | frozenset) else words)
    letters = re.sub(r"[\s,;>)(-]+", "", choice).lower() if isinstance(choice, str) else ""
    if not letters or set(letters) - set(item.options) or len(set(letters)) < len(letters):
        return None
    if q.kind == "order":
        return letters if len(letters) == len(item.options) else None
    if q.kind == "multiple":
        return "".join(sorted(letters))
    return letters if len(letters) == 1 else None


def _read_number(choice: object) -> str | None:
    if isinstance(choice, str):
        found = re.fullmatch(r"\s*(\d*[.,]?\d+)\s*(ms|s)?\s*", choice)
        if found is None:
            return None
        number = float(found[1].replace(",", ".")) / (1000 if found[2] == "ms" else 1)
    elif isinstance(choice, int | float) and not isinstance(choice, bool):
        try:
            number = float(choice)
        except OverflowError:
            return None
    else:
        return None
    return f"{number:.4g}" if isfinite(number) and number >= 0 else None


def bars_of(recorded: str) -> dict[str, tuple[float, float]]:
    """The bars in a recorded drawing, by name: start and end in seconds."""
    return {name: (float(start), float(end)) for name, start, end in BAR.findall(recorded)}


def _read_bars(choice: object, wanted: Iterable[str]) -> str | None:
    if isinstance(choice, Mapping):
        try:
            choice = ", ".join(f"{name} {float(start):g}-{float(end):g}" for name, (start, end) in choice.items())
        except (TypeError, ValueError, OverflowError):
            return None
    if not isinstance(choice, str) or BAR.sub("", choice).strip(" ,;\n\t."):
        return None
    found = bars_of(choice)
    if not found or set(found) - set(wanted) or any(end < start or end > 3600 for start, end in found.values()):
        return None
    return ", ".join(f"{name} {start:g}-{end:g}" for name, (start, end) in found.items())


def expected(item: Item, choice: object) -> str:
    """The sentence for an answer that could not be read."""
    came = "an answer that it does not take" if isinstance(choice, list | dict | tuple | set) else describe(choice)
    return f"takes {takes(item)}; {came} came."


def say(item: Item, recorded: str) -> str:
    """A recorded answer as a reader writes it, with the text of a chosen option."""
    kind = item.question.kind
    if kind == "wait":
        return f"{recorded} s"
    if kind == "timeline":
        return recorded
    if kind == "order":
        return ", ".join(recorded)
    return "; ".join(f"{letter}) {item.options.get(letter, '?')}" for letter in recorded)


def should(item: Item) -> str:
    """The right answer in words."""
    q = item.question
    if q.kind == "wait":
        return f"{q.seconds:g} s"
    if q.kind == "timeline":
        return ", ".join(f"{name} {start:g}-{end:g}" for name, (start, end) in q.bars.items())
    if q.kind == "order":
        return ", ".join(item.right)
    return say(item, item.right)


def judge(item: Item, recorded: str | None) -> Verdict:
    """The verdict on a recorded answer; without one, it is open and counts as wrong."""
    q = item.question
    if recorded is None:
        return Verdict(False, "no answer", should(item))
    if q.kind == "wait":
        number = float(recorded)
        right = near(number, q.seconds)
        hints = () if right else _hint_for_wait(q.wrong, number, q.seconds)
    elif q.kind == "timeline":
        drawn = bars_of(recorded)
        off = [name for name, bar in q.bars.items() if name not in drawn or not close(drawn[name], bar)]
        right = not off
        hints = tuple(q.wrong[name] for name in off if name in q.wrong)
    elif q.kind == "order":
        right = recorded == item.right
        place = {letter: number for number, letter in enumerate(item.right, start=1)}
        given = [place.get(letter, 0) for letter in recorded]
        swapped = [key for key in q.wrong if _holds(key, given)]
        hints = tuple(q.wrong[key] for key in swapped)
    else:
        right = recorded == item.right
        chosen = [item.options.get(letter, "") for letter in recorded]
        hints = tuple(q.wrong[text] for text in chosen if text in q.wrong)
        left_out = [text for text in q.right if text not in chosen]
        if q.kind == "multiple" and left_out:
            hints += (f"Left out: {'; '.join(left_out)}.",)
    return Verdict(right, say(item, recorded), should(item), hints)


def close(drawn: tuple[float, float], bar: tuple[float, float]) -> bool:
    """Whether a drawn bar starts and ends where it should, to `SLACK` or a fifth of its end."""
    return all(abs(one - other) <= max(SLACK, 0.2 * bar[1]) + 1e-9 for one, other in zip(drawn, bar))


def _holds(key: str, given: list[int]) -> bool:
    later, sooner = map(int, key.split(" before "))
    return given.index(later) < given.index(sooner)


def _hint_for_wait(wrong: Mapping[str, str], number: float, seconds: float) -> tuple[str, ...]:
    for key, message in wrong.items():
        if near(number, float(key)):
            return (message,)
    return ("That is too short." if number < seconds else "That is too long.",)


def score(items: Iterable[Item], answers: Mapping[int, str], late: Iterable[int] = ()) -> Score:
    """Points by chapter. An answer that came late is judged and counted apart, not among the points."""
    result, late = Score(), set(late)
    for item in items:
        q = item.question
        tally = result.by_chapter.setdefault(q.chapter, [0, 0])
        tally[1] += 1
        right = judge(item, answers.get(item.number)).right
        if right and item.number in late:
            result.late += 1
        elif right:
            result.points += 1
            tally[0] += 1
            continue
        result.open += item.number not in answers
        result.missed.setdefault(q.section, []).append(item.number)
    result.missed = dict(sorted(result.missed.items(), key=lambda pair: list(SECTIONS).index(pair[0])))
    return result
