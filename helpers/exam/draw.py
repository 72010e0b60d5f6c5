"""Which questions an exam asks, and in which order their options stand: the same for the same seed, on every machine.

Every source of questions has a chance to be asked, its exposure, at most `EXPOSURE` while the bank is as large as it is;
the chances of a section add up to its part of the exam. Sources are laid out section by section in an order that the seed
gives, each as long as its chance, and every whole step from a start that the seed gives picks the one it falls on: so each
is asked as often as its chance says, and each section as often as its weight says, to the next whole number.
"""

import hashlib
import math
import random
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from helpers.exam.model import Item, Question

LETTERS = "abcdefgh"
EXPOSURE = 0.19  # of all exams, the part in which a source is asked at most
SCARCE = {"order": 2.0, "wait": 2.0, "timeline": 2.0, "multiple": 1.5}  # what cannot be guessed is asked more often
TRIES = 20  # other starts, when enemies meet


@dataclass(frozen=True, eq=False)
class Source:
    """Where a question comes from: one of the bank, or a template, which makes another one for each seed.

    `facts` are what it tests: two sources that share one are enemies and never asked in one exam.
    """

    id: str
    kind: str
    facts: frozenset[str]
    question: Callable[[object], Question]

    @property
    def section(self) -> str:
        """The section that it is about, "4.3"."""
        return self.id.partition("-")[0]

    @property
    def place(self) -> tuple[tuple[int, ...], str]:
        """Where it stands among all: by the numbers of its section, then by its id."""
        return _place(self.id)

    @property
    def chapter(self) -> int:
        """The number of the chapter that it is about."""
        return self.place[0][0]


@cache  # each exam makes its sources anew, and asks each for its place many times
def _place(id: str) -> tuple[tuple[int, ...], str]:
    return tuple(map(int, id.partition("-")[0].split("."))), id


def sources(questions: Iterable[Question]) -> list[Source]:
    """What an exam can ask, a source for each question of the bank. What else makes questions is added here."""
    return [Source(q.id, q.kind, frozenset(q.facts), lambda seed, q=q: q) for q in questions]


def item(question: Question, seed: object, number: int = 0) -> Item:
    """The question with its options in the order that belongs to the seed; events are never shown in the right order."""
    options = list(question.options)
    if all(text.isdecimal() for text in options):
        options.sort(key=int)  # numbers stand in their own order
    else:
        dice = random.Random(f"{seed} {question.id}")
        dice.shuffle(options)
        while question.order and tuple(options) == question.order:
            dice.shuffle(options)
    return Item(number, question, dict(zip(LETTERS, options)))


def draw(
    found: Iterable[Source],
    seed: object,
    weights: Mapping[int, float],
    count: int,
    sections: Mapping[str, float] | None = None,
    seen: Sequence[str] = (),
) -> list[Item]:
    """`count` questions, fewer if there are not so many, shared among the chapters by weight, and within them by section.

    `sections` weighs the sections of a chapter against each other, 1 unless given. `seen`: ids that were asked lately, the
    latest first; they are left out while their section has others. Chapters are drawn one by one, so that a question added
    to the bank can change what is drawn from its own chapter and nothing else. They are asked in the order of the sections.
    """
    by_chapter: dict[int, list[Source]] = {}
    for source in found:
        if weights.get(source.chapter, 0) > 0:
            by_chapter.setdefault(source.chapter, []).append(source)
    room = {chapter: _room(own) for chapter, own in by_chapter.items()}
    shares = share(count, {chapter: weights[chapter] for chapter in sorted(by_chapter)}, room)
    chosen: list[Source] = []
    for chapter, part in shares.items():
        chosen += _pick(by_chapter[chapter], seed, part, sections or {}, seen, chosen)
    return [item(source.question(seed), seed, number) for number, source in enumerate(chosen, start=1)]


def share(count: int, weights: Mapping[int, float], room: Mapping[int, int]) -> dict[int, int]:
    """How many of `count` each chapter gets: by weight (the method of Sainte-Laguë), never more than it has."""
    shares = dict.fromkeys(weights, 0)
    for _ in range(min(count, sum(room[chapter] for chapter in weights))):
        free = [chapter for chapter in weights if shares[chapter] < room[chapter]]
        # The next question goes where it is most owed; ties go to the earlier chapter.
        shares[max(free, key=lambda chapter: (weights[chapter] / (2 * shares[chapter] + 1), -chapter))] += 1
    return shares


