"""What the helpers say in a cell, as a note or as a card, and Markdown as plain text and as HTML: the one place that reads it.

It is read by markdown-it-py, as JupyterLab reads it but for HTML, which stays text.
"""

import base64
from functools import cache, cached_property
from typing import TYPE_CHECKING

from helpers.wording import literal

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token


class Note:
    """A short text that a cell shows, equal in every run.

    `markdown` is what JupyterLab renders; `text` is compared by nbval, read by a screen reader and printed by
    a terminal, and made from the Markdown when it is not given. It must hold no path, time or address.
    """

    def __init__(self, markdown: str, text: str | None = None):
        self.markdown = markdown
        if text is not None:
            self.text = text

    @cached_property
    def text(self) -> str:
        return plain(self.markdown)

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/markdown": self.markdown, "text/plain": self.text}


# By its word, what a card shows beside it: a sign, and the colour of its bar, which stands out 3:1 from white and from
# the dark pages of JupyterLab and the site, and is never alone in saying something.
CARDS = {
    "PREDICT": ("◇", "#3b82c4"),
    "COMPARE": ("◆", "#3b82c4"),
    "NOT STARTED": ("○", "#808080"),
    "NOT YET": ("◐", "#c2700a"),
    "SOLVED": ("●", "#2e8b3d"),
    "HINT": ("→", "#9a6ad0"),
    "RULE": ("§", "#12898a"),
    "TRUE": ("=", "#2e8b3d"),
    "HALF-TRUE": ("≈", "#c2700a"),
    "FALSE": ("≠", "#d14b4b"),
    "OUTDATED": ("†", "#808080"),
    "OPINION": ("?", "#808080"),
}


class Card(Note):
    """A note that is recognised at a glance: a quotation in Markdown whose head is a word of `CARDS` with its sign.

    `title` goes on in the line of the word; `parts` are the paragraphs, lists and code below it, all of it Markdown.
    The head alone is HTML: what reads none shows the words all the same, and GitHub leaves out the colour only.
    `below` is what stands below the head, as text.
    """

    def __init__(self, word: str, title: str, *parts: str):
        below = [part for part in parts if part]
        lines = "\n\n".join([f"{head(word)} · {title}", *below]).split("\n")
        super().__init__("\n".join(f"> {line}".rstrip() for line in lines))
        self.below = plain("\n\n".join(below))
        self.text = f"{word} · {plain(title)}\n\n{self.below}"


def head(word: str) -> str:
    """The head of a card as HTML inside Markdown; a number may follow the word, as in "HINT 1 of 2"."""
    sign, colour = CARDS[word if word in CARDS else word.split(" ")[0]]
    bar = f"border: 1px solid {colour}; border-left: 8px solid {colour}; border-radius: 3px"
    return f'<strong style="{bar}; padding: 1px 8px; white-space: nowrap">{sign} {word}</strong>'


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt  # here, because it takes 11 ms

    return MarkdownIt("commonmark", {"html": False}).enable("table")


def plain(markdown: str) -> str:
    """Markdown as a person reads it: line by line as it stands, code as it is, without marks and links' targets.

    What says how lines belong together stays: dashes and numbers of a list, the bars of a table, a heading's signs.
    """
    markdown = markdown.replace("\r\n", "\n").replace("\r", "\n")  # as the parser counts lines
    lines: list[str | None] = list(markdown.split("\n"))
    read: dict[int, int] = {}  # by line: how far it has been read, because a table's line holds several texts
    for token in _parser().parse(markdown):
        first, end = token.map or (0, 0)
        if token.type == "fence":
            lines[first] = None
            if (lines[end - 1] or "").strip(" >").startswith(token.markup):
                lines[end - 1] = ""
        elif token.type == "inline":
            _put(lines, read, first, token)
    return "\n".join(line for line in lines if line is not None)


def _put(lines: list[str | None], read: dict[int, int], first: int, token: "Token") -> None:
    """Set the words of a paragraph, a heading or a cell of a table in the place of its Markdown."""
    words = _words(token.children or []).split("\n")
    for number, source in enumerate(token.content.split("\n")):
        line, source = lines[first + number] or "", source.strip()
        at = line.find(source, read.get(first + number, 0))
        if at < 0:  # in a table, a bar stands behind a backslash
            source = source.replace("|", "\\|")
            at = max(0, line.find(source, read.get(first + number, 0)))
        if number >= len(words):  # code that went over two lines is in one now
            lines[first + number] = None
            continue
        lines[first + number] = line[:at] + words[number] + line[at + len(source) :]
        read[first + number] = at + len(words[number])


def _words(tokens: list["Token"]) -> str:
    breaks = ("softbreak", "hardbreak")
    return "".join(
        "\n" if token.type in breaks else _words(token.children) if token.children else token.content
        for token in tokens
    )


def html(text: str) -> str:
    """A paragraph of Markdown as HTML: code, emphasis and links; every other sign shows as it is."""
    return _parser().renderInline(text)


def image(alt: str, svg: str) -> str:
    """A picture as Markdown, which keeps its alternative text in JupyterLab, whatever stands in it."""
    return f"![{literal(alt)}](data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()})"
