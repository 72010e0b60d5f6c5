"""The learner's progress: shown on the start page and at the end of a chapter, taken along as a token, or forgotten.

Nothing here raises, whatever is passed and whatever became of the file.
"""

import time
from collections.abc import Callable, Container
from math import ceil
from typing import NamedTuple

from helpers.course import CHAPTERS, Chapter
from helpers.errors import CourseError
from helpers.learning import catalogue, minutes, spacing, store, tokens
from helpers.learning.model import SURE, sureness
from helpers.learning.speaking import speaks
from helpers.notes import Note, plain
from helpers.wording import counted, describe

WIDTH = 10  # characters of a full bar
CONFIRM = "forget everything"

# Gives the ids of all prompts that can be asked again: none, until the exam, which has them, is loaded and says so.
_prompts: Callable[[], Container[str]] = tuple


def asked_again(prompts: Callable[[], Container[str]]) -> None:
    """Say what gives the ids of all prompts: what is due of them is counted, and nothing of one that has left the course."""
    global _prompts
    _prompts = prompts


class Counts(NamedTuple):
    """How far one chapter is: how many predictions and exercises it has, what is done, and the ids still to do."""

    predictions: int
    predicted: int
    as_measured: int
    exercises: int
    solved: int
    left: list[str]

    @property
    def bar(self) -> str:
        """Done and to do, as signs: ●●●●○○○○○○."""
        full = WIDTH - ceil(WIDTH * self.open)
        return "●" * full + "○" * (WIDTH - full)

    @property
    def open(self) -> float:
        """The part that is still to do, from 0 to 1; a chapter without anything to do counts as open."""
        whole = self.predictions + self.exercises
        return 1 - (self.predicted + self.solved) / whole if whole else 1.0


@speaks
def show(chapter: object = None) -> Note:
    """The map of the course with what is done and where to go next; with a chapter's number, that chapter in short."""
    if chapter is not None:
        return _show_one(chapter)
    rows, lines, following, rest = [], [], None, 0.0
    for one in CHAPTERS:
        counts, takes = _counts(one), sum(minutes.stated(store.FOLDER / one.file).values())
        if isinstance(counts, Counts):
            rest += takes * counts.open
            if following is None and counts.left:
                following = one, counts
        row, line = _told(one, counts, takes, is_next=following == (one, counts))
        rows.append(row)
        lines.append(line)
    head = "| | Chapter | Takes | Predictions made | Exercises solved | Done |\n|---|---|---|---|---|---|"
    shown, spoken = _next(*following) if following else ("Nothing is left to do in the chapters that are here.",) * 2
    more = "".join(f"\n\n{sentence}" for sentence in (_time(rest), _due(), _sure(), store.unsaved()) if sentence)
    return Note("\n".join([head, *rows]) + f"\n\n{shown}{more}", "\n".join([*lines, spoken + plain(more)]))


def _name(chapter: Chapter) -> str:
    return f"{chapter.number} {chapter.title}"


def _is_here(chapter: Chapter) -> bool:
    return (store.FOLDER / chapter.file).is_file()


def _link(chapter: Chapter) -> str:
    """A chapter's name, as a link where its notebook is there."""
    return f"[{_name(chapter)}]({chapter.file})" if _is_here(chapter) else _name(chapter)


def _told(chapter: Chapter, counts: Counts | str, takes: int, is_next: bool) -> tuple[str, str]:
    """A chapter's row in the table, and the same as a line of text; `takes` are its minutes."""
    name, link, time = _name(chapter), _link(chapter), minutes.spoken(takes) if takes else ""
    if isinstance(counts, str):
        return f"| | {link} | {time} | {counts} | | |", f"{name}: {counts}"
    predicted = f"{counts.predicted} of {counts.predictions}"
    solved = f"{counts.solved} of {counts.exercises}"
    sign = "→" if is_next else "" if counts.open else "●"
    told = filter(None, [time, f"predictions {predicted}", f"exercises {solved} {counts.bar}"])
    return f"| {sign} | {link} | {time} | {predicted} | {solved} | {counts.bar} |", f"{name}: {', '.join(told)}"


def _next(chapter: Chapter, counts: Counts) -> tuple[str, str]:
    """Where to go on, as Markdown and as text."""
    left = f"{len(counts.left)} still to do, from {counts.left[0]} on."
    place = f"{_name(chapter)} ({chapter.file})" if _is_here(chapter) else _name(chapter)
    return f"Next: {_link(chapter)}, {left}", f"Next: {place}, {left}"


