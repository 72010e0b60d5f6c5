"""Chapter 8: its exercises, their checks and reference solutions."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Annotated

import httpx
from anyio import CapacityLimiter
from anyio.to_thread import current_default_thread_limiter, run_sync
from fastapi import APIRouter, BackgroundTasks, FastAPI, HTTPException, Query, Request, Response
from pydantic import BaseModel, EmailStr
from starlette.background import BackgroundTask
from starlette.types import ASGIApp, Receive, Scope, Send

from helpers.chapters import post
from helpers.chapters.post import mail
from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import Server, running
from helpers.services.mailbox import Mailbox

# 8.2-silent


class NewSender(BaseModel):
    """As in the notebook."""

    email: EmailStr


members = {"ada@example.org"}


def _check_silent(app: FastAPI, mailbox: Mailbox, members: set[str]) -> str:
    delay, before = mailbox.delay, set(members)
    members.clear()
    members.add("ada@example.org")
    mailbox.clear()
    mailbox.delay = 0.3  # long enough to see who waits for it
    try:
        with running(app) as server:
            known = _register(server, mailbox, "ada@example.org", "who is registered already")
            new = _register(server, mailbox, "grace@example.org", "who is new")
            registered = "grace@example.org" in members
    finally:
        mailbox.delay = delay
        members.clear()
        members.update(before)
    assert known.status_code == new.status_code, (
        f"the status tells them apart: {known.status_code} for an address that is registered, {new.status_code} for a new one."
    )
    assert known.text == new.text, (
        f"the body tells them apart: {known.text} for an address that is registered, {new.text} for a new one."
    )
    assert new.status_code == 202, f"202 was asked for, but {new.status_code} came."
    assert new.json() == {"status": "Look into your mail."}, (
        f'{{"status": "Look into your mail."}} was asked for, but {new.json()} came.'
    )
    letters = [(letter["To"], letter["Subject"]) for letter in mailbox]
    assert ("ada@example.org", "Welcome") not in letters, (
        "an address that is registered already was welcomed once more: decide in the task which of the two mails it gets."
    )
    assert ("grace@example.org", "Welcome") in letters, "the new sender got no mail with the subject Welcome."
    assert ("ada@example.org", "You are registered already") in letters, (
        "the owner of a registered address got no mail: the answer says to look there, and only the owner may learn it."
    )
    assert len(letters) == 2, f"two mails should be sent, but {len(letters)} were."
    assert registered, "the new address is not in `members` after all tasks have ended."
    return "Answer, wait and next answer are the same for everybody; only the mailbox knows who is registered."


def _register(server: Server, mailbox: Mailbox, email: str, who: str) -> httpx.Response:
    sent = len(mailbox)
    with record():
        answer = server.client.post("/senders", json={"email": email})
        at_the_answer = len(mailbox) - sent
        if answer.status_code < 500:
            server.client.get("/openapi.json")  # answered by the event loop
        at_the_next = len(mailbox) - sent
    error = next((text.splitlines()[-1] for text in server.log if text.startswith("ERROR")), "")
    assert answer.status_code != 422, (
        f"the check sent an email, and your app answered 422: {answer.json()['detail'][0]['msg']}."
    )
    assert not error, f"for a sender {who}, your code failed: {error}."
    assert not at_the_answer, (
        f"a sender {who} waits for the mail, and the clock tells it to everybody: let a task send it."
    )
    assert not at_the_next, (
        f"the answer to a sender {who} was quick, but the next one, to anybody, waited for the mail: an `async def` task "
        "that blocks holds the event loop. Make the task a `def`."
    )
    return answer


def _solve_silent() -> tuple[FastAPI, Mailbox, set[str]]:
    def greet(email: str) -> None:
        if email in members:
            mail(email, "You are registered already")
        else:
            members.add(email)
            mail(email, "Welcome")

    app = FastAPI()

    @app.post("/senders", status_code=202)
    def register(sender: NewSender, background_tasks: BackgroundTasks) -> dict[str, str]:
        background_tasks.add_task(greet, sender.email)
        return {"status": "Look into your mail."}

    return app, post.mailbox(), members


# 8.3-bulkhead

LABELS, THREADS, PRINTERS = 20, 8, 4
labels: list[tuple[str, int]] = []


def print_label(number: int) -> None:
    """As in the notebook."""
    labels.append(("begins", number))
    time.sleep(0.15)
    labels.append(("ends", number))


async def _order_labels(url: str) -> list[int]:
    limits = httpx.Limits(max_connections=LABELS)
    async with httpx.AsyncClient(base_url=url, trust_env=False, verify=False, timeout=30, limits=limits) as client:
        answers = await asyncio.gather(*(client.post(f"/labels/{number}") for number in range(LABELS)))
    return [answer.status_code for answer in answers]


def _with_few_threads(app: FastAPI) -> ASGIApp:
    """The app in an event loop of eight threads, so that twenty labels are enough to fill them."""

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        current_default_thread_limiter().total_tokens = THREADS
        await app(scope, receive, send)

    return served


def _check_bulkhead(app: FastAPI, labels: list[tuple[str, int]]) -> str:
    labels.clear()
    with running(_with_few_threads(app)) as server, record(timeout=15):
        # In a loop of its own, because nest-asyncio may have replaced asyncio.run.
        with asyncio.Runner() as runner:
            codes = runner.run(_order_labels(server.url))
        at_the_answers = len(labels)
        price = server.client.get("/prices")
        ended_meanwhile = sum(what == "ends" for what, _ in list(labels))
    error = next((text.splitlines()[-1] for text in server.log if text.startswith("ERROR")), "")
    assert not error, f"a label was not printed, because your code failed: {error}."
    assert set(codes) == {202}, f"each order should be answered with 202, but {sorted(set(codes))} came."
    assert price.status_code == 200, f"`GET /prices` should still answer 200, but {price.status_code} came."
    printed = sum(what == "ends" for what, _ in labels)
    assert printed == LABELS, (
        f"{LABELS} labels were ordered, and {printed} printed: each order is to be printed, later if need be."
    )
    now = peak = 0
    for what, _ in labels:
        now += 1 if what == "begins" else -1
        peak = max(peak, now)
    assert peak > 1, (
        "one label was printed after the other, and the event loop stood still meanwhile: a blocking function belongs in a "
        "thread, not in an `async def`."
    )
    assert at_the_answers < 2 * LABELS, "every client waited for its label: print after the answer, in a task."
    assert peak <= PRINTERS or peak > THREADS, (
        f"there are {PRINTERS} printers, but {peak} labels were printed at the same time: a `def` task takes any thread that is free."
    )
    assert peak <= PRINTERS, (
        f"there are {PRINTERS} printers, but {peak} labels were printed at the same time: a limiter limits those who share it. Make one "
        "for the app, not one for each task."
    )
    assert ended_meanwhile <= LABELS - THREADS, (
        f"never more than {PRINTERS} at once, but whoever asked for a price waited until {ended_meanwhile} labels were done: tasks that wait "
        "for a printer inside a thread hold the thread. Let them wait before they take one."
    )
    return f"{LABELS} labels, never more than {PRINTERS} at once, and the price was there at once: the other threads stayed free."


def _solve_bulkhead() -> tuple[FastAPI, list[tuple[str, int]]]:
    printers = CapacityLimiter(4)

    async def print_when_free(number: int) -> None:
        await run_sync(print_label, number, limiter=printers)

    app = FastAPI()

    @app.get("/prices")
    def read_prices() -> float:
        return 4.90

    @app.post("/labels/{number}", status_code=202)
    async def order_label(number: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(print_when_free, number)

    return app, labels


# 8.5-retire


def _check_retire(retire: Callable[[FastAPI, Callable[[str], None]], None]) -> str:
    noted: list[str] = []

    def note_use(path: str) -> None:
        time.sleep(0.2)
        noted.append(path)

    app = FastAPI()
    old, new = APIRouter(prefix="/v1"), APIRouter(prefix="/v2")
    for router in (old, new):

        @router.get("/prices")
        def read_price(kilograms: Annotated[int, Query(le=30)], background_tasks: BackgroundTasks) -> float:
            if kilograms == 13:
                raise HTTPException(404, "no such price")
            background_tasks.add_task(own.append, "own task")
            return 4.90

    own: list[str] = []
    app.include_router(old)
    app.include_router(new)
    retire(app, note_use)
    with running(app) as server:

        def ask(path: str) -> tuple[httpx.Response, int, list[str]]:
            server.client.hang_up()
            noted.clear()
            with record():
                answer = server.client.get(path)
                at_the_answer = len(noted)
            error = next((text.splitlines()[-1] for text in server.log if text.startswith("ERROR")), "")
            assert not error, f"`GET {path.split('?')[0]}` failed: {error}."
            return answer, at_the_answer, list(noted)

        newer, _, noted_newer = ask("/v2/prices?kilograms=2")
        older, early, noted_older = ask("/v1/prices?kilograms=2")
        absent, early_absent, noted_absent = ask("/v1/prices?kilograms=13")
        heavy, _, noted_heavy = ask("/v1/prices?kilograms=31")
    codes = [answer.status_code for answer in (newer, older, absent, heavy)]
    assert codes == [200, 200, 404, 422], f"the answers should stay 200, 200, 404 and 422, but became {codes}."
    assert "deprecation" in older.headers, (
        "an answer of `/v1` has no `Deprecation` header: headers are set on the response."
    )
    assert "deprecation" not in newer.headers, (
        "`/v2` says that it is deprecated, too: look at the request's path first."
    )
    for what, answer in (("404", absent), ("422", heavy)):
        assert "deprecation" in answer.headers, (
            f"the {what} of `/v1` has no `Deprecation` header: an error is another answer than the one that a dependency "
            "has got. What sees all answers?"
        )
    values = {answer.headers["deprecation"] for answer in (older, absent, heavy)}
    assert values == {"@1798761600"}, f"the header's value should be @1798761600, but is {sorted(values)}."
    assert not noted_newer, "a use of `/v2` was noted: only `/v1` is retired."
    assert noted_older, "a use of `/v1` was not noted."
    assert noted_absent and noted_heavy, (
        "only successes are noted: a client that gets 404 or 422 uses the old version, too."
    )
    assert not early and not early_absent, (
        "the client waited for `note_use`: it takes 0.2 s, so let it run after the answer."
    )
    assert noted_older == ["/v1/prices"], (
        f"one use should be noted as `/v1/prices`, once, but the notes are {noted_older}."
    )
    assert own, "the path operation's own task did not run any more: your background took its place."
    return "Every answer of `/v1` says that it goes, errors included; each use is noted after the answer, and `/v2` is as it was."


def _solve_retire() -> Callable[[FastAPI, Callable[[str], None]], None]:
    def retire(app: FastAPI, note_use: Callable[[str], None]) -> None:
        @app.middleware("http")
        async def say_goodbye(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
            response = await call_next(request)
            if request.url.path.startswith("/v1/"):
                response.headers["Deprecation"] = "@1798761600"
                response.background = BackgroundTask(note_use, request.url.path)
            return response

    return retire


EXERCISES = [
    Exercise(
        id="8.2-silent",
        title="nobody learns who is registered",
        task='`POST /senders` should answer everybody with 202 and `{"status": "Look into your mail."}`, in the same time. A new '
        "address becomes one of the `members` and gets a mail with the subject `Welcome`; a registered one gets "
        "`You are registered already`.",
        check=_check_silent,
        hints=(
            "Which line of the path operation would do something different for Ada and for Grace? Could it stand in the task?",
            "One task for both: it looks the address up and decides. The path operation only adds it.",
            "`mail` blocks for as long as the mail server takes. On which side of `def` and `async def` does it belong?",
        ),
        solution=_solve_silent,
        wants=("app", "value", "value"),
        routes=("POST /senders",),
    ),
    Exercise(
        id="8.3-bulkhead",
        title="four printers, and prices for everybody",
        task="`POST /labels/{number}` should answer 202, and `print_label(number)` should run after that, never more than four "
        "at once, while `GET /prices`, a `def`, is answered without waiting for labels.",
        check=_check_bulkhead,
        hints=(
            "Whoever waits for a printer should not hold one of the 40 threads meanwhile. On which side can a task wait "
            "without a thread?",
            "`anyio.CapacityLimiter(4)` is a pool of four; `await anyio.to_thread.run_sync(function, argument, limiter=...)` takes "
            "a thread within it.",
            "The limiter is made once, beside the app.",
        ),
        solution=_solve_bulkhead,
        wants=("app", "value"),
        routes=("POST /labels/{number}", "GET /prices"),
    ),
    Exercise(
        id="8.5-retire",
        title="an old version says goodbye, in every answer",
        task="`retire(app, note_use)` should give every answer below `/v1/`, errors included, the header `Deprecation: "
        "@1798761600`, and call `note_use` with the request's path after the answer. Answers of `/v2/` stay as they are.",
        check=_check_retire,
        hints=(
            "A dependency sees a request before it is refused, but not the refusal. What sees every answer (section 4.2)?",
            '`@app.middleware("http")` works inside a function that has `app`. The request\'s path is `request.url.path`.',
            "`call_next` gives a response that may carry a `background` of its own, beside the path operation's tasks.",
        ),
        solution=_solve_retire,
        wants="function",
    ),
]
