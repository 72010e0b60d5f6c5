"""Exercise 2.5-board: a page with a form."""

import html
from html.parser import HTMLParser
from typing import Annotated

import httpx
from fastapi import FastAPI, Form
from fastapi.responses import HTMLResponse, RedirectResponse

from helpers.chapters.asking import ask, logged
from helpers.learning.model import Exercise
from helpers.live.server import Server, running
from helpers.wording import code

board: list[str] = []

NOTES = ("Back at 5", "<script>alert(7)</script>", 'Fish & "chips"', "<b>ring twice</b>", "5 &lt; 7")


class _Items(HTMLParser):
    """What a browser makes of a page: the texts of its list's items, and the tags inside of them."""

    def __init__(self) -> None:
        super().__init__()
        self.items: list[str] = []
        self.inside: set[str] = set()
        self._open = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if self._open and tag not in ("li", "ul", "ol"):
            self.inside.add(tag)
        if tag == "li":
            self.items.append("")
            self._open = True

    def handle_endtag(self, tag: str) -> None:
        self._open = self._open and tag not in ("li", "ul", "ol")

    def handle_data(self, data: str) -> None:
        if self._open:
            self.items[-1] += data


def _check_board(app: FastAPI, board: list[str]) -> str:
    before = list(board)
    board.clear()
    try:
        with running(app) as server:
            tags: set[str] = set()
            for number, note in enumerate(NOTES):
                _posts(server, note)
                tags = _page(server, list(NOTES[: number + 1]), tags if number else None)
    finally:
        board[:] = before
    return "Notes were posted by a form, the browser was sent back to the board, and no note became a part of the page."


def _posts(server: Server, note: str) -> None:
    answer = ask(server, "POST", "/board", data={"note": note})
    error = logged(server)
    assert answer.status_code != 422, (
        f"a form with a `note` was refused: {code(str(answer.json()['detail'][0]['loc']))}. A plain `str` is read from the query, a "
        "model from JSON; `Annotated[str, Form()]` is a field of a form."
    )
    assert answer.status_code < 500, f"`POST /board` answered {answer.status_code}: {error}."
    assert answer.status_code != 307, (
        "307 came, which `RedirectResponse` sends by itself: the browser would post the same form again, to the board, for ever. "
        "303 says: now GET that."
    )
    assert answer.status_code == 303, f"303 See Other was asked for, but {answer.status_code} came."
    place = httpx.URL(answer.headers.get("location", "")).path
    assert place == "/board", f"303 should lead to `/board`, but leads to {code(place or 'nowhere')}."


def _page(server: Server, notes: list[str], known: set[str] | None) -> set[str]:
    """Look at the page of these notes; `known` are the tags that the learner's own page has in an item, and are returned."""
    answer = ask(server, "GET", "/board")
    error = logged(server)
    assert answer.status_code == 200, f"`GET /board` answered {answer.status_code}{f': {error}' if error else ''}."
    kind = answer.headers.get("content-type", "").partition(";")[0]
    assert kind == "text/html", (
        f"a browser would show the page's source: its content type is {code(kind)}. `response_class=HTMLResponse` makes it a page."
    )
    found = _Items()
    found.feed(answer.text)
    found.close()
    foreign = sorted(found.inside - known) if known is not None else []
    assert not foreign, (
        f"a note with a tag became a part of the page: every visitor's browser obeys {code(foreign[0])}. Escape what "
        "others wrote: Jinja does so, and `html.escape`."
    )
    items = [item.strip() for item in found.items]
    notes = notes[::-1] if items == notes[::-1] else notes  # the newest may come first
    assert not [item for item, note in zip(items, notes) if item != note == html.unescape(item)], (
        f"a visitor reads {code(items[-1])}: the note was escaped twice."
    )
    assert items == notes, f"the page's items should be {code(str(notes))}, but {code(str(items))} came."
    return found.inside


def _solve_board() -> tuple[FastAPI, list[str]]:
    app = FastAPI()

    @app.get("/board", response_class=HTMLResponse)
    def show_board() -> str:
        items = [f"<li>{html.escape(note)}</li>" for note in board]
        return f"<ul>{''.join(items)}</ul>"

    @app.post("/board")
    def add_note(note: Annotated[str, Form()]) -> RedirectResponse:
        board.append(note)
        return RedirectResponse("/board", status_code=303)

    return app, board


EXERCISE = Exercise(
    id="2.5-board",
    title="a page with a form",
    task="`POST /board` should take a form's `note` and answer 303 to `/board`; `GET /board` should be an HTML page with each note as "
    "an `<li>`, shown as it was written.",
    check=_check_board,
    hints=(
        "Which class makes a page of a text, and which annotation reads a field of a form?",
        "A redirect has 307 unless you say otherwise. Which status did the page of section 2.5 send?",
        "What does a browser do with a note like `<script>`? `html.escape` or a template of Jinja keeps it a text.",
    ),
    solution=_solve_board,
    wants=("app", "value"),
    routes=("GET /board", "POST /board"),
)
