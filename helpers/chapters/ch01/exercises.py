"""Chapter 1: its exercises, their checks and reference solutions."""

import time
from typing import Annotated

from fastapi import BackgroundTasks, FastAPI
from httpx import Response
from pydantic import BaseModel, Field

from helpers.chapters import post
from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import running
from helpers.services.mailbox import Mailbox
from helpers.wording import logged_error


def _check_mail(app: FastAPI, mailbox: Mailbox) -> str:
    before, delay = len(mailbox), mailbox.delay
    mailbox.delay = 0.3  # long enough to see who waits for it
    try:
        with running(app) as server:
            with record():
                answer = server.client.post("/parcels", json={"name": "Ada", "email": "ada@example.org"})
                at_the_answer = len(mailbox) - before
            afterwards = len(mailbox) - before
            if not afterwards and not logged_error(server.log):
                time.sleep(2 * mailbox.delay)  # a thread that the recording knows nothing of
    finally:
        mailbox.delay = delay
    later, error = len(mailbox) - before, logged_error(server.log)
    assert answer.status_code != 422, (
        f"the check sent a sender with name and email, and your app answered 422: {answer.json()['detail'][0]['msg']}, "
        f"{answer.json()['detail'][0]['loc']}. A parameter without a model or `BackgroundTasks` as its type is read from the query."
    )
    assert answer.status_code < 500, f"your app answered {answer.status_code}: {error}."
    assert not (at_the_answer and error), (
        "the mail was sent before the answer, and the task then failed: `add_task(send_welcome(...))` calls the function "
        "at once and adds what it returned, which is None. Pass the function and its arguments: `add_task(send_welcome, ...)`."
    )
    assert not error, f"the client has its answer, but the task then failed, seen by nobody but the log: {error}."
    assert not at_the_answer, (
        "the client waited for the mail: `send_welcome` runs inside your path operation. Hand it over with "
        "`background_tasks.add_task(...)` and it runs after the answer."
    )
    assert later, (
        "the answer came, but no mail was sent. Tasks run only when they are added to the `background_tasks` parameter that "
        "FastAPI hands you; a `BackgroundTasks()` of your own is never looked at."
    )
    assert afterwards, (
        "the mail was sent by a thread of your own. Nobody logs its failure and no shutdown waits for it: a background task "
        "has both."
    )
    assert later == 1, f"one mail should be sent for each parcel, but {later} were."
    to = mailbox[-1]["To"]
    assert to == "ada@example.org", f"the mail should go to the sender's address, ada@example.org, but went to {to}."
    assert answer.status_code == 202, f"202 Accepted was asked for, but {answer.status_code} came."
    assert answer.json() == {"status": "accepted"}, f'{{"status": "accepted"}} was asked for, but {answer.json()} came.'
    return "The answer was sent first, with 202; the mail to the sender followed as a background task."


class Sender(BaseModel):
    """As in the notebook."""

    name: str
    email: str


def send_welcome(email: str) -> None:
    """As in the notebook."""
    post.mail(email, "Welcome")


def _solve_mail() -> tuple[FastAPI, Mailbox]:
    app = FastAPI()

    @app.post("/parcels", status_code=202)
    def hand_in(sender: Sender, background_tasks: BackgroundTasks) -> dict[str, str]:
        background_tasks.add_task(send_welcome, sender.email)
        return {"status": "accepted"}

    return app, post.mailbox()


def _check_weight(app: FastAPI) -> str:
    with running(app) as server:

        def send(kilograms: float) -> Response:
            server.client.hang_up()  # uvicorn closes a connection after a 500
            with record():  # the log is written after the answer
                answer = server.client.post("/parcels", json={"to": "Grace", "weight_kg": kilograms})
            assert answer.status_code != 500, (
                f"for {kilograms} kg the client got 500, because your function failed: {logged_error(server.log)}. "
                "What the function returns must fit its return type."
            )
            return answer

        def hand_in(weight_kg: float) -> int:
            return send(weight_kg).status_code

        good = send(2.5)
        assert good.status_code == 200, f"a parcel of 2.5 kg to Grace is fine, but {good.status_code} came."
        assert good.json() == {"to": "Grace", "weight_kg": 2.5}, (
            f"the parcel itself should come back, but {good.json()} came."
        )
        assert hand_in(weight_kg=30) == 200, "30 kg is still allowed: the limit is at most 30, which is `le`, not `lt`."
        assert hand_in(weight_kg=0.05) == 200, "a letter of 0.05 kg is fine: the lower limit is 0 itself."
        codes = {kilograms: hand_in(weight_kg=kilograms) for kilograms in (-1, 0, 30.5)}
        assert codes[-1] != 200, (
            "a parcel of -1 kg was accepted: a type alone says `number`, not which numbers. See `Field`."
        )
        assert codes[0] != 200, "a parcel of 0 kg was accepted: more than 0 is `gt`, while `ge` allows 0."
        assert codes[30.5] != 200, "a parcel of 30.5 kg was accepted: the upper limit is missing."
        assert set(codes.values()) == {422}, (
            f"wrong weights are refused, with {', '.join(map(str, sorted(set(codes.values()))))}. When the limits stand in the "
            "model, FastAPI refuses with 422 and says which field is wrong, before your function runs."
        )
        models = server.client.get("/openapi.json").json().get("components", {}).get("schemas", {})
    weights = [
        model["properties"]["weight_kg"] for model in models.values() if "weight_kg" in model.get("properties", {})
    ]
    assert any(weight.get("exclusiveMinimum") == 0 and weight.get("maximum") == 30 for weight in weights), (
        "the limits are kept, but `/openapi.json` does not know them, so no client can read them: write them into the "
        "model's field, not into the function."
    )
    return "Wrong weights get 422 before your function runs, and `/openapi.json` tells clients the limits."


def _solve_weight() -> FastAPI:
    class Parcel(BaseModel):
        to: str
        weight_kg: Annotated[float, Field(gt=0, le=30)]

    app = FastAPI()

    @app.post("/parcels")
    def hand_in(parcel: Parcel) -> Parcel:
        return parcel

    return app


EXERCISES = [
    Exercise(
        id="1.1-mail",
        title="the mail behind the answer",
        task='`POST /parcels` should answer 202 with `{"status": "accepted"}` at once, and `send_welcome` should mail the '
        "sender after that.",
        check=_check_mail,
        hints=(
            "FastAPI hands your function an object for work after the answer. Which parameter is it?",
            "`background_tasks.add_task(function, argument)` takes the function itself, without parentheses behind it.",
            "What must the function return so that the client reads `accepted`?",
        ),
        solution=_solve_mail,
        wants=("app", "value"),
        routes=("POST /parcels",),
    ),
    Exercise(
        id="1.2-weight",
        title="let the model refuse",
        task="`POST /parcels` should return the parcel it got, and refuse a weight that is not above 0 and at most 30 kg with "
        "FastAPI's own 422.",
        check=_check_weight,
        hints=(
            "The limits belong to the data, so they stand in the model, not in the function.",
            "`Annotated[float, Field(...)]`: Pydantic calls the limits `gt`, `ge`, `lt` and `le`. Which two do you need?",
        ),
        solution=_solve_weight,
        routes=("POST /parcels",),
    ),
]
