"""The daily review: what a learner is about to forget, asked again, ten minutes a day.

Prompts are the questions that were answered before, in exams, practice and reviews, and the rules of background tasks,
new ones a few a day. A rule is recalled, unfolded and graded by the learner, a question is judged like any other.
"""

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from helpers.course import TASKS
from helpers.errors import CourseError
from helpers.exam import bank, draw, kinds, links, marking, templates
from helpers.exam import sitting as sittings
from helpers.exam import text as texts
from helpers.learning import finding, log, spacing, store
from helpers.learning.log import Answer
from helpers.learning.spacing import GRADES, Card
from helpers.notes import Note, plain
from helpers.wording import counted, describe

if TYPE_CHECKING:
    from helpers.exam.widget import Sheet

MINUTES = 10  # a day
NEW = 4  # rules a day that were never asked
COST = {"rule": 30, "single": 45, "prints": 60, "fault": 60, "multiple": 60, "order": 60, "wait": 45, "timeline": 120}


class Prompt(Protocol):
    """What can be asked again. `kind` says how long it takes."""

    @property
    def id(self) -> str: ...

    @property
    def kind(self) -> str: ...

    def asked(self) -> str:
        """The prompt, as Markdown, with the call that answers it."""
        ...

    def data(self) -> dict[str, Any]:
        """The prompt as the page has it."""
        ...

    def judged(self, answer: object, when: float) -> tuple[str, Answer]:
        """What is told of an answer, and how the log keeps it. CourseError for what is no answer."""
        ...


@dataclass(frozen=True)
class RulePrompt:
    """A rule of background tasks: the question that people ask, the rule, and the link to its cell."""

    id: str
    question: str
    rule: str
    link: str
    kind: str = "rule"

    def asked(self) -> str:
        call = f'`exam.review("{self.id}", "good")`, or "again", "hard", "easy"'
        return (
            f"**{self.id}** · recall the rule\n\n{self.question}\n\n"
            f"<details><summary>The rule</summary>\n\n{self.told()}\n\n</details>\n\nHow well did you know it? {call}."
        )

    def data(self) -> dict[str, Any]:
        options = [[grade, grade] for grade in GRADES]
        return {"kind": "rule", "text": self.question, "rule": self.rule, "code": "", "options": options, "takes": ""}

    def told(self) -> str:
        """The rule and a link to its cell, as Markdown."""
        return f"{self.rule} [Its cell]({self.link})."

    def judged(self, answer: object, when: float) -> tuple[str, Answer]:
        grade = GRADES.get(answer.strip().lower()) if isinstance(answer, str) else None
        if grade is None:
            raise CourseError(f"{self.id} takes how well you knew it, {', '.join(GRADES)}; {describe(answer)} came.")
        right = grade > 1
        kept = Answer(id=self.id, when=when, how="review", right=right, grade=grade, asked=self.question, said=str(answer), should=self.rule)  # fmt: skip
        return self.told(), kept


@dataclass(frozen=True)
class QuestionPrompt:
    """A question of the bank, or the next one of a template; `times`: how often it was answered."""

    source: draw.Source
    times: int

    @property
    def id(self) -> str:
        return self.source.id

    @property
    def kind(self) -> str:
        return self.source.kind

    def item(self) -> draw.Item:
        """The question with its options in an order, the same until it is answered again."""
        return draw.item(self.source.question(f"review {self.times}"), "practise")

    def asked(self) -> str:
        item = self.item()
        title = f"**{self.id}** · {kinds.of(item.question).title}"
        return f'{texts.asked(item, title)}\n\nAnswer with `exam.review("{self.id}", ...)`.'

    def data(self) -> dict[str, Any]:
        from helpers.exam.widget import data

        return data(self.item())

    def judged(self, answer: object, when: float) -> tuple[str, Answer]:
        item = self.item()
        given = marking.read(item, answer)
        if given is None:
            raise CourseError(f"{self.id} {marking.expected(item, answer)}")
        verdict = marking.judge(item, given)
        word = "Right" if verdict.right else "Not right"
        told = texts.judged(item, verdict, links.proof(item), f"**{word}** · {self.id}")
        return told, sittings.recorded(item, given, when, "review")


@cache
def rules() -> dict[str, RulePrompt]:
    """Every rule of background tasks by its id, from the index of their appendix, in its order."""
    listed = finding.rules(links.cells_of(TASKS))
    found = [(f"rule-{link.rpartition('=')[2]}", question, rule, link) for question, link, rule in listed]
    return {each[0]: RulePrompt(*each) for each in found}


def ids() -> set[str]:
    """The ids of everything that can be asked: questions of the bank, templates and rules."""
    return {*bank.load(), *templates.load(), *rules()}


def review(id: object, answer: object, now: float) -> "Sheet | Note":
    """Ask what is due, or one prompt by its id; with an answer, judge it, keep it where it was due, and ask the next."""
    answers = log.read()
    if id is None:
        prompts = today(answers, now)
        return _sheet(prompts, _first(prompts))
    prompt = _found(id, answers, now)
    if answer is ...:
        return _note(prompt.asked())
    told, answers = _judged(prompt, answer, answers, now)
    return _note(f"{told}\n\n---\n\n{_first(today(answers, now)).markdown}")


