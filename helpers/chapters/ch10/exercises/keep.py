"""10.3-keep: a response of your own."""

import time

import httpx
from fastapi import BackgroundTasks, Depends, FastAPI, Response
from fastapi.responses import JSONResponse

from helpers.learning.answered import Answered
from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import running
from helpers.wording import logged_error


def _check(app: FastAPI, ran: list[str]) -> str:
    answered = Answered(app, lambda: list(ran))
    with running(answered) as server:
        for number in (7, 12):
            ran.clear()
            server.client.hang_up()
            with record():
                answer = server.client.post(f"/parcels/{number}")
            _right_answer(answer, number, logged_error(server.log))
            _right_order(number, answered.seen[-1], list(ran))
    return "Your own response kept the dependency's task and ran yours behind it."


def _right_answer(answer: httpx.Response, number: int, error: str) -> None:
    assert answer.status_code == 202, f"202 was asked for, but {answer.status_code} came{': ' if error else ''}{error}."
    assert not error, f"the client has its 202, but a task then failed: {error}."
    assert answer.headers.get("X-Parcel") == str(number), (
        f"the answer should be a response of your own with the header `X-Parcel: {number}`, but the header is "
        f"{answer.headers.get('X-Parcel', 'missing')}."
    )
    assert answer.headers.get("Content-Type", "").startswith("application/json"), (
        "a `JSONResponse` was asked for, but the answer is no JSON."
    )


def _right_order(number: int, at_the_answer: list[str], ran: list[str]) -> None:
    label = f"label {number}"
    assert label not in at_the_answer, "the label was printed before the answer: add the function, do not call it."
    assert label in ran, "the label was never printed: a `BackgroundTasks()` of your own runs only on the response."
    assert "audit" in ran, (
        "the audit of the dependency is missing: `background=` of your own takes the place of the injected tasks. Add to those."
    )
    assert ran == ["audit", label], f"audit and label should run once each, in this order, but {ran} came."


ran: list[str] = []


def print_label(number: int) -> None:
    """As in the notebook."""
    time.sleep(0.1)
    ran.append(f"label {number}")


def audit(background_tasks: BackgroundTasks) -> None:
    """As in the notebook."""
    background_tasks.add_task(ran.append, "audit")


def _solve() -> tuple[FastAPI, list[str]]:
    app = FastAPI(dependencies=[Depends(audit)])

    @app.post("/parcels/{number}")
    def hand_in(number: int, background_tasks: BackgroundTasks) -> Response:
        background_tasks.add_task(print_label, number)
        return JSONResponse({}, 202, headers={"X-Parcel": str(number)})

    return app, ran


EXERCISE = Exercise(
    id="10.3-keep",
    title="a response of your own",
    task="`POST /parcels/{number}` should answer 202 with a `JSONResponse` of your own that has the header `X-Parcel`, and run "
    "`print_label` behind the audit of the dependency.",
    check=_check,
    hints=(
        "What happens to the injected tasks when a response brings a `background` of its own?",
        "FastAPI attaches the injected tasks to a response that has none.",
    ),
    solution=_solve,
    wants=("app", "value"),
    routes=("POST /parcels/{number}",),
)
