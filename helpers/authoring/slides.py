"""Writes a chapter as slides: `python -m helpers.authoring.slides 4` (`make slides CHAPTER=4`).

One HTML file a chapter in `_slides/`, with everything in it and no script: titles, the question to vote on, the rules and
the pictures that are stored. nbconvert's own slides load reveal.js from another host, and show whole cells. Here a screen holds one
thing; arrow keys, Page Down and a finger go to the next, and each prints as a page.
"""

import argparse
import base64
import html
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from helpers import notes
from helpers.authoring import teaching
from helpers.authoring.cells import headings
from helpers.authoring.refresh import NOTEBOOKS, read
from helpers.authoring.rules import SIGN, stated
from helpers.course import CHAPTERS, Chapter

__all__ = ["Screen", "SLIDES", "deck", "screens", "write"]

SLIDES = NOTEBOOKS.parent / "_slides"
MOST = 3  # rules on a screen
_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")
_ALT = re.compile(r"!\[(.+?)\]\(", re.DOTALL)
STYLE = """\
:root { color-scheme: light dark; --ink: #1f2328; --ground: #fff; --quiet: #59636e; --edge: #0b5fad; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --ground: #0d1117; --quiet: #9aa4af; --edge: #6cb6ff; }
}
html { scroll-snap-type: y mandatory; }
body { margin: 0; color: var(--ink); background: var(--ground); font: clamp(20px, 2.3vw, 40px)/1.4 system-ui, sans-serif; }
section {
  box-sizing: border-box; min-height: 100vh; min-height: 100svh; padding: 6vh 8vw; scroll-snap-align: start;
  scroll-snap-stop: always; display: flex; flex-direction: column; justify-content: center; break-after: page;
}
h1 { font-size: 2em; line-height: 1.15; margin: 0 0 0.6em; }
h2 { font-size: 1.5em; line-height: 1.2; margin: 0 0 0.8em; }
h3 { font-size: 0.7em; font-weight: 600; color: var(--quiet); margin: 0 0 1.5em; }
p { margin: 0; max-width: 42em; }
p + p { margin-top: 0.8em; }
p.rule { border-left: 0.2em solid var(--edge); padding-left: 0.8em; font-weight: 600; }
p.rule + p.rule { margin-top: 1em; }
p.rule b { display: block; font-size: 0.6em; letter-spacing: 0.06em; color: var(--edge); }
p.ask::before { content: "?"; font-weight: 700; color: var(--edge); margin-right: 0.6em; }
img { background: #fff; border-radius: 6px; max-width: 100%; width: 62em; max-height: 64vh; object-fit: contain; }
figure { margin: 0; }
figcaption { font-size: 0.65em; color: var(--quiet); margin-top: 0.8em; max-width: 60em; }
code { font-family: ui-monospace, monospace; font-size: 0.92em; overflow-wrap: anywhere; }
@page { size: 297mm 167mm; margin: 0; }
@media print {
  :root { --ink: #1f2328; --ground: #fff; --quiet: #59636e; --edge: #0b5fad; }
  html { scroll-snap-type: none; }
  section { min-height: 0; height: 167mm; }
}"""


@dataclass(frozen=True)
class Screen:
    """One thing to look at: the section that it belongs to, and its HTML."""

    section: str
    body: str


def screens(chapter: Chapter, notebook: NotebookNode) -> Iterator[Screen]:
    """The screens of a chapter: its title, then of its opening and each section question, pictures and rules."""
    promise = promise_of(notebook)
    yield Screen("", f"<h1>{chapter.number} {html.escape(chapter.title)}</h1>\n<p>{_inline(promise)}</p>")
    for title, cells in _parts(chapter, notebook):
        number = title.partition(" ")[0]
        if number in chapter.sections:
            ask = _inline(teaching.load()[number].ask)
            yield Screen(title, f'<h2>{html.escape(title)}</h2>\n<p class="ask">{ask}</p>')
        above = f"<h3>{html.escape(title)}</h3>"
        for picture in pictures(cells):
            yield Screen(title, f"{above}\n{picture}")
        said = [f'<p class="rule"><b>{SIGN} {word}</b> {_inline(rule)}</p>' for word, rule in stated(cells)]
        for first in range(0, len(said), MOST):
            shown = "\n".join(said[first : first + MOST])
            yield Screen(title, f"{above}\n{shown}")


def promise_of(notebook: NotebookNode) -> str:
    """The first paragraph below a chapter's title, the statement of its minutes left out."""
    for cell in notebook.cells:
        if any(level == 1 for level, _ in headings(cell)):
            paragraphs = [part for part in cell.source.split("\n\n")[1:] if not part.startswith("*About ")]
            return " ".join(paragraphs[0].split())
    return ""


def pictures(cells: list[NotebookNode]) -> Iterator[str]:
    """The stored pictures, each inside the page, with its text as alternative and below it."""
    for cell in cells:
        for data in (output.get("data", {}) for output in cell.get("outputs", [])):
            alt = _ALT.search(data.get("text/markdown", ""))
            if "image/svg+xml" in data and alt:
                source = base64.b64encode("".join(data["image/svg+xml"]).encode()).decode()
                text = html.escape(" ".join(alt[1].split()))
                picture = f'<img src="data:image/svg+xml;base64,{source}" alt="{text}">'
                yield f"<figure>{picture}<figcaption>{text}</figcaption></figure>"


def _parts(chapter: Chapter, notebook: NotebookNode) -> Iterator[tuple[str, list[NotebookNode]]]:
    """The opening and the sections of a chapter with their cells; what stands behind the sections is left out."""
    own = teaching.sections(notebook)
    first = next(iter(own.values()))[0].id
    ids = [cell.id for cell in notebook.cells]
    yield "The measurement first", notebook.cells[: ids.index(first)]
    for number, title in chapter.sections.items():
        yield f"{number} {title}", own[number]


def _inline(text: str) -> str:
    """Markdown of one paragraph as HTML without the paragraph and its links; a number at its start makes no list."""
    return notes.html(_LINK.sub(r"\1", text))


def deck(chapter: Chapter, notebook: NotebookNode) -> str:
    """The whole file."""
    shown = list(screens(chapter, notebook))
    body = "\n".join(
        f'<section id="s{number}" aria-label="{number} of {len(shown)}">\n{screen.body}\n</section>'
        for number, screen in enumerate(shown, start=1)
    )
    title = html.escape(f"{chapter.number} {chapter.title}")
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<style>\n{STYLE}\n</style>\n</head>\n'
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def write(chapter: Chapter, folder: Path = SLIDES) -> Path:
    """Writes the slides of one chapter and returns their file."""
    folder.mkdir(exist_ok=True)
    file = folder / f"{chapter.stem}.html"
    file.write_text(deck(chapter, read(NOTEBOOKS / chapter.file)), encoding="utf-8")
    return file


def main(arguments: list[str] | None = None) -> int:
    """The command; returns its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m helpers.authoring.slides", description=__doc__.partition("\n\n")[0]
    )
    numbers = [chapter.number for chapter in CHAPTERS]
    parser.add_argument("chapters", type=int, nargs="*", help="the chapters' numbers; all without one")
    wanted = parser.parse_args(arguments).chapters or numbers
    if unknown := sorted(set(wanted) - set(numbers)):
        parser.error(f"there is no chapter {unknown[0]}; there are {numbers[0]} to {numbers[-1]}")
    for chapter in (chapter for chapter in CHAPTERS if chapter.number in wanted):
        print(write(chapter).relative_to(SLIDES.parent).as_posix(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
