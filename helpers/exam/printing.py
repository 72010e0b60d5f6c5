"""An exam on paper: one HTML page with the questions, another with the answers, their reasons and their proofs."""

import random
import re
from collections.abc import Callable
from html import escape
from pathlib import Path
from string import ascii_uppercase

from helpers.exam import draw, kinds
from helpers.exam.bank import LEVELS, SECTIONS
from helpers.exam.model import Item
from helpers.learning import store
from helpers.notes import Note, html
from helpers.wording import describe

NAME = re.compile(r"\w[\w .-]{0,99}")

STYLE = (
    "body{font:11pt/1.45 system-ui,sans-serif;max-width:46em;margin:2em auto;padding:0 1em;color:#1f2328}"
    "h1{font-size:1.5em}h2{font-size:1.05em;margin:1.6em 0 .3em}section{break-inside:avoid}"
    "pre{background:#f6f8fa;padding:.7em;overflow:auto;font-size:.9em}ol,ul{margin:.4em 0}li{margin:.2em 0}"
    ".line{border-bottom:1px solid #57606a;height:1.8em}.box{display:inline-block;width:.8em;height:.8em;"
    "border:1px solid #1f2328;margin-right:.5em}"
)


class Paper:
    """A printable exam: `sheets` holds the pages of questions and of answers of each version, as whole HTML pages by its
    letter; `questions` and `answers` are those of the first; `save` writes all of them.

    Versions ask the same questions, in other orders of questions and options, all of which the seed gives.
    """

    def __init__(
        self, items: list[Item], title: str, rules: str, proof: Callable[[Item], str], seed: str = "", versions: int = 1
    ):
        self.title = title
        self.items = {letter: _version(items, letter, seed) for letter in ascii_uppercase[:versions]}
        self.sheets = {
            letter: (
                _page(self._named(letter), rules, [_question(item) for item in own]),
                _page(f"{self._named(letter)}: the answers", rules, [_answer(item, proof(item)) for item in own]),
            )
            for letter, own in self.items.items()
        }

    def _named(self, letter: str) -> str:
        return f"{self.title}, version {letter}" if len(self.items) > 1 else self.title

    @property
    def questions(self) -> str:
        """The questions of version A, as an HTML page."""
        return self.sheets["A"][0]

    @property
    def answers(self) -> str:
        """Its answers with their reasons, as an HTML page."""
        return self.sheets["A"][1]

    def save(self, folder: str = ".", name: str = "exam") -> Note:
        """Write `name.html` and `name-answers.html` into the folder, with `-A`, `-B` where there are versions, and say so."""
        if not isinstance(name, str) or not NAME.fullmatch(name):
            return Note(f"`name` takes letters, digits, dashes and dots, without a folder; {describe(name)} came.")
        pages: dict[str, str] = {}
        for letter, (questions, answers) in self.sheets.items():
            own = f"{name}-{letter}" if len(self.sheets) > 1 else name
            pages |= {f"{own}.html": questions, f"{own}-answers.html": answers}
        try:
            place = Path(folder)
            place.mkdir(parents=True, exist_ok=True)
            for file, page in pages.items():
                store.put(place / file, page)
        except OSError as error:
            return Note(f"The paper could not be written: {error.strerror or type(error).__name__}.")
        except Exception:  # what is no folder's name, by its own code
            return Note(f"`folder` takes the name of a folder; {describe(folder)} came.")
        *first, last = [f"`{file}`" for file in pages]
        return Note(f"Written: {', '.join(first)} and {last}. Print them from a browser.")

    def __repr__(self) -> str:
        if len(self.sheets) > 1:
            return f"{self.title}: papers {', '.join(self.sheets)}, each with its answer sheet; paper.save(folder) writes all as HTML"
        return f"{self.title}: a paper and its answer sheet; paper.save(folder) writes both as HTML"


def _version(items: list[Item], letter: str, seed: str) -> list[Item]:
    """The exam as it was drawn (A), or its questions and their options in another order."""
    if letter == "A":
        return items
    word = f"{seed} version {letter}"
    mixed = random.Random(word).sample(items, len(items))
    return [draw.item(item.question, word, number) for number, item in enumerate(mixed, start=1)]


def _page(title: str, rules: str, parts: list[str]) -> str:
    return (
        f'<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head>\n<body>\n<h1>{escape(title)}</h1>\n<p>{html(rules)}</p>\n"
        + "\n".join(parts)
        + "\n</body>\n</html>\n"
    )


def _question(item: Item) -> str:
    q, kind = item.question, kinds.of(item.question)
    code = f"<pre>{escape(q.code)}</pre>" if q.code else ""
    requests = f"<p>Requests: {', '.join(f'<code>{escape(r)}</code>' for r in q.requests)}.</p>" if q.requests else ""
    several = "<p>One or more hold.</p>" if kind.several else ""
    mark = '<span class="box"></span>' if kind.boxes else ""
    options = "".join(
        f"<li>{mark}<b>{letter}</b> {html(kind.option(text))}</li>" for letter, text in item.options.items()
    )
    listed = f'<ul style="list-style:none">{options}</ul>' if options else ""
    field = "" if kind.boxes else f'<p>Answer with {html(kind.takes(item))}.</p><div class="line"></div>'
    return (
        f"<section><h2>{item.number}. {kind.title}</h2>\n<p>{html(q.question)}</p>{code}{requests}"
        f"{several}{listed}{field}</section>"
    )


def _answer(item: Item, proof: str) -> str:
    q, kind = item.question, kinds.of(item.question)
    messages = "".join(
        f"<li><b>{escape(kind.key(item, key))}</b>: {html(message)}</li>" for key, message in q.wrong.items()
    )
    events = "".join(f"<li>{html(event)}</li>" for event in q.order)
    order = f"<ol>{events}</ol>" if events else ""
    more = f" {q.section} {escape(SECTIONS[q.section])} · {LEVELS[q.level]}"
    return (
        f"<section><h2>{item.number}.{more}</h2><p><strong>{html(kind.should(item))}</strong></p>{order}"
        f"<p>{html(q.explanation)}</p><ul>{messages}</ul><p>{escape(proof)}</p></section>"
    )
