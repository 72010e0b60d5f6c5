"""10.3-keep: a response of your own."""

import time

from fastapi import BackgroundTasks, Depends, FastAPI, Response
from fastapi.responses import JSONResponse

from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import running
from helpers.wording import logged_error


def _check(app: FastAPI, ran: list[str]) -> str:
    ran.clear()
    with running(app) as server, record():
        answer = server.client.post("/parcels/7")
    assert ran != ["label 7", "audit"], "the label was printed before the answer: add the function, do not call it."
    assert answer.status_code == 202, f"202 was asked for, but {answer.status_code} came: {logged_error(server.log)}."
    assert answer.headers.get("X-Parcel") == "7", (
        "the answer should be a response of your own with the header `X-Parcel: 7`."
    )
    assert "label 7" in ran, "the label was never printed: a `BackgroundTasks()` of your own runs only on the response."
    assert "audit" in ran, (
        "the audit of the dependency is missing: `background=` of your own takes the place of the injected tasks. Add to those."
    )
    assert ran == ["audit", "label 7"], f"audit and label should run once each, in this order, but {ran} came."
    return "Your own response kept the dependency's task and ran yours behind it."


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
