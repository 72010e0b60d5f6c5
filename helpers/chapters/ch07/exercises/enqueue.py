"""Exercise 7.1-enqueue: enqueue without freezing anybody."""

import threading

import httpx
from fastapi import FastAPI, HTTPException

from helpers.chapters.ch07.lesson import Desk
from helpers.learning.model import Exercise
from helpers.live.server import Server, running
from helpers.services.waiting import until
from helpers.wording import logged_error


def _check_enqueue(app: FastAPI, desk: Desk) -> str:
    with running(app) as server:
        try:
            desk.reset(down=False, held=False)
            _order(server, desk, 7)
            assert _others_are_served(server, desk), (
                "while your path operation waited for the broker, nobody else was answered: `enqueue` blocks, and an "
                "`async def` path operation runs on the event loop. A `def` path operation runs in a thread."
            )
            desk.reset(down=True, held=False)
            server.client.hang_up()  # after a 500 the connection is closed
            answer = server.client.post("/parcels/8/label")
            reason = _reason(server, answer)
            tried = desk.calls
            desk.reset(down=False, held=False)
            assert answer.status_code != 202, (
                "the broker was down, and the client was told 202: nobody will ever print that label. Answer what is true, 503."
            )
            assert answer.status_code != 500 or "ConnectionError" in reason, (
                f"with the broker down your app answered 500, because your code failed: {reason}."
            )
            assert answer.status_code != 500, (
                "the broker was down, and the client got 500, which says that your code is wrong. It is not: catch the "
                "ConnectionError and raise `HTTPException(503)`, so that clients know that they may try again."
            )
            assert answer.status_code == 503, f"with the broker down 503 was asked for, but {answer.status_code} came."
            assert tried, "the client was told 503, but your app had not asked the broker: it may be there again."
            server.client.hang_up()
            _order(server, desk, 12)
        finally:
            desk.reset(down=False, held=False)
    return "202 means that the broker has the job, 503 that it has not, and nobody else waits for either."


def _order(server: Server, desk: Desk, parcel: int) -> None:
    """Order a label while the broker works, and look at the answer."""
    answer = server.client.post(f"/parcels/{parcel}/label")
    at_the_answer = list(desk.accepted)
    desk.entered.wait(0.3)  # by a task, after the answer
    came = answer.status_code
    assert came < 400, f"with a broker that works, your app answered {came}: {_reason(server, answer)}."
    assert desk.calls, "nothing was enqueued: `desk.enqueue(parcel)` was never called."
    assert at_the_answer, (
        "the client had its 202 before the broker had the job. Between the two, a crash loses the job, and a broker "
        "that is down is told to nobody: enqueue inside the path operation, not in a background task."
    )
    assert at_the_answer == [parcel], f"parcel {parcel} should be enqueued once, but the broker got {at_the_answer}."
    assert came == 202, f"202 was asked for, but {came} came."
    expected = f'{{"job":"{desk.last_id}"}}'
    assert answer.text.replace(" ", "") == expected, (
        f"`{expected}` was asked for, with the id that `desk.enqueue` had returned, but `{answer.text}` came."
    )


def _reason(server: Server, answer: httpx.Response) -> str:
    """Why an answer is an error: what the log says, which comes a moment after a 500, or else the answer itself."""
    if answer.status_code >= 500:
        until(lambda: bool(logged_error(server.log)), 2.0)
    return logged_error(server.log) or answer.text


def _others_are_served(server: Server, desk: Desk) -> bool:
    """Whether another client gets an answer while `enqueue` is held."""
    desk.reset(down=False, held=True)
    asking = threading.Thread(target=lambda: server.client.post("/parcels/7/label"), daemon=True)
    asking.start()
    desk.entered.wait(5.0)
    with httpx.Client(base_url=server.url, trust_env=False, verify=False, timeout=30.0) as other:
        other.get("/openapi.json")
    served = not desk.left.is_set()
    desk.may_leave.set()
    asking.join(5.0)
    return served


def _solve_enqueue() -> tuple[FastAPI, Desk]:
    desk = Desk()
    app = FastAPI()

    @app.post("/parcels/{parcel}/label", status_code=202)
    def label(parcel: int) -> dict[str, str]:
        try:
            return {"job": desk.enqueue(parcel)}
        except ConnectionError:
            raise HTTPException(503, "try again in a moment", headers={"Retry-After": "5"}) from None

    return app, desk


EXERCISE = Exercise(
    id="7.1-enqueue",
    title="enqueue without freezing anybody",
    task='`POST /parcels/{parcel}/label` should answer 202 with `{"job": <the id>}` when the broker has the job, 503 when '
    "it is down, and keep nobody else waiting.",
    check=_check_enqueue,
    hints=(
        "`desk.enqueue(parcel)` blocks. Which kind of path operation may block, `def` or `async def`?",
        "A broker that is down shows as a ConnectionError from `desk.enqueue`. Which status code says: not your fault, "
        "not mine for long, try again?",
    ),
    solution=_solve_enqueue,
    wants=("app", "value"),
    routes=("POST /parcels/{parcel}/label",),
)
