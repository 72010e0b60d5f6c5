"""Exercise 5.1-crowd: two connections for fifty clients."""

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import httpx
from fastapi import FastAPI

from helpers.chapters.ch05.exercises.database import borrowed, execute, locked
from helpers.chapters.ch05.exercises.load import Together
from helpers.chapters.ch05.exercises.office import in_the_office
from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import running
from helpers.wording import logged_error

if TYPE_CHECKING:
    from helpers.chapters.ch05.exercises.database import AnyEngine
    from helpers.chapters.ch05.exercises.office import Letter, Session, letters_engine, select

CLIENTS = 50  # more than threads and connections together


def _check_crowd(app: FastAPI, engine: "AnyEngine") -> str:
    together = Together(app, CLIENTS)
    for recipient in ("check Ada", "check Grace"):
        execute(engine, "INSERT INTO letter (recipient) VALUES (:to)", to=recipient)
    try:
        with borrowed(engine) as connections, together.holding(), running(together) as server, record():
            with ThreadPoolExecutor(CLIENTS) as clients:
                answers = list(clients.map(lambda client: server.client.get("/letters"), range(CLIENTS)))
            errors = logged_error(server.log)
            server.client.hang_up()
            together.alone = True
            execute(engine, "INSERT INTO letter (recipient) VALUES ('check Alan')")
            expected = [tuple(row) for row in execute(engine, "SELECT id, recipient FROM letter ORDER BY id")]
            last = server.client.get("/letters")
            with locked(engine):
                server.client.get("/letters")  # does the wait hold the loop? `judge` tells
    finally:
        execute(engine, "DELETE FROM letter WHERE recipient LIKE 'check %'")
    _judge(answers, errors)
    assert connections.ever, (
        "no connection of the engine that you passed was borrowed: is it the one that your app uses?"
    )
    assert connections.most <= 2, (
        f"the pool has two connections, but {connections.most} were out at once: a database serves other processes, too."
    )
    _compare(last.json(), expected)
    return f"{CLIENTS} clients at once shared two connections, and each got its letters."


def _judge(answers: list[httpx.Response], errors: str) -> None:
    failed = [answer.status_code for answer in answers if answer.status_code == 500]
    assert not failed or "QueuePool limit" not in errors, (
        f"{len(failed)} of {CLIENTS} clients got a 500: those that held a connection waited for a thread, in which "
        "FastAPI checks their answer, and those that held a thread waited for a connection. Give the connection back before "
        "your function returns."
    )
    assert not failed, f"{len(failed)} of {CLIENTS} clients got a 500: {errors}."
    others = [answer.status_code for answer in answers if answer.status_code != 200]
    assert not others, f"every client should get its letters, but {len(others)} of {CLIENTS} got a {others[0]}."


def _compare(body: object, expected: list[tuple[int, str]]) -> None:
    assert isinstance(body, list) and all(isinstance(letter, dict) for letter in body), (
        "a list of letters was asked for, each with its id and its recipient."
    )
    assert {} not in body, (
        "the letters came without a field: a table model shows only what is loaded, and what a commit expired is not."
    )
    assert all("id" in letter and "recipient" in letter for letter in body), (
        f"each letter should have its id and its recipient, but {body[0]} came."
    )
    got = sorted((letter["id"], letter["recipient"]) for letter in body)
    assert len(got) == len(expected), f"{len(expected)} letters are stored, but {len(got)} came."
    assert got == expected, (
        "the letters that came are not those that are stored now: is the list read for each request?"
    )


@in_the_office
def _solve_crowd() -> tuple[FastAPI, "AnyEngine"]:
    app = FastAPI()

    @app.get("/letters")
    def list_letters() -> list[Letter]:
        with Session(letters_engine) as session:
            return list(session.exec(select(Letter)))

    return app, letters_engine


EXERCISE = Exercise(
    id="5.1-crowd",
    title="two connections for fifty clients",
    task="`GET /letters` should give all letters to each of fifty clients that ask at once, with two connections.",
    check=_check_crowd,
    hints=(
        "Who holds a connection while FastAPI checks the answer in another thread, and who holds the threads?",
        "A session that is opened and closed inside the function has given its connection back before the answer is checked.",
        "`with Session(letters_engine) as session:` and, inside it, `return list(session.exec(select(Letter)))`.",
    ),
    solution=_solve_crowd,
    wants=("app", "value"),
    routes=("GET /letters",),
)
