"""How questions, verdicts and results read: Markdown for JupyterLab, plain text for everything else."""

import re
from collections.abc import Iterable
from html import escape

from helpers.course import CHAPTERS
from helpers.exam.bank import KINDS, LEVELS, SECTIONS
from helpers.exam.draw import Item
from helpers.exam.marking import Score, Verdict, takes


def asked(item: Item, title: str = "") -> str:
    """A question with its code, its options and what an answer looks like, as Markdown."""
    q = item.question
    head = title or f"**Question {item.number}** · {KINDS[q.kind]}"
    parts = [head, q.question]
    if q.code:
        parts.append(f"```python\n{q.code}\n```")
    if q.kind == "timeline":
        parts.append(f"Requests, one after the other on one connection: {', '.join(f'`{r}`' for r in q.requests)}.")
    if item.options:
        parts.append("\n".join(f"- **{letter}** {option(item, letter)}" for letter in item.options))
    if q.kind in ("multiple", "order", "wait", "timeline"):
        parts.append(f"*Answer with {takes(item)}.*")
    return "\n\n".join(parts)


def option(item: Item, letter: str) -> str:
    """An option's text; what is printed stands as code."""
    text = item.options[letter]
    return f"`{text}`" if item.question.kind == "prints" else text


def judged(item: Item, verdict: Verdict, proof: str, title: str = "") -> str:
    """A verdict with the misconceptions, the right answer, the explanation and its proof, as Markdown."""
    q = item.question
    word = "Right" if verdict.right else "Open" if verdict.said == "no answer" else "Not right"
    lines = [title or f"**Question {item.number}: {word}** · {q.section} {SECTIONS[q.section]} · {LEVELS[q.level]}"]
    if not verdict.right:
        lines.append(f"Answered: {verdict.said}. {' '.join(verdict.messages)}".strip())
    lines += [f"Right is: {_as_code(item, verdict.should)}", q.explanation, proof]
    return "\n\n".join(line for line in lines if line)


def _as_code(item: Item, text: str) -> str:
    if item.question.kind == "order":
        return "\n".join(
            [f"{text}, that is", ""] + [f"{place}. {event}" for place, event in enumerate(item.question.order, start=1)]
        )
    return text if text.endswith(".") else f"{text}."


def graded(score: Score, needed: int, chapter_links: dict[int, str], section_links: dict[str, str]) -> str:
    """The result as Markdown: pass or fail, points by chapter, and what to read again."""
    passed = "passed" if score.percent >= needed else "not passed"
    lines = [f"**{score.points} of {score.asked} points, {score.percent} %: {passed}** (needed: {needed} %)"]
    if score.open:
        lines.append(f"{_many(score.open, 'question')} without an answer.")
    if score.late:
        both = score.points + score.late
        lines.append(
            f"{_many(score.late, 'more right answer')} came late; with them it would be {both} of {score.asked}."
        )
    rows = ["| chapter | points | of |", "|---|---:|---:|"]
    titles = {chapter.number: chapter.title for chapter in CHAPTERS}
    for chapter, (points, count) in score.by_chapter.items():
        rows.append(f"| {chapter_links.get(chapter, f'{chapter} {titles[chapter]}')} | {points} | {count} |")
    lines.append("\n".join(rows))
    if score.missed:
        again = [
            f"- {section_links.get(section, f'{section} {SECTIONS[section]}')} "
            f"(question{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))})"
            for section, numbers in score.missed.items()
        ]
        lines.append("Read again:\n\n" + "\n".join(again))
    return "\n\n".join(lines)


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'s' if count != 1 else ''}"


def plain(markdown: str) -> str:
    """Markdown as the text that nbval compares and a screen reader reads: no marks, no link targets, code as it is."""
    parts = re.split(r"^```\w*\n(.*?)^```$", markdown, flags=re.MULTILINE | re.DOTALL)
    return "".join(part if place % 2 else _plain(part) for place, part in enumerate(parts))


def _plain(text: str) -> str:
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"^\*(?=Answer)|(?<=\.)\*$", "", text, flags=re.MULTILINE)
    return re.sub(r"`([^`]*)`|\*\*", lambda found: found[1] or "", text)


def html(text: str) -> str:
    """A line of Markdown as HTML: code, bold, and nothing else."""
    return re.sub(
        r"\*\*(.+?)\*\*", r"<strong>\1</strong>", re.sub(r"`(.+?)`", r"<code>\1</code>", escape(text, quote=False))
    )


def sheet(items: Iterable[Item]) -> str:
    """All questions one below the other, as Markdown."""
    return "\n\n---\n\n".join(asked(item) for item in items)
