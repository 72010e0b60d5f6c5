"""What learners pass to the exercises of chapter 8."""

import asyncio
import threading
from collections.abc import Awaitable, Callable

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import BackgroundTasks, FastAPI, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.background import BackgroundTask
from starlette.background import BackgroundTasks as Several
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from helpers.chapters.ch08.exercises import NewSender, labels, members, print_label
from helpers.chapters.post import mail, mailbox
from tests.chapters.answers import right, stub, wrong

MAIL = {"status": "Look into your mail."}
Count = Callable[[str], None]


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


@wrong("8.2-silent", says="an `async def` task that blocks holds the event loop")
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


def bulkhead_app(order_label, app: FastAPI | None = None):
    app = app or FastAPI()

    @app.get("/prices")
    def read_prices() -> float:
        return 4.90

    app.post("/labels/{number}", status_code=202)(order_label)
    return app, labels


@stub("8.3-bulkhead")
def bulkhead_shipped():
    async def order_label(number: int, background_tasks: BackgroundTasks) -> None: ...

    return bulkhead_app(order_label)


@wrong("8.3-bulkhead", says="a `def` task takes any thread that is free")
def bulkhead_plain():
    async def order_label(number: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(print_label, number)

    return bulkhead_app(order_label)


@wrong("8.3-bulkhead", says="the event loop stood still meanwhile")
def bulkhead_on_the_loop():
    async def print_async(number: int) -> None:
        print_label(number)

    async def order_label(number: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(print_async, number)

    return bulkhead_app(order_label)


@wrong("8.3-bulkhead", says="tasks that wait for a printer inside a thread hold the thread")
def bulkhead_waits_in_threads():
    printers = threading.Semaphore(4)

    def print_when_free(number: int) -> None:
        with printers:
            print_label(number)

    async def order_label(number: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(print_when_free, number)

    return bulkhead_app(order_label)


@wrong("8.3-bulkhead", says="Make one for the app, not one for each task")
def bulkhead_one_each():
    async def print_when_free(number: int) -> None:
        await run_sync(print_label, number, limiter=CapacityLimiter(4))

    async def order_label(number: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(print_when_free, number)

    return bulkhead_app(order_label)


@wrong("8.3-bulkhead", says="every client waited for its label")
def bulkhead_inline():
    printers = CapacityLimiter(4)

    async def order_label(number: int) -> None:
        await run_sync(print_label, number, limiter=printers)

    return bulkhead_app(order_label)


@wrong("8.3-bulkhead", says="6 labels were printed at the same time")
def bulkhead_six():
    printers = CapacityLimiter(6)

    async def print_when_free(number: int) -> None:
        await run_sync(print_label, number, limiter=printers)

    async def order_label(number: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(print_when_free, number)

    return bulkhead_app(order_label)


@wrong("8.3-bulkhead", says="each order is to be printed")
def bulkhead_refuses():
    busy: set[int] = set()

    async def print_if_free(number: int) -> None:
        if len(busy) < 4:
            busy.add(number)
            await run_in_threadpool(print_label, number)
            busy.remove(number)

    async def order_label(number: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(print_if_free, number)

    return bulkhead_app(order_label)


@right("8.3-bulkhead")
def bulkhead_with_a_semaphore():
    printers = asyncio.Semaphore(4)

    async def print_when_free(number: int) -> None:
        async with printers:
            await run_in_threadpool(print_label, number)

    def order_label(number: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(print_when_free, number)

    return bulkhead_app(order_label)


@right("8.3-bulkhead")
def bulkhead_on_the_response():
    printers = CapacityLimiter(4)

    async def print_when_free(number: int) -> None:
        await run_sync(print_label, number, limiter=printers)

    async def order_label(number: int) -> Response:
        return Response(status_code=202, background=BackgroundTask(print_when_free, number))

    return bulkhead_app(order_label)


GOODBYE = "@1798761600"


@stub("8.5-retire")
def retire_shipped():
    def retire(app: FastAPI, note_use: Count) -> None: ...

    return retire


def with_middleware(say_goodbye: Callable[[Count, Request, Response], Awaitable[None] | None]):
    """A `retire` whose middleware changes the response by `say_goodbye`."""

    def retire(app: FastAPI, note_use: Count) -> None:
        @app.middleware("http")
        async def middleware(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
            response = await call_next(request)
            say_goodbye(note_use, request, response)
            return response

    return retire


@wrong("8.5-retire", says="has no `Deprecation` header")
def retire_notes_only():
    def say_goodbye(note_use: Count, request: Request, response: Response) -> None:
        if request.url.path.startswith("/v1/"):
            response.background = BackgroundTask(note_use, request.url.path)

    return with_middleware(say_goodbye)


@wrong("8.5-retire", says="`/v2` says that it is deprecated, too")
def retire_everything():
    def say_goodbye(note_use: Count, request: Request, response: Response) -> None:
        response.headers["Deprecation"] = GOODBYE
        response.background = BackgroundTask(note_use, request.url.path)

    return with_middleware(say_goodbye)


@wrong("8.5-retire", says="the client waited for `note_use`")
def retire_notes_first():
    def say_goodbye(note_use: Count, request: Request, response: Response) -> None:
        if request.url.path.startswith("/v1/"):
            response.headers["Deprecation"] = GOODBYE
            note_use(request.url.path)

    return with_middleware(say_goodbye)


@wrong("8.5-retire", says="the 404 of `/v1` has no `Deprecation` header")
def retire_successes():
    def say_goodbye(note_use: Count, request: Request, response: Response) -> None:
        if request.url.path.startswith("/v1/") and response.status_code == 200:
            response.headers["Deprecation"] = GOODBYE
            response.background = BackgroundTask(note_use, request.url.path)

    return with_middleware(say_goodbye)


@wrong("8.5-retire", says="only successes are noted")
def retire_counts_successes():
    def say_goodbye(note_use: Count, request: Request, response: Response) -> None:
        if request.url.path.startswith("/v1/"):
            response.headers["Deprecation"] = GOODBYE
            if response.status_code == 200:
                response.background = BackgroundTask(note_use, request.url.path)

    return with_middleware(say_goodbye)


@wrong("8.5-retire", says="a use of `/v1` was not noted")
def retire_header_only():
    def say_goodbye(note_use: Count, request: Request, response: Response) -> None:
        if request.url.path.startswith("/v1/"):
            response.headers["Deprecation"] = GOODBYE

    return with_middleware(say_goodbye)


@wrong("8.5-retire", says="the header's value should be @1798761600")
def retire_true():
    def say_goodbye(note_use: Count, request: Request, response: Response) -> None:
        if request.url.path.startswith("/v1/"):
            response.headers["Deprecation"] = "true"
            response.background = BackgroundTask(note_use, request.url.path)

    return with_middleware(say_goodbye)


@wrong("8.5-retire", says="the notes are")
def retire_notes_the_address():
    def say_goodbye(note_use: Count, request: Request, response: Response) -> None:
        if request.url.path.startswith("/v1/"):
            response.headers["Deprecation"] = GOODBYE
            response.background = BackgroundTask(note_use, f"{request.method} {request.url.path}")

    return with_middleware(say_goodbye)


@wrong("8.5-retire", says="the answers should stay 200, 200, 404 and 422")
def retire_gone():
    def retire(app: FastAPI, note_use: Count) -> None:
        @app.middleware("http")
        async def middleware(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
            if request.url.path.startswith("/v1/"):
                note = BackgroundTask(note_use, request.url.path)
                return Response(status_code=410, headers={"Deprecation": GOODBYE}, background=note)
            return await call_next(request)

    return retire


@right("8.5-retire")
def retire_with_several():
    def say_goodbye(note_use: Count, request: Request, response: Response) -> None:
        if request.url.path.split("/")[1] == "v1":
            response.headers["Deprecation"] = GOODBYE
            response.background = Several([BackgroundTask(note_use, request.url.path)])

    return with_middleware(say_goodbye)


@right("8.5-retire")
def retire_as_pure_asgi():
    class Goodbye:
        def __init__(self, app: ASGIApp, note_use: Count):
            self.app, self.note_use = app, note_use

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            retired = scope["type"] == "http" and scope["path"].startswith("/v1/")

            async def marked(message: Message) -> None:
                if retired and message["type"] == "http.response.start":
                    message["headers"].append((b"deprecation", GOODBYE.encode()))
                await send(message)

            await self.app(scope, receive, marked)
            if retired:
                await run_in_threadpool(self.note_use, scope["path"])

    def retire(app: FastAPI, note_use: Count) -> None:
        app.add_middleware(Goodbye, note_use=note_use)

    return retire
