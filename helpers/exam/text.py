"""How questions, verdicts and results read: Markdown for JupyterLab, plain text for everything else."""

from collections.abc import Iterable, Sequence

from helpers.course import CHAPTERS
from helpers.exam import kinds
from helpers.exam.bank import LEVELS, SECTIONS
from helpers.exam.marking import Score
from helpers.exam.model import Item, Verdict
from helpers.wording import counted


def asked(item: Item, title: str = "") -> str:
    """A question with its code, its options and what an answer looks like, as Markdown."""
    q, kind = item.question, kinds.of(item.question)
    parts = [title or f"**Question {item.number}** · {kind.title}", q.question]
    if q.code:
        parts.append(f"```python\n{q.code}\n```")
    if q.requests:
        parts.append(f"Requests, one after the other on one connection: {', '.join(f'`{r}`' for r in q.requests)}.")
    if item.options:
        parts.append("\n".join(f"- **{letter}** {kind.option(text)}" for letter, text in item.options.items()))
    if kind.written:
        parts.append(f"*Answer with {kind.takes(item)}.*")
    return "\n\n".join(parts)


def judged(item: Item, verdict: Verdict, proof: str, title: str = "") -> str:
    """A verdict with the misconceptions, the right answer, the explanation and its proof, as Markdown."""
    q = item.question
    word = "Right" if verdict.right else "Open" if verdict.said == "no answer" else "Not right"
    lines = [title or f"**Question {item.number}: {word}** · {q.section} {SECTIONS[q.section]} · {LEVELS[q.level]}"]
    if not verdict.right:
        lines.append(f"Answered: {verdict.said}. {' '.join(verdict.messages)}".strip())
        right_parts, parts = verdict.parts
        lines.append(f"Partly right: {right_parts} of {parts}." if right_parts else "")
    lines += [right(item), q.explanation, proof]
    return "\n\n".join(line for line in lines if line)


def right(item: Item) -> str:
    """The right answer as a sentence, with the events of an order one below the other, as Markdown."""
    text = f"Right is: {kinds.of(item.question).should(item)}"
    if item.question.order:
        return "\n".join([f"{text}, that is", "", *(f"{n}. {e}" for n, e in enumerate(item.question.order, start=1))])
    return text if text.endswith(".") else f"{text}."


def reasons(item: Item) -> str:
    """Why each wrong option is wrong, as a list in Markdown."""
    kind = kinds.of(item.question)
    told = {kind.key(item, key): message for key, message in item.question.wrong.items()}
    return "\n".join(f"- **{key}**: {message}" for key, message in sorted(told.items()))


def graded(score: Score, needed: int, chapter_links: dict[int, str], section_links: dict[str, str]) -> str:
    """The result as Markdown: pass or fail, points by chapter, and what to read again."""
    passed = "passed" if score.percent >= needed else "not passed"
    lines = [f"**{score.points} of {score.asked} points, {score.percent} %: {passed}** (needed: {needed} %)"]
    if score.open:
        lines.append(f"{counted(score.open, 'question')} without an answer.")
    if score.late:
        both = score.points + score.late
        lines.append(
            f"{counted(score.late, 'more right answer')} came late; with them it would be {both} of {score.asked}."
        )
    lines += [told] if (told := partly(score)) else []
    rows = ["| chapter | points | of |", "|---|---:|---:|"]
    titles = {chapter.number: chapter.title for chapter in CHAPTERS}
    for chapter, (points, count) in score.by_chapter.items():
        rows.append(f"| {chapter_links.get(chapter, f'{chapter} {titles[chapter]}')} | {points} | {count} |")
    lines.append("\n".join(rows))
    if score.missed:
        again = [
            f"- {section_links.get(section, f'{section} {SECTIONS[section]}')} ({numbered(numbers)})"
            for section, numbers in score.missed.items()
        ]
        lines.append("Read again:\n\n" + "\n".join(again))
    return "\n\n".join(lines)


def partly(score: Score) -> str:
    """What it would be if parts counted, as a sentence; nothing where that is the same."""
    if score.credit < score.points + 0.05:
        return ""
    return f"A point takes the whole answer. If parts counted, it would be {score.credit:.1f} points."


def numbered(numbers: Sequence[int]) -> str:
    """Questions by their numbers: "question 3", "questions 3, 7"."""
    return f"question{'s' * (len(numbers) > 1)} {', '.join(map(str, numbers))}"


def sheet(items: Iterable[Item]) -> str:
    """All questions one below the other, as Markdown."""
    return "\n\n---\n\n".join(asked(item) for item in items)
