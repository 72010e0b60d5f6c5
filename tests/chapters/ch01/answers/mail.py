"""What learners pass to 1.1-mail."""

import threading
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends, FastAPI, Response
from fastapi.responses import JSONResponse
from starlette.background import BackgroundTask

from helpers.chapters.ch01.exercises.mail import Sender, send_welcome
from helpers.chapters.post import mailbox
from tests.chapters.answers import right, stub, wrong


def mail_app(function, **options):
    """An app whose `POST /parcels` is `function`, and the mailbox that the check is given."""
    app = FastAPI()
    app.post("/parcels", **({"status_code": 202} | options))(function)
    return app, mailbox()


@stub("1.1-mail")
def mail_shipped():
    def hand_in(sender: Sender, background_tasks: BackgroundTasks) -> dict[str, str]: ...

    return mail_app(hand_in)


@wrong("1.1-mail", says="the client waited for the mail")
def mail_inline():
    def hand_in(sender: Sender, background_tasks: BackgroundTasks) -> dict[str, str]:
        send_welcome(sender.email)
        return {"status": "accepted"}

    return mail_app(hand_in)


@wrong("1.1-mail", says="calls the function at once and adds what it returned")
def mail_called():
    def hand_in(sender: Sender, background_tasks: BackgroundTasks) -> dict[str, str]:
        background_tasks.add_task(send_welcome(sender.email))
        return {"status": "accepted"}

    return mail_app(hand_in)


@wrong("1.1-mail", says="missing 1 required positional argument: 'email'")
def mail_without_argument():
    def hand_in(sender: Sender, background_tasks: BackgroundTasks) -> dict[str, str]:
        background_tasks.add_task(send_welcome)
        return {"status": "accepted"}

    return mail_app(hand_in)


@wrong("1.1-mail", says="a `BackgroundTasks()` of your own is never looked at")
def mail_own_list():
    def hand_in(sender: Sender) -> dict[str, str]:
        BackgroundTasks().add_task(send_welcome, sender.email)
        return {"status": "accepted"}

    return mail_app(hand_in)


@wrong("1.1-mail", says="went to Grace")
def mail_to_the_name():
    def hand_in(sender: Sender, background_tasks: BackgroundTasks) -> dict[str, str]:
        background_tasks.add_task(send_welcome, sender.name)
        return {"status": "accepted"}

    return mail_app(hand_in)


@wrong("1.1-mail", says="202 Accepted was asked for, but 200 came")
def mail_with_200():
    def hand_in(sender: Sender, background_tasks: BackgroundTasks) -> dict[str, str]:
        background_tasks.add_task(send_welcome, sender.email)
        return {"status": "accepted"}

    return mail_app(hand_in, status_code=200)


@wrong("1.1-mail", says='but `{"status":"sent"}` came')
def mail_with_another_answer():
    def hand_in(sender: Sender, background_tasks: BackgroundTasks) -> dict[str, str]:
        background_tasks.add_task(send_welcome, sender.email)
        return {"status": "sent"}

    return mail_app(hand_in)


@wrong("1.1-mail", says="one mail should be sent for each parcel, but 2 were")
def mail_twice():
    def hand_in(sender: Sender, background_tasks: BackgroundTasks) -> dict[str, str]:
        background_tasks.add_task(send_welcome, sender.email)
        background_tasks.add_task(send_welcome, sender.email)
        return {"status": "accepted"}

    return mail_app(hand_in)


@wrong("1.1-mail", says="your app answered 422")
def mail_from_the_query():
    def hand_in(email: str, background_tasks: BackgroundTasks) -> dict[str, str]:
        background_tasks.add_task(send_welcome, email)
        return {"status": "accepted"}

    return mail_app(hand_in)


@wrong("1.1-mail", says="your app answered 500")
def mail_with_a_typo():
    def hand_in(sender: Sender, background_tasks: BackgroundTasks) -> dict[str, str]:
        background_tasks.add_task(send_welcome, sender.mail)
        return {"status": "accepted"}

    return mail_app(hand_in)


@right("1.1-mail")
def mail_async():
    async def hand_in(sender: Sender, background_tasks: BackgroundTasks, response: Response) -> dict[str, str]:
        response.status_code = 202
        background_tasks.add_task(send_welcome, email=sender.email)
        return {"status": "accepted"}

    return mail_app(hand_in, status_code=200)


@right("1.1-mail")
def mail_in_a_dependency():
    def notify(sender: Sender, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(send_welcome, sender.email)

    def hand_in(sender: Sender, notified: Annotated[None, Depends(notify)]) -> dict[str, str]:
        return {"status": "accepted"}

    return mail_app(hand_in)


@right("1.1-mail")
def mail_on_the_response():
    def hand_in(sender: Sender) -> Response:
        return JSONResponse({"status": "accepted"}, 202, background=BackgroundTask(send_welcome, sender.email))

    return mail_app(hand_in)


@wrong("1.1-mail", says="by a thread or a task of your own")
def mail_in_a_thread():
    def hand_in(sender: Sender) -> dict[str, str]:
        threading.Thread(target=send_welcome, args=(sender.email,)).start()
        return {"status": "accepted"}

    return mail_app(hand_in)


ada = {"name": "Ada", "email": "ada@example.org"}


@wrong("1.1-mail", says="grace@example.org, but went to ada@example.org")
def mail_to_the_notebooks_ada():
    def hand_in(sender: Sender, background_tasks: BackgroundTasks) -> dict[str, str]:
        background_tasks.add_task(send_welcome, ada["email"])
        return {"status": "accepted"}

    return mail_app(hand_in)


@wrong("1.1-mail", says="your function `hand_in` returned `None`")
def mail_without_a_return():
    def hand_in(sender: Sender, background_tasks: BackgroundTasks) -> dict[str, str]:
        background_tasks.add_task(send_welcome, sender.email)

    return mail_app(hand_in)


@wrong("1.1-mail", says="a text came that only looks like it")
def mail_with_a_text():
    def hand_in(sender: Sender, background_tasks: BackgroundTasks) -> str:
        background_tasks.add_task(send_welcome, sender.email)
        return '{"status": "accepted"}'

    return mail_app(hand_in)


@wrong("1.1-mail", says="held the event loop")
def mail_by_a_task_that_blocks():
    async def welcome(email: str) -> None:
        send_welcome(email)

    def hand_in(sender: Sender, background_tasks: BackgroundTasks) -> dict[str, str]:
        background_tasks.add_task(welcome, sender.email)
        return {"status": "accepted"}

    return mail_app(hand_in)


@right("1.1-mail")
def mail_by_a_router():
    router = APIRouter(prefix="/parcels")

    @router.post("", status_code=202)
    def hand_in(background_tasks: BackgroundTasks, person: Sender) -> Response:
        background_tasks.add_task(lambda: send_welcome(person.email))
        return JSONResponse({"status": "accepted"}, 202)

    app = FastAPI()
    app.include_router(router)
    return app, mailbox()
