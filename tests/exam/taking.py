"""An exam as tests take it: drawn by its seed, answered right or wrong, met again by another kernel or an older version."""

import json
import time

from helpers import exam
from helpers.exam import bank, draw, sitting, state
from helpers.exam.draw import Source
from helpers.exam.model import Item
from helpers.learning import store


def exam_of(seed: object, sources: list[Source] | None = None, **options: object) -> list[Item]:
    """What an exam with this seed asks, drawn from these sources or from all that an exam may ask."""
    rules = sitting.rules()
    if sources is None:
        sources = sitting.asked_of(bank.load().values())
    return draw.draw(sources, seed, rules.weights, rules.questions, rules.sections, **options)


def restart() -> None:
    """What a restart of the kernel forgets."""
    exam._sitting = None


def of_an_older_version() -> None:
    """Let the exam's file be one that an older version of the course has written, and the kernel be restarted."""
    path = store.FOLDER / state.NAME
    content = json.loads(path.read_text())
    kept = {name: value for name, value in content.items() if name not in ("asked", "token", "flagged")}
    path.write_text(json.dumps(kept | {"begun": time.time()}))
    restart()


def right_answer(item: Item) -> object:
    q = item.question
    if q.kind == "wait":
        return q.seconds
    if q.kind == "timeline":
        return q.bars
    return item.right


def wrong_answer(item: Item) -> object:
    q = item.question
    if q.kind == "wait":
        return q.seconds + 7
    if q.kind == "timeline":
        return dict.fromkeys(q.bars, (8, 9))
    if q.kind == "order":
        return item.right[::-1]
    return next(letter for letter in item.options if letter != item.right)