def _time(rest: float) -> str:
    """How long the rest takes; to five minutes, because nobody reads by the clock."""
    return f"What is left takes about {minutes.spoken(5 * ceil(rest / 5))}." if rest else ""


def _sure() -> str:
    """How many predictions came as measured, by how sure the learner was of them."""
    states, counts = store.recorded(), {}
    for number in catalogue.numbers() if any("@" in state for state in states.values()) else ():
        for one in catalogue.predictions(number):
            choice, level = one.read(states.get(one.id)), sureness(states.get(one.id))
            if choice is not None and level:
                counts.setdefault(level, []).append(one.is_right(choice))
    told = [f"{SURE[level]} {sum(right)} of {len(right)}" for level, right in sorted(counts.items(), reverse=True)]
    return f"As measured, by how sure you were: {', '.join(told)}." if told else ""


@speaks
def export() -> Note:
    """The token that carries the progress to another machine, with the call that reads it there."""
    records = store.recorded()
    if not records:
        return Note("Nothing is recorded yet, so there is nothing to take along.")
    text = 'Your progress in one line. Elsewhere, `progress.restore("...")` adds it to what is recorded there.'
    token = tokens.encode(records)
    return Note(f"{text}\n\n```text\n{token}\n```", f"{plain(text)}\n\n{token}")


@speaks
def restore(token: object = "") -> Note:
    """Add the progress in a token to what is recorded: solved stays solved, predictions made here stay."""
    states, strangers = tokens.decode(token, catalogue.ids())
    store.record(states, over=False)
    solved, tried = (sum(state == word for state in states.values()) for word in ("solved", "attempted"))
    predicted = counted(len(states) - solved - tried, "prediction")
    text = f"{'Restored, but not saved' if store.unsaved() else 'Restored'}: {counted(solved, 'exercise')} solved, {tried} tried, {predicted}."
    if strangers:
        text += f" {strangers} more belong to another version of the course and were left out."
    return Note(f"{text} {store.unsaved()}".strip())


@speaks
def reset(confirm: object = None) -> Note:
    """Forget every prediction and every solved exercise, when called with the words that `CONFIRM` holds."""
    if not isinstance(confirm, str) or confirm.strip() != CONFIRM:
        return Note(f'Nothing was changed. `progress.reset("{CONFIRM}")` forgets all predictions and all exercises.')
    if not store.forget():
        return Note(f"The file `{store.NAME}` beside the notebooks cannot be removed: what it holds stays recorded.")
    return Note("Forgotten: no prediction and no exercise is recorded any more.")


def _due() -> str:
    """What of the learner's answers is due to be asked again; nothing where nothing is."""
    count = spacing.count_due(time.time(), _prompts)
    return f"Due for review today: {count}. `exam.review()` asks them, ten minutes a day." if count else ""


def _show_one(number: object) -> Note:
    chapter = next((one for one in CHAPTERS if type(number) is int and one.number == number), None)
    if chapter is None:
        return Note(f"`show(chapter=...)` takes a number from 1 to {len(CHAPTERS)}; {describe(number)} came.")
    counts = _counts(chapter)
    if isinstance(counts, str):
        return Note(f"Chapter {chapter.number}, {chapter.title}: {counts}.")
    measured = f", {counts.as_measured} as measured" if counts.predicted else ""
    end = f"Not yet: {', '.join(counts.left)}." if counts.left else "Nothing is left to do in this chapter."
    return Note(
        f"Predictions: {counts.predicted} of {counts.predictions} made{measured}. "
        f"Exercises: {counts.solved} of {counts.exercises} solved. {end} {store.unsaved()}".strip()
    )


def _counts(chapter: Chapter) -> Counts | str:
    """What is done in a chapter, or half a sentence on why it cannot be said."""
    if chapter.number not in catalogue.numbers():
        return Counts(0, 0, 0, 0, 0, []) if _is_here(chapter) else "not yet written"
    try:
        predictions, exercises = catalogue.predictions(chapter.number), catalogue.exercises(chapter.number)
    except CourseError:
        return "its exercises cannot be loaded here"
    states = store.recorded()
    chosen = {one.id: choice for one in predictions if (choice := one.read(states.get(one.id))) is not None}
    right = sum(one.is_right(chosen[one.id]) for one in predictions if one.id in chosen)
    solved = {one.id for one in exercises if states.get(one.id) == "solved"}
    left = [one.id for one in (*predictions, *exercises) if one.id not in chosen and one.id not in solved]
    return Counts(len(predictions), len(chosen), right, len(exercises), len(solved), left)
