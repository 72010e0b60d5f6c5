"""What learners pass to 10.3-forgot."""

import asyncio
import time

from fastapi import BackgroundTasks, FastAPI, HTTPException, Response
from starlette.background import BackgroundTask

from helpers.chapters.ch10.exercises.forgot import Forgotten, mail_code, mailed, members
from tests.chapters.answers import right, stub, wrong


def forgot_app(function, **options):
    app = FastAPI()

    @app.get("/health")
    async def read_health() -> str:
        return "fine"

    app.post("/passwords/forgot", **({"status_code": 202} | options))(function)
    return app, mailed


@stub("10.3-forgot")
def forgot_shipped():
    def forgot(wanted: Forgotten, background_tasks: BackgroundTasks) -> dict[str, str]: ...

    return forgot_app(forgot)


@wrong("10.3-forgot", says="sent before the answer")
def forgot_inline():
    def forgot(wanted: Forgotten) -> dict[str, str]:
        if wanted.email in members:
            mail_code(wanted.email)
        return {"status": "Look into your mail."}

    return forgot_app(forgot)


@wrong("10.3-forgot", says="the answers tell who is a member")
def forgot_404():
    def forgot(wanted: Forgotten, background_tasks: BackgroundTasks) -> dict[str, str]:
        if wanted.email not in members:
            raise HTTPException(404)
        background_tasks.add_task(mail_code, wanted.email)
        return {"status": "Look into your mail."}

    return forgot_app(forgot)


@wrong("10.3-forgot", says="held the event loop")
def forgot_on_the_loop():
    async def mail(email: str) -> None:
        mail_code(email)

    def forgot(wanted: Forgotten, background_tasks: BackgroundTasks) -> dict[str, str]:
        if wanted.email in members:
            background_tasks.add_task(mail, wanted.email)
        return {"status": "Look into your mail."}

    return forgot_app(forgot)


@wrong("10.3-forgot", says="no member's was mailed to")
def forgot_mails_everybody():
    def forgot(wanted: Forgotten, background_tasks: BackgroundTasks) -> dict[str, str]:
        background_tasks.add_task(mail_code, wanted.email)
        return {"status": "Look into your mail."}

    return forgot_app(forgot)


@right("10.3-forgot")
def forgot_decides_later():
    def mail_if_member(email: str) -> None:
        if email in members:
            mail_code(email)

    async def forgot(wanted: Forgotten, background_tasks: BackgroundTasks) -> dict[str, str]:
        background_tasks.add_task(mail_if_member, wanted.email)
        return {"status": "accepted"}

    return forgot_app(forgot)


@wrong("10.3-forgot", says="a stranger always waits longer")
def forgot_pauses_for_strangers():
    async def forgot(wanted: Forgotten, background_tasks: BackgroundTasks) -> dict[str, str]:
        if wanted.email in members:
            background_tasks.add_task(mail_code, wanted.email)
        else:
            await asyncio.sleep(0.1)
        return {"status": "Look into your mail."}

    return forgot_app(forgot)


@wrong("10.3-forgot", says="a member always waits longer")
def forgot_makes_the_code_first():
    def forgot(wanted: Forgotten, background_tasks: BackgroundTasks) -> dict[str, str]:
        if wanted.email in members:
            time.sleep(0.1)
            background_tasks.add_task(mail_code, wanted.email)
        return {"status": "Look into your mail."}

    return forgot_app(forgot)


@wrong("10.3-forgot", says="202 was asked for, but 200 came")
def forgot_with_200():
    def forgot(wanted: Forgotten, background_tasks: BackgroundTasks) -> dict[str, str]:
        if wanted.email in members:
            background_tasks.add_task(mail_code, wanted.email)
        return {"status": "Look into your mail."}

    return forgot_app(forgot, status_code=200)


@wrong("10.3-forgot", says="the mails went to []")
def forgot_ada_alone():
    def forgot(wanted: Forgotten, background_tasks: BackgroundTasks) -> dict[str, str]:
        if wanted.email == "ada@example.org":
            background_tasks.add_task(mail_code, wanted.email)
        return {"status": "Look into your mail."}

    return forgot_app(forgot)


@right("10.3-forgot")
def forgot_on_the_response():
    def forgot(wanted: Forgotten) -> Response:
        task = BackgroundTask(mail_code, wanted.email) if wanted.email in members else None
        return Response(status_code=202, background=task)

    return forgot_app(forgot)


@right("10.3-forgot")
def forgot_in_a_thread():
    async def mail(email: str) -> None:
        await asyncio.to_thread(mail_code, email)

    def forgot(wanted: Forgotten, background_tasks: BackgroundTasks) -> dict[str, str]:
        if wanted.email in members:
            background_tasks.add_task(mail, wanted.email)
        return {"status": "Look into your mail."}

    return forgot_app(forgot)
