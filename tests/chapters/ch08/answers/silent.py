"""What learners pass to 8.2-silent."""

import asyncio
import time

from fastapi import APIRouter, BackgroundTasks, Depends, FastAPI, HTTPException, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from starlette.background import BackgroundTask

from helpers.chapters.ch08.exercises.silent import NewSender, members
from helpers.chapters.post import mail, mailbox
from tests.chapters.answers import right, stub, wrong

MAIL = {"status": "Look into your mail."}


def silent_app(register, **options):
    app = FastAPI()
    app.post("/senders", **({"status_code": 202} | options))(register)
    return app, mailbox(), members


def greet(email: str) -> None:
    known = email in members
    members.add(email)
    mail(email, "You are registered already" if known else "Welcome")


@stub("8.2-silent")
def silent_shipped():
    def register(sender: NewSender, background_tasks: BackgroundTasks) -> dict[str, str]: ...

    return silent_app(register)


@wrong("8.2-silent", says="a sender who is registered already waits for the mail")
def silent_inline():
    def register(sender: NewSender) -> dict[str, str]:
        greet(sender.email)
        return MAIL

    return silent_app(register)


@wrong("8.2-silent", says="the status tells them apart: 409")
def silent_conflict():
    def register(sender: NewSender, background_tasks: BackgroundTasks) -> dict[str, str]:
        if sender.email in members:
            raise HTTPException(409, "registered already")
        background_tasks.add_task(greet, sender.email)
        return MAIL

    return silent_app(register)


@wrong("8.2-silent", says="the body tells them apart")
def silent_talkative():
    def register(sender: NewSender, background_tasks: BackgroundTasks) -> dict[str, str]:
        known = sender.email in members
        background_tasks.add_task(greet, sender.email)
        return {"status": "You are registered already."} if known else MAIL

    return silent_app(register)


@wrong("8.2-silent", says="a sender who is new waits for the mail")
def silent_half():
    def register(sender: NewSender, background_tasks: BackgroundTasks) -> dict[str, str]:
        if sender.email in members:
            background_tasks.add_task(mail, sender.email, "You are registered already")
        else:
            members.add(sender.email)
            mail(sender.email, "Welcome")
        return MAIL

    return silent_app(register)


@wrong("8.2-silent", says="held the event loop")
def silent_async():
    async def greet_async(email: str) -> None:
        greet(email)

    def register(sender: NewSender, background_tasks: BackgroundTasks) -> dict[str, str]:
        background_tasks.add_task(greet_async, sender.email)
        return MAIL

    return silent_app(register)


@wrong("8.2-silent", says="the owner of a registered address got no mail")
def silent_mute():
    def greet_new(email: str) -> None:
        if email not in members:
            greet(email)

    def register(sender: NewSender, background_tasks: BackgroundTasks) -> dict[str, str]:
        background_tasks.add_task(greet_new, sender.email)
        return MAIL

    return silent_app(register)


@wrong("8.2-silent", says="welcomed once more")
def silent_welcomes_all():
    def register(sender: NewSender, background_tasks: BackgroundTasks) -> dict[str, str]:
        members.add(sender.email)
        background_tasks.add_task(mail, sender.email, "Welcome")
        return MAIL

    return silent_app(register)


@wrong("8.2-silent", says="is not in `members`")
def silent_forgets():
    def greet_only(email: str) -> None:
        mail(email, "You are registered already" if email in members else "Welcome")

    def register(sender: NewSender, background_tasks: BackgroundTasks) -> dict[str, str]:
        background_tasks.add_task(greet_only, sender.email)
        return MAIL

    return silent_app(register)


@wrong("8.2-silent", says="the new sender got no mail with the subject Welcome")
def silent_too_late():
    def register(sender: NewSender, background_tasks: BackgroundTasks) -> dict[str, str]:
        if sender.email not in members:
            members.add(sender.email)
        background_tasks.add_task(greet, sender.email)
        return MAIL

    return silent_app(register)


@wrong("8.2-silent", says="202 was asked for, but 200 came")
def silent_200():
    def register(sender: NewSender, background_tasks: BackgroundTasks) -> dict[str, str]:
        background_tasks.add_task(greet, sender.email)
        return MAIL

    return silent_app(register, status_code=200)


@right("8.2-silent")
def silent_two_tasks():
    def register(sender: NewSender, background_tasks: BackgroundTasks) -> dict[str, str]:
        known = sender.email in members
        members.add(sender.email)
        background_tasks.add_task(mail, sender.email, "You are registered already" if known else "Welcome")
        return MAIL

    return silent_app(register)


@right("8.2-silent")
def silent_in_threads():
    async def greet_in_thread(email: str) -> None:
        await run_in_threadpool(greet, email)

    async def register(sender: NewSender, background_tasks: BackgroundTasks) -> dict[str, str]:
        background_tasks.add_task(greet_in_thread, sender.email)
        return MAIL

    return silent_app(register)


@wrong("8.2-silent", says="an address that is registered always waits longer")
def silent_pauses_for_members():
    def register(sender: NewSender, background_tasks: BackgroundTasks) -> dict[str, str]:
        if sender.email in members:
            time.sleep(0.1)  # "so that nobody can tell"
        background_tasks.add_task(greet, sender.email)
        return MAIL

    return silent_app(register)


@wrong("8.2-silent", says="a new address always waits longer")
def silent_hashes_for_the_new():
    async def register(sender: NewSender, background_tasks: BackgroundTasks) -> dict[str, str]:
        if sender.email not in members:
            await asyncio.sleep(0.1)
        background_tasks.add_task(greet, sender.email)
        return MAIL

    return silent_app(register)


@wrong("8.2-silent", says="a header tells them apart: location")
def silent_location():
    def register(sender: NewSender, response: Response, background_tasks: BackgroundTasks) -> dict[str, str]:
        if sender.email not in members:
            response.headers["Location"] = f"/senders/{sender.email}"
        background_tasks.add_task(greet, sender.email)
        return MAIL

    return silent_app(register)


@wrong("8.2-silent", says="who has just become a member registered once more")
def silent_frozen():
    first = frozenset({"ada@example.org"})

    def greet_by_the_first(email: str) -> None:
        members.add(email)
        mail(email, "You are registered already" if email in first else "Welcome")

    def register(sender: NewSender, background_tasks: BackgroundTasks) -> dict[str, str]:
        background_tasks.add_task(greet_by_the_first, sender.email)
        return MAIL

    return silent_app(register)


@wrong("8.2-silent", says="your code failed: NameError")
def silent_typo():
    def register(sender: NewSender, background_tasks: BackgroundTasks) -> dict[str, str]:
        background_tasks.add_task(lambda: gret(sender.email))  # noqa: F821
        return MAIL

    return silent_app(register)


@wrong("8.2-silent", says="your function `register` returned `None`")
def silent_without_return():
    def register(sender: NewSender, background_tasks: BackgroundTasks) -> dict[str, str]:
        background_tasks.add_task(greet, sender.email)

    return silent_app(register)


@right("8.2-silent")
def silent_on_the_response():
    def register(sender: NewSender) -> JSONResponse:
        return JSONResponse(MAIL, 202, background=BackgroundTask(greet, sender.email))

    return silent_app(register)


@right("8.2-silent")
def silent_by_a_dependency():
    def greet_later(sender: NewSender, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(greet, sender.email)

    app, router = FastAPI(), APIRouter(prefix="/senders", dependencies=[Depends(greet_later)])

    @router.post("", status_code=202)
    def register() -> dict[str, str]:
        return MAIL

    app.include_router(router)
    return app, mailbox(), members
