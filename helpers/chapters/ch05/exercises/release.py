"""Exercise 5.1-release: no connection for the printer."""

import threading
import time
from typing import TYPE_CHECKING, Annotated, NamedTuple

import httpx
from fastapi import BackgroundTasks, Depends, FastAPI

from helpers.chapters.ch05.exercises.database import Connections, borrowed, execute, locked
from helpers.chapters.ch05.exercises.office import in_the_office
from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import Server, running
from helpers.services.waiting import until
from helpers.wording import describe, logged_error

if TYPE_CHECKING:
    from helpers.chapters.ch05.exercises.database import AnyEngine
    from helpers.chapters.ch05.exercises.office import (
        Letter,
        LetterCreate,
        Session,
        get_letter_session,
        letters_engine,
        paper,
        print_letter,
        printed_letters,
    )


class _HandedIn(NamedTuple):
    """What one letter led to; `held` and `visible` were seen when the client had its answer and the printer no paper."""

    answer: httpx.Response
    waited: bool
    held: int
    visible: int
    stored: list[int]
    printed: list[object]


def _check_release(app: FastAPI, engine: "AnyEngine", paper: threading.Event, printed: list[object]) -> str:
    with borrowed(engine) as connections, running(app) as server:
        letters = {}
        for recipient in ("Grace", "Ada"):
            letters[recipient] = _hand_in(recipient, server, engine, connections, paper, printed)
            _judge(recipient, letters[recipient], logged_error(server.log))
        with locked(engine), record():
            paper.set()
            server.client.post("/letters", json={"recipient": "Alan"})  # does the wait hold the loop? `judge` tells
    assert connections.ever, (
        "no connection of the engine that you passed was borrowed: is it the one that your app uses?"
    )
    return "The letter is stored before the answer, the printer follows it, and no connection waits with it."


def _hand_in(
    recipient: str,
    server: Server,
    engine: "AnyEngine",
    connections: Connections,
    paper: threading.Event,
    printed: list[object],
) -> _HandedIn:
    before, patience = _letters(engine), threading.Timer(3, paper.set)  # for who prints before the answer
    paper.clear()
    printed.clear()
    try:
        with record():
            patience.start()
            answer = server.client.post("/letters", json={"recipient": recipient})
            waited, held = paper.is_set(), connections.out
            visible = len(_letters(engine)) - len(before)
            time.sleep(0.3)  # long enough to notice a printer that waits on the event loop
            paper.set()
        until(lambda: bool(printed or logged_error(server.log)), 1)  # a task of the learner's own is in no timeline
    finally:
        patience.cancel()
        paper.set()
    server.client.hang_up()
    stored = [id for id, to in _letters(engine) if (id, to) not in before and to == recipient]
    return _HandedIn(answer, waited, held, visible, stored, list(printed))


def _letters(engine: "AnyEngine") -> list[tuple[int, str]]:
    return [tuple(row) for row in execute(engine, "SELECT id, recipient FROM letter")]


def _judge(recipient: str, letter: _HandedIn, errors: str) -> None:
    answer = letter.answer
    assert answer.status_code != 422, (
        f"a letter to {recipient} is fine, but your app answered 422: {answer.json()['detail'][0]['msg']}."
    )
    assert answer.status_code < 500, f"your app answered {answer.status_code}: {errors}."
    assert letter.printed or not letter.waited, (
        f"the client waited for seconds, and no letter was printed{f': {errors}' if errors else ''}."
    )
    assert not letter.waited, (
        "the client waited for the printer: `print_letter` ran inside your path operation. Hand it over with "
        "`background_tasks.add_task(...)`."
    )
    assert letter.printed or not errors, (
        f"the client has its answer, but the task then failed, seen by nobody but the log: {errors}."
    )
    assert letter.printed, (
        "no `print_letter` ran after the answer. `add_task` takes the function itself and then its arguments."
    )
    assert letter.stored or letter.visible, (
        f"the client has its answer, but no letter to {recipient} is stored: a session that is closed without a commit "
        "forgets what was added."
    )
    assert letter.stored, f"a letter was stored, but none to {recipient}: is the recipient taken from the request?"
    assert letter.held == 0, (
        "the letter is stored and the answer is right behind it, but a connection stays out while the printer waits. "
        "After a commit, `refresh` or the first look at the object borrows one again, and a session of the request's scope "
        "keeps it until the task has ended. Which scope ends before the answer?"
    )
    assert letter.visible, (
        "the commit came after the answer: a client that asks for the letter at once would not find it."
    )
    assert answer.status_code == 201, f"201 Created was asked for, but {answer.status_code} came."
    body = answer.json()
    assert body != {}, (
        "the client got `{}`: the commit expired the object, and a table model that is returned as it is shows only what is "
        "loaded. `session.refresh(letter)` loads it again."
    )
    assert isinstance(body, dict) and body.get("recipient") == recipient and body.get("id") in letter.stored, (
        f"the stored letter with its id should come back, but {body} came. The id exists once the row is written, by "
        "`commit` or `flush`."
    )
    assert len(letter.stored) == 1, f"one letter was handed in, but {len(letter.stored)} are stored."
    assert None not in letter.printed, (
        "`print_letter` got `None`: the task was added when the letter had no id yet. The database gives it with the row, "
        "at `flush` or `commit`."
    )
    assert all(isinstance(id, int) for id in letter.printed), (
        f"`print_letter` should get the letter's id, but {describe(letter.printed[0])} came: an object is empty or out of date "
        "once its session is closed. Pass `letter.id`."
    )
    assert letter.printed == letter.stored, (
        f"the letter with the id {letter.stored[0]} was stored, but `print_letter` got {letter.printed}."
    )
    assert not errors, f"the client has its answer, but then something failed, seen by nobody but the log: {errors}."


@in_the_office
def _solve_release() -> tuple[FastAPI, "AnyEngine", threading.Event, list[object]]:
    ShortLetterDep = Annotated[Session, Depends(get_letter_session, scope="function")]
    app = FastAPI()

    @app.post("/letters", status_code=201)
    def hand_in(new: LetterCreate, session: ShortLetterDep, background_tasks: BackgroundTasks) -> Letter:
        letter = Letter.model_validate(new)
        session.add(letter)
        session.commit()
        session.refresh(letter)
        background_tasks.add_task(print_letter, letter.id)
        return letter

    return app, letters_engine, paper, printed_letters


EXERCISE = Exercise(
    id="5.1-release",
    title="no connection for the printer",
    task="`POST /letters` should store the letter, answer 201 with all its fields, and let `print_letter` run with its id "
    "after the answer, while no connection is held.",
    check=_check_release,
    hints=(
        "Which line stores the letter for good, and what does the session hold after it?",
        "The dependency `LetterSessionDep` ends after the task. Which scope lets it end before the answer?",
        "After a commit the object is empty until it is read again: `session.refresh(letter)`.",
    ),
    solution=_solve_release,
    wants=("app", "value", "value", "value"),
    routes=("POST /letters",),
)
