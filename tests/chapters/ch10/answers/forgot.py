"""What learners pass to 10.3-forgot."""

from fastapi import BackgroundTasks, FastAPI, HTTPException

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


@wrong("10.3-forgot", says="the task blocks the event loop")
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
