"""Exercise 4.3-receipt: what is sent, and what is received."""

from fastapi import BackgroundTasks, FastAPI

from helpers.chapters.asking import said
from helpers.chapters.ch04.exercises.watching import Watched, called_at_once
from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import running
from helpers.wording import describe, logged_error


def _check_receipt(app: FastAPI, journal: list[str]) -> str:
    assert isinstance(journal, list), "the second thing to pass is the list `journal`."
    watched = Watched(app, journal)
    with running(watched) as server:
        for parcel in (7, 12):
            before = len(journal)
            with record():
                answer = server.client.get(f"/labels/{parcel}")
            sent, error = journal[before:], logged_error(server.log)
            assert answer.status_code == 200, f"the label was asked for, and {answer.status_code} came: {error}"
            assert said(answer) is not None, "your function returned None: the label is what it should `return`."
            assert said(answer) == f"label {parcel}", (
                f"parcel {parcel} should get `label {parcel}`, but {describe(said(answer))} came."
            )
            early = watched.at_answer[-1][before:]
            assert not (early and called_at_once(error)), (
                "the note was made before the answer, and the task then failed: with brackets behind it, `append` is called "
                "at once. Pass the function and its argument to `add_task`, with a comma between them."
            )
            assert not early, (
                f"{describe(early[0])} was noted before the answer: nothing had been sent by then. Add a task."
            )
            assert not error, f"the label was sent, and then the task failed: {error}."
            assert f"received {parcel}" not in sent, (
                "`received` was noted when the label had been sent, but nobody has said that it came. Sent is not received."
            )
            assert sent == [f"sent {parcel}"], (
                f"behind the answer `sent {parcel}` should be noted, but noted was {sent}."
            )
            with record():
                confirmed = server.client.post(f"/labels/{parcel}/received")
            error = logged_error(server.log)
            assert confirmed.is_success, f"the client's confirmation was answered {confirmed.status_code}: {error}"
            noted = journal[before:]
            assert noted[1:] == [f"received {parcel}"], (
                f"the client confirmed parcel {parcel}, so `received {parcel}` should be noted, but {noted[1:]} was."
            )
    return "Sent is what the server did, received what the client says: your journal tells the two apart."


def _solve_receipt() -> tuple[FastAPI, list[str]]:
    journal: list[str] = []
    app = FastAPI()

    @app.get("/labels/{parcel}")
    async def send_label(parcel: int, background_tasks: BackgroundTasks) -> str:
        background_tasks.add_task(journal.append, f"sent {parcel}")
        return f"label {parcel}"

    @app.post("/labels/{parcel}/received")
    async def confirm(parcel: int) -> None:
        journal.append(f"received {parcel}")

    return app, journal


EXERCISE = Exercise(
    id="4.3-receipt",
    title="sent and received",
    task="The label should be noted as sent behind its answer, and as received when the client says so.",
    check=_check_receipt,
    hints=(
        "Which of the two notes can a task make, and which only the client's own request?",
        "`add_task` takes any callable and its arguments: a list's `append` is one.",
        "`background_tasks.add_task(journal.append, ...)` in the first; the second notes without a task.",
    ),
    solution=_solve_receipt,
    wants=("app", "value"),
    routes=("GET /labels/{parcel}", "POST /labels/{parcel}/received"),
)
