"""What learners pass to 2.5-board."""

import html
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import FastAPI, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.templating import Jinja2Templates
from jinja2 import DictLoader, Environment
from pydantic import BaseModel

from helpers.chapters.ch02.exercises.board import board
from tests.chapters.answers import right, stub, wrong

PAGE = "<ul>{% for note in notes %}<li><p>{{ note }}</p></li>{% endfor %}</ul>"


def escaped() -> str:
    """The page, put together by hand."""
    return "<ul>" + "".join(f"<li>{html.escape(note)}</li>" for note in board) + "</ul>"


def add_note(note: Annotated[str, Form()]) -> RedirectResponse:
    """As it should be."""
    board.append(note)
    return RedirectResponse("/board", status_code=303)


def board_app(
    show: Callable[..., Any], add: Callable[..., Any] = add_note, **options: Any
) -> tuple[FastAPI, list[str]]:
    """An app with these path operations, and the board."""
    app = FastAPI()
    app.get("/board", **options)(show)
    app.post("/board")(add)
    return app, board


@stub("2.5-board")
def board_shipped():
    def show() -> str: ...

    def add() -> RedirectResponse: ...

    return board_app(show, add, response_class=HTMLResponse)


@wrong("2.5-board", says="became a part of the page")
def board_that_escapes_nothing():
    def show() -> str:
        return "<ul>" + "".join(f"<li>{note}</li>" for note in board) + "</ul>"

    return board_app(show, response_class=HTMLResponse)


@wrong("2.5-board", says="its content type is `application/json`")
def board_as_json():
    return board_app(escaped)


@wrong("2.5-board", says="would post the same form again")
def board_by_307():
    def add(note: Annotated[str, Form()]) -> RedirectResponse:
        board.append(note)
        return RedirectResponse("/board")

    return board_app(escaped, add, response_class=HTMLResponse)


@wrong("2.5-board", says="`['query', 'note']`")
def board_of_a_query():
    def add(note: str) -> RedirectResponse:
        return add_note(note)

    return board_app(escaped, add, response_class=HTMLResponse)


@wrong("2.5-board", says="`['body']`")
def board_of_json():
    class Note(BaseModel):
        note: str

    def add(note: Note) -> RedirectResponse:
        return add_note(note.note)

    return board_app(escaped, add, response_class=HTMLResponse)


@wrong("2.5-board", says="the note was escaped twice")
def board_escaped_twice():
    def show() -> str:
        page = Environment(autoescape=True).from_string(PAGE)
        return page.render(notes=[html.escape(note) for note in board])

    return board_app(show, response_class=HTMLResponse)


@wrong("2.5-board", says="303 See Other was asked for, but 200 came")
def board_without_a_way_back():
    def add(note: Annotated[str, Form()]) -> str:
        board.append(note)
        return "ok"

    return board_app(escaped, add, response_class=HTMLResponse)


@wrong("2.5-board", says="the page's items should be")
def board_of_the_last():
    def show() -> str:
        return f"<ul><li>{html.escape(board[-1])}</li></ul>"

    return board_app(show, response_class=HTMLResponse)


@right("2.5-board")
def board_by_a_template():
    templates = Jinja2Templates(env=Environment(loader=DictLoader({"board.html": PAGE}), autoescape=True))

    def show(request: Request) -> Response:
        return templates.TemplateResponse(request, "board.html", {"notes": board})

    return board_app(show)


@right("2.5-board")
def board_by_a_response():
    class Filled(BaseModel):
        note: str

    def show() -> HTMLResponse:
        return HTMLResponse(escaped())

    def add(form: Annotated[Filled, Form()]) -> Response:
        board.append(form.note)
        return Response(status_code=303, headers={"Location": "/board"})

    return board_app(show, add)


@right("2.5-board")
def board_by_jinja_alone():
    async def show() -> str:
        return Environment(autoescape=True).from_string(PAGE).render(notes=board)

    async def add(request: Request, note: Annotated[str, Form()]) -> RedirectResponse:
        board.append(note)
        return RedirectResponse(request.url_for("show"), 303)

    return board_app(show, add, response_class=HTMLResponse)


@right("2.5-board")
def board_with_the_newest_first():
    def show() -> str:
        return "<ul>" + "".join(f"<li>{html.escape(note)}</li>" for note in reversed(board)) + "</ul>"

    return board_app(show, response_class=HTMLResponse)
