"""Which questions an exam asks, and in which order their options stand: the same for the same seed, on every machine."""

import hashlib
import random
from collections.abc import Iterable, Mapping

from helpers.exam.model import Item, Question

LETTERS = "abcdefgh"


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


def draw(questions: Iterable[Question], seed: object, weights: Mapping[int, float], count: int) -> list[Item]:
    """`count` questions, fewer if there are not so many, shared among the chapters by weight, section by section.

    Chapters are drawn one by one and by their questions' ids, so that a question added to the bank can change what is
    drawn from its own chapter and nothing else. They are asked in the order of the sections.
    """
    by_chapter: dict[int, list[Question]] = {}
    for question in questions:
        if weights.get(question.chapter, 0) > 0:
            by_chapter.setdefault(question.chapter, []).append(question)
    room = {chapter: len(found) for chapter, found in by_chapter.items()}
    shares = share(count, {chapter: weights[chapter] for chapter in sorted(by_chapter)}, room)
    chosen = [question for chapter in shares for question in _pick(by_chapter[chapter], seed, shares[chapter])]
    return [item(question, seed, number) for number, question in enumerate(chosen, start=1)]


def share(count: int, weights: Mapping[int, float], room: Mapping[int, int]) -> dict[int, int]:
    """How many of `count` each chapter gets: by weight, largest remainder first, never more than it has."""
    shares = dict.fromkeys(weights, 0)
    for _ in range(min(count, sum(room[chapter] for chapter in weights))):
        free = [chapter for chapter in weights if shares[chapter] < room[chapter]]
        # Sainte-Laguë: the next question goes where it is most owed; ties go to the earlier chapter.
        shares[max(free, key=lambda chapter: (weights[chapter] / (2 * shares[chapter] + 1), -chapter))] += 1
    return shares


def _pick(questions: list[Question], seed: object, count: int) -> list[Question]:
    """Round by round over the sections, in each the question whose hash comes first and whose kind is still new."""
    queue = sorted(questions, key=lambda question: _rank(seed, question.id))
    sections = sorted({question.section for question in queue}, key=lambda section: _rank(seed, section))
    chosen: list[Question] = []
    while len(chosen) < count:
        for section in sections:
            left = [question for question in queue if question.section == section and question not in chosen]
            if left and len(chosen) < count:
                kinds = [question.kind for question in chosen]
                chosen.append(min(left, key=lambda question: kinds.count(question.kind)))
    return sorted(chosen, key=lambda question: (_section_key(question.section), _rank(seed, question.id)))


def _section_key(section: str) -> tuple[int, ...]:
    return tuple(map(int, section.split(".")))


def _rank(seed: object, text: str) -> bytes:
    return hashlib.sha256(f"{seed} {text}".encode()).digest()