def chances(
    own: Collection[Source], count: int, sections: Mapping[str, float], seen: Sequence[str]
) -> dict[str, float]:
    """The chance of each source of a chapter to be asked, when `count` of them are.

    A section's part is capped by how many sources it has; what it cannot take goes to the others. What was seen lately
    has no chance while the section has enough that was not.
    """
    by_section = {
        name: list(group)
        for name, group in groupby(sorted(own, key=lambda one: one.place), key=lambda one: one.section)
    }
    most = max(EXPOSURE, count / len(own))
    parts = filled(
        count,
        {name: sections.get(name, 1.0) for name in by_section},
        {name: most * len(group) for name, group in by_section.items()},
    )
    found: dict[str, float] = {}
    for name, group in by_section.items():
        fresh = _fresh(group, seen, max(1, math.ceil(parts[name])))
        most = max(EXPOSURE, parts[name] / len(fresh))
        scarce = {one.id: SCARCE.get(one.kind, 1.0) for one in fresh}
        found |= dict.fromkeys((one.id for one in group), 0.0)
        found |= filled(parts[name], scarce, dict.fromkeys(scarce, most))
    return found


def filled(amount: float, weights: Mapping[str, float], most: Mapping[str, float]) -> dict[str, float]:
    """An amount shared by weight, none above its own most: what one cannot take goes to the others."""
    full: dict[str, float] = {}
    while len(full) < len(weights):
        left = {name: weight for name, weight in weights.items() if name not in full}
        rest, whole = amount - sum(full.values()), sum(left.values())
        parts = {name: rest * weight / whole for name, weight in left.items()}
        over = {name: most[name] for name, part in parts.items() if part > most[name] + 1e-12}
        if not over:
            return {name: full.get(name, parts.get(name, 0.0)) for name in weights}
        full |= over
    return full


def _fresh(group: list[Source], seen: Sequence[str], needed: int) -> list[Source]:
    """Those that were not seen lately; of the others the longest forgotten ones, until there are as many as needed."""
    order = {id: place for place, id in reversed(list(enumerate(seen)))}
    fresh = [one for one in group if one.id not in order]
    stale = sorted((one for one in group if one.id in order), key=lambda one: -order[one.id])
    return fresh + stale[: max(0, needed - len(fresh))]


def _pick(
    own: list[Source],
    seed: object,
    count: int,
    sections: Mapping[str, float],
    seen: Sequence[str],
    before: Iterable[Source],
) -> list[Source]:
    """So many sources of a chapter, no two of them enemies, nor of one chosen before, in the order of their sections."""
    if not count:
        return []
    found = chances(own, count, sections, seen)
    taken = frozenset(fact for one in before for fact in one.facts)
    best: list[Source] = []
    for attempt in range(TRIES):
        chosen = _at_peace(_steps(own, found, seed, count, attempt), taken)
        best = max(best, chosen, key=len)
        if len(best) == count:
            break
    else:
        best = _topped_up(best, own, found, seed, count, taken)
    return sorted(best, key=lambda one: (one.place[0], _rank(seed, one.id)))


def _steps(own: list[Source], found: Mapping[str, float], seed: object, count: int, attempt: int) -> list[Source]:
    """The sources on which every whole step falls, in the layout and from the start that belong to the seed."""
    dice = random.Random(f"{seed} {attempt} {own[0].chapter}")
    sections = sorted({one.section for one in own})
    dice.shuffle(sections)
    laid = sorted(own, key=lambda one: one.id)
    dice.shuffle(laid)
    laid.sort(key=lambda one: sections.index(one.section))
    start, end = dice.random(), 0.0
    chosen: list[Source] = []
    for one in laid:
        end += found[one.id]
        if end > start + len(chosen) and len(chosen) < count:
            chosen.append(one)
    return chosen


def _at_peace(chosen: Iterable[Source], taken: frozenset[str]) -> list[Source]:
    """Those that share no fact with one before them."""
    kept: list[Source] = []
    for one in chosen:
        if not one.facts & taken:
            kept.append(one)
            taken |= one.facts
    return kept


def _topped_up(
    best: list[Source], own: list[Source], found: Mapping[str, float], seed: object, count: int, taken: frozenset[str]
) -> list[Source]:
    """In a chapter with too few friends, whatever else fits: what has a chance first."""
    others = sorted((one for one in own if one not in best), key=lambda one: (not found[one.id], _rank(seed, one.id)))
    return _at_peace([*best, *others], taken)[:count]


def _room(own: Iterable[Source]) -> int:
    """How many of these can stand in one exam."""
    return len(_at_peace(own, frozenset()))


def _rank(seed: object, text: str) -> bytes:
    return hashlib.sha256(f"{seed} {text}".encode()).digest()