def _judged(prompt: Prompt, answer: object, answers: list[Answer], now: float) -> tuple[str, list[Answer]]:
    """What is told of an answer, and the log with it, if it was due."""
    told, kept = prompt.judged(answer, now)
    card = card_of(answers, prompt.id, now)
    if card is not None and card.due > now:
        return f"{told}\n\n{_back(card, now)} It was not due, so nothing is recorded.", answers
    unsaved = log.add([kept])
    answers = [*answers, kept]
    back = _back(spacing.cards(answers, now)[prompt.id], now)
    return f"{told}\n\n{back}" + (f" {unsaved}: it is kept until the kernel ends." if unsaved else ""), answers


def card_of(answers: list[Answer], id: str, now: float) -> Card | None:
    """The card of one prompt, None while it was never answered. Until it is due, an answer is the same cell run again, or
    given by somebody who has just read what is right: it does not count."""
    return spacing.cards([one for one in answers if one.id == id], now).get(id)


def _sheet(prompts: list[Prompt], note: Note) -> "Sheet | Note":
    """What is due, one prompt at a time by keyboard or mouse; as text where widgets are missing or nothing is due."""
    try:
        from helpers.exam.widget import Sheet, linked
    except ImportError:
        return note
    page: dict[str, Any] = {"answers": {}, "feedback": {}}
    by_number = dict(enumerate(prompts, start=1))

    def record(number: object, value: object) -> str:
        prompt = by_number.get(number) if isinstance(number, int) else None
        if prompt is None:
            return f"There are prompts from 1 to {len(by_number)}; {describe(number)} came."
        try:
            told, _ = _judged(prompt, value, log.read(), time.time())
        except CourseError as slip:
            return plain(str(slip))
        page["answers"] = page["answers"] | {str(number): str(value)}
        page["feedback"] = page["feedback"] | {str(number): linked(told)}
        return plain(f"{told.splitlines()[-1]} {store.news()}".strip())

    return (
        Sheet(
            [prompt.data() | {"number": number} for number, prompt in by_number.items()],
            page=page | {"begun": True, "practice": True},
            left=0.0,
            acts={"record": record},
            hand_in=lambda: ([], {}, []),
            recorded=lambda: page,
            markdown=note.markdown,
            text=note.text,
            status=plain(store.news()),
        )
        if prompts
        else note
    )


def today(answers: list[Answer], now: float) -> list[Prompt]:
    """What to ask today: what is due, the most forgotten first, then a few new rules, as far as ten minutes go."""
    known, sources = spacing.cards(answers, now), _sources()
    since = spacing.midnight(now)
    done = [answer for answer in answers if answer.how == "review" and answer.when >= since]
    new_today = sum(known[one.id].times == 1 for one in done if one.id in rules())
    new = [rule for id, rule in rules().items() if id not in known][: max(0, NEW - new_today)]
    spent = [prompt for one in done if (prompt := _prompt(one.id, known, sources, now)) is not None]
    left, chosen = 60 * MINUTES - _seconds(spent), []
    again = [
        prompt for card in spacing.due(known, now) if (prompt := _prompt(card.id, known, sources, now)) is not None
    ]
    for prompt in [*again, *new]:
        left -= COST[prompt.kind]
        if left >= 0:
            chosen.append(prompt)
    return chosen


def _seconds(prompts: Iterable[Prompt]) -> int:
    return sum(COST[prompt.kind] for prompt in prompts)


def _first(prompts: list[Prompt]) -> Note:
    if not prompts:
        return Note("Nothing more is due today. What you answer in exams and in practice comes back here.")
    head = f"**Today**: {len(prompts)} to recall, about {counted(max(1, round(_seconds(prompts) / 60)), 'minute')}."
    return _note(f"{head}\n\n{prompts[0].asked()}")


def _found(id: object, answers: list[Answer], now: float) -> Prompt:
    name = id.strip() if isinstance(id, str) else ""
    known = spacing.cards([one for one in answers if one.id == name], now)
    prompt = _prompt(name, known, _sources(), now)
    if prompt is None:
        raise CourseError(f"There is nothing to review by the name {describe(id)}: `exam.review()` asks what is due.")
    return prompt


def _prompt(id: str, known: dict[str, Card], sources: dict[str, draw.Source], now: float) -> Prompt | None:
    """The prompt of an id; None for what has left the course. Until it is due it is the one that was answered last."""
    if id in rules():
        return rules()[id]
    source, card = sources.get(id), known.get(id)
    times = 0 if card is None else card.times - (card.due > now)
    return QuestionPrompt(source, times) if source else None


def _sources() -> dict[str, draw.Source]:
    return {source.id: source for source in draw.sources(bank.load().values()) + templates.sources()}


def _back(card: Card, now: float) -> str:
    days = max(1, round((card.due - now) / spacing.DAY))
    return f"It comes back in {counted(days, 'day')}."


def _note(markdown: str) -> Note:
    """What is folded in Markdown, a rule to be recalled, is left out of plain text: grading it tells it."""
    return Note(markdown, plain(re.sub(r"<details>.*?</details>\s*", "", markdown, flags=re.DOTALL)))
