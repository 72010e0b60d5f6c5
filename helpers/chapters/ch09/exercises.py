"""Chapter 9: its exercises, their checks and reference solutions."""

import contextlib
import importlib
import smtplib
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import httpx
from fastapi import APIRouter, BackgroundTasks, FastAPI, Header, HTTPException, Query, Response
from opentelemetry import propagate, trace
from pydantic import BaseModel, Field

from helpers.chapters import post
from helpers.learning.model import Exercise
from helpers.learning.stubs import missing_route
from helpers.live.recording import record
from helpers.live.server import Server, running
from helpers.services.mailbox import Mailbox
from helpers.wording import logged_error

# 9.1: the public face


class ParcelIn(BaseModel):
    """As in the notebook."""

    to: Annotated[str, Field(min_length=1)]
    email: str
    weight_kg: Annotated[float, Field(gt=0, le=30)]


class Shelved(ParcelIn):
    """As in the notebook."""

    id: int


class ParcelOut(BaseModel):
    """As in the notebook."""

    id: int
    to: str
    weight_kg: float


class Shelf:
    """As in the notebook."""

    def __init__(self) -> None:
        self.parcels: dict[int, Shelved] = {}
        self.keys: dict[str, Shelved] = {}
        self.last = 0

    def add(self, new: ParcelIn) -> Shelved:
        self.last += 1
        self.parcels[self.last] = Shelved(id=self.last, **new.model_dump())
        return self.parcels[self.last]


shelf = Shelf()


def send_receipt(parcel_id: int, email: str) -> None:
    """As in the notebook."""
    post.mail(email, f"Parcel {parcel_id}", "desk@parcels.example")


book = GRACE = {"to": "Grace", "email": "ada@example.org", "weight_kg": 2.5}


@contextlib.contextmanager
def _serving(router: Any, route: str) -> Iterator[Server]:
    """The learner's router as an app, when it has the route."""
    missing = missing_route(router, [route])
    assert not missing, missing.replace("Your app", "Your router")
    app = FastAPI()
    app.include_router(router)
    with running(app) as server:
        yield server


def _ask(server: Server, method: str, path: str, **options: Any) -> httpx.Response:
    server.client.hang_up()  # after a failing task uvicorn closes the connection
    with record():
        answer = server.client.request(method, path, **options)
    assert answer.status_code != 500, f"your function failed, and the client got 500: {logged_error(server.log)}."
    return answer


def _check_create(router: APIRouter, shelf: Shelf, mailbox: Mailbox) -> str:
    with _serving(router, "POST /parcels") as server:
        delay, mailbox.delay = mailbox.delay, 0.3
        before = len(mailbox)
        try:
            with record():
                answer = server.client.post("/parcels", json=GRACE)
                at_the_answer = len(mailbox) - before
        finally:
            mailbox.delay = delay
        letters, error = len(mailbox) - before, logged_error(server.log)
        assert answer.status_code < 500, f"your function failed, and the client got 500: {error}."
        assert answer.status_code == 201, (
            f"201 Created was asked for, but {answer.status_code} came: the decorator takes `status_code=`."
        )
        said = answer.json()
        assert said and "id" in said, f"the parcel with its id should come back, but {said} came."
        assert "email" not in said, (
            "the answer shows the sender's e-mail address to whoever asks. What leaves the house is `ParcelOut`."
        )
        assert said["id"] in shelf.parcels, (
            "the parcel is not on the shelf: `shelf.add(new)` puts it there and gives its id."
        )
        wanted = f"/parcels/{said['id']}"
        place = answer.headers.get("Location", "")
        assert place, f"a 201 says where the new thing is: the header `Location: {wanted}` is missing."
        assert httpx.URL(place).path == wanted, f"`Location` should be `{wanted}`, but it is `{place}`."
        assert not at_the_answer, (
            "the client waited for the letter: `send_receipt` runs before the answer. `add_task` takes the function and its "
            "arguments apart."
        )
        assert not error, f"the client has its 201, but the task then failed, seen by nobody but the log: {error}."
        assert letters == 1, f"one receipt should be sent for each parcel, but {letters or 'none'} came."
        assert mailbox[-1]["To"] == "ada@example.org", (
            f"the receipt went to {mailbox[-1]['To']}, not to the sender's address."
        )
        refused = server.client.post("/parcels", json=GRACE | {"weight_kg": 31})
        assert refused.status_code == 422, f"31 kg is too much, and `ParcelIn` says so, but {refused.status_code} came."
    return "201, the place of the new parcel, no address of the sender, and the receipt after the answer."


def _solve_create() -> tuple[APIRouter, Shelf, Mailbox]:
    creating = APIRouter()

    @creating.post("/parcels", status_code=201)
    def create_parcel(new: ParcelIn, response: Response, background_tasks: BackgroundTasks) -> ParcelOut:
        parcel = shelf.add(new)
        background_tasks.add_task(send_receipt, parcel.id, parcel.email)
        response.headers["Location"] = f"/parcels/{parcel.id}"
        return ParcelOut(**parcel.model_dump())

    return creating, shelf, post.mailbox()


def _check_pages(router: APIRouter, shelf: Shelf) -> str:
    kept = dict(shelf.parcels), dict(shelf.keys), shelf.last
    shelf.parcels.clear()
    try:
        with _serving(router, "GET /parcels") as server:
            return _page_through(server, shelf)
    finally:
        shelf.parcels.clear()
        shelf.parcels.update(kept[0])
        shelf.last = kept[2]


def _page_through(server: Server, shelf: Shelf) -> str:
    def page(query: str) -> list[int]:
        answer = _ask(server, "GET", f"/parcels?{query}")
        assert answer.status_code == 200, f"`?{query}` should be answered with a page, but {answer.status_code} came."
        found = answer.json()
        assert isinstance(found, list), "a page is a list of parcels."
        assert all("email" not in item for item in found), (
            "the list shows the senders' addresses: it is made of `ParcelOut`."
        )
        return [item["id"] for item in found]

    first = [shelf.add(ParcelIn(**GRACE)).id for _ in range(5)]
    top = page("limit=2")
    assert top != first[:2], "the oldest parcels came first. Newest first was asked for."
    assert len(top) == 2, f"`limit=2` should give two parcels, but {len(top)} came."
    assert top == first[:2:-1], "the first page should hold the two newest parcels, the newest first."
    shelf.add(ParcelIn(**GRACE))  # somebody hands in a parcel between two pages
    second = page(f"limit=2&before={top[-1]}")
    assert second[:1] != top[-1:], (
        "the parcel named by `before` came a second time: the next page begins with the one below it."
    )
    assert second == first[2:0:-1], (
        "the second page should go on below the parcel that `before` names, whatever was handed in meanwhile. `before` is an "
        "id, not a number of parcels to skip."
    )
    del shelf.parcels[first[1]]
    assert page(f"limit=2&before={first[1]}") == [first[0]], (
        "the parcel that `before` names has been fetched meanwhile, and the list broke. Compare ids; do not look it up."
    )
    assert page(f"before={first[0]}") == [], "below the oldest parcel there is nothing: an empty list, not an error."
    codes = {limit: _ask(server, "GET", f"/parcels?limit={limit}").status_code for limit in (0, 101)}
    assert codes[101] == 422, "`limit=101` was accepted: without an upper limit one request can ask for everything."
    assert codes[0] == 422, "`limit=0` was accepted: a page holds at least one parcel."
    for _ in range(25):
        shelf.add(ParcelIn(**GRACE))
    plain = page("")
    assert len(plain) == 20, f"without `limit` a page holds 20 parcels, but {len(plain)} came."
    return "No parcel came twice and none was missed, though one came and one went between the pages."


def _solve_pages() -> tuple[APIRouter, Shelf]:
    listing = APIRouter()

    @listing.get("/parcels")
    def list_parcels(limit: Annotated[int, Query(ge=1, le=100)] = 20, before: int | None = None) -> list[ParcelOut]:
        newest_first = sorted(shelf.parcels.values(), key=lambda parcel: parcel.id, reverse=True)
        older = [parcel for parcel in newest_first if before is None or parcel.id < before]
        return [ParcelOut(**parcel.model_dump()) for parcel in older[:limit]]

    return listing, shelf


def _check_retry(router: APIRouter, shelf: Shelf, mailbox: Mailbox) -> str:
    with _serving(router, "POST /parcels") as server:
        letters, parcels = len(mailbox), len(shelf.parcels)

        def hand_in(key: str | None, **changes: Any) -> httpx.Response:
            headers = {} if key is None else {"Idempotency-Key": key}
            return _ask(server, "POST", "/parcels", json=GRACE | changes, headers=headers)

        def tell(code: int) -> str:
            return f"a parcel with a new key should be answered with 201, but {code} came."

        shelf.keys.clear()
        first = hand_in("a")
        assert first.status_code == 201, tell(first.status_code)
        again = hand_in("a")
        count = len(shelf.parcels) - parcels
        assert count == 1, (
            f"the same key came twice and the shelf holds {count} parcels. A client that repeats a request because it heard "
            "nothing wants one."
        )
        assert again.status_code == 201 and again.json() == first.json(), (
            "the repeated request should get the first one's answer, so that the client that missed it reads it now; "
            f"{again.status_code} came with {again.json()}."
        )
        assert again.headers.get("Location") == first.headers.get("Location") != None, (  # noqa: E711
            "both answers should name the same `Location`."
        )
        assert len(mailbox) - letters == 1, (
            f"one parcel should have one receipt, but {len(mailbox) - letters} came: the task belongs to the branch in which "
            "the parcel is new."
        )
        other = hand_in("b")
        assert other.status_code == 201 and other.json() != first.json(), (
            "another key is another parcel, even when the contents are equal: two books may weigh the same."
        )
        clash = hand_in("a", to="Ada")
        assert clash.status_code == 409, (
            f"the same key came with another addressee, and {clash.status_code} was answered. That is a mistake of the client, "
            "and 409 tells it so; the first parcel's answer would hide it."
        )
        keyless = hand_in(None)
        assert keyless.status_code == 422, (
            f"without a key nothing can be recognised, so the header is required; {keyless.status_code} came."
        )
    return "A repeated request finds its parcel and its answer; another body under the same key is refused."


def _solve_retry() -> tuple[APIRouter, Shelf, Mailbox]:
    retrying = APIRouter()

    @retrying.post("/parcels", status_code=201)
    def create_parcel_once(
        new: ParcelIn,
        idempotency_key: Annotated[str, Header()],
        response: Response,
        background_tasks: BackgroundTasks,
    ) -> ParcelOut:
        parcel = shelf.keys.get(idempotency_key)
        if parcel is None:
            parcel = shelf.keys[idempotency_key] = shelf.add(new)
            background_tasks.add_task(send_receipt, parcel.id, parcel.email)
        elif parcel.model_dump(exclude={"id"}) != new.model_dump():
            raise HTTPException(409, "This key was used for another parcel.")
        response.headers["Location"] = f"/parcels/{parcel.id}"
        return ParcelOut(**parcel.model_dump())

    return retrying, shelf, post.mailbox()


def _face(pick: Callable[[list[int], int, int | None, int], list[int]]) -> FastAPI:
    """The public face with parcels of its own; `pick` chooses a page's ids."""
    own, app = Shelf(), FastAPI()
    own.last = 100  # an id is not taken for a number of parcels by chance

    @app.post("/parcels", status_code=201)
    def create(new: ParcelIn) -> ParcelOut:
        return ParcelOut(**own.add(new).model_dump())

    @app.get("/parcels")
    def pages(
        limit: Annotated[int, Query(ge=1, le=100)] = 20, before: int | None = None, offset: int = 0
    ) -> list[ParcelOut]:
        ids = pick(sorted(own.parcels, reverse=True), limit, before, offset)
        return [ParcelOut(**own.parcels[number].model_dump()) for number in ids]

    return app


def _below(ids: list[int], before: int | None) -> list[int]:
    return [number for number in ids if before is None or number < before]


BROKEN = {
    "ignores `limit` and gives everything": lambda ids, limit, before, offset: _below(ids, before),
    "gives the parcel named by `before` once more": lambda ids, limit, before, offset: _below(
        ids, None if before is None else before + 1
    )[:limit],
    "takes `before` as a number of parcels to skip": lambda ids, limit, before, offset: ids[before or 0 :][:limit],
    "lists the oldest first": lambda ids, limit, before, offset: [
        number for number in reversed(ids) if before is None or number > before
    ][:limit],
}


def _check_tests(test: Callable[[httpx.Client], Any]) -> str:
    def passes(pick: Callable[..., list[int]]) -> str:
        with running(_face(pick)) as server:
            try:
                outcome = test(server.client)
            except Exception as error:
                return f"{type(error).__name__}: {error}".rstrip(": ")
        if hasattr(outcome, "__await__"):
            outcome.close()
        assert not hasattr(outcome, "__await__"), (
            "the test is `async def`, and nobody awaits it: this client needs no `await`."
        )
        assert outcome is None, "a test tells by `assert`; what it returns is never looked at."
        return ""

    failed = passes(lambda ids, limit, before, offset: _below(ids, before)[:limit])
    assert not failed, f"your test fails for an API that keeps the contract ({failed}). It would hold up every change."
    for fault, pick in BROKEN.items():
        assert passes(pick), f"your test also passes for an API that {fault}."
    return f"Your test passes for the right API and fails for {len(BROKEN)} broken ones."


def _solve_tests() -> Callable[[httpx.Client], None]:
    def test_pages(client: httpx.Client) -> None:
        ids = [client.post("/parcels", json=book).json()["id"] for _ in range(4)]
        top = [parcel["id"] for parcel in client.get("/parcels?limit=2").json()]
        assert top == [ids[3], ids[2]]
        client.post("/parcels", json=book)
        rest = [parcel["id"] for parcel in client.get(f"/parcels?limit=2&before={top[-1]}").json()]
        assert rest == [ids[1], ids[0]]

    return test_pages


# 9.2: the outbox

FILES = Path(__file__).parents[3] / "notebooks" / "09_case_studies_and_projects"
# Filled by `_load`, because SQLAlchemy takes its time to be imported; the notebook has them from the same places.
Letter: Any = None
Parcel: Any = None
Session: Any = None
col: Any = None
now: Any = None
select: Any = None
update: Any = None


def _load() -> Any:
    """The chapter's module `outbox.models`; leaves no compiled files beside the notebook."""
    import sqlmodel

    written, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        if str(FILES) not in sys.path:
            sys.path.append(str(FILES))
        models = importlib.import_module("outbox.models")
    finally:
        sys.dont_write_bytecode = written
    names = {name: getattr(models, name) for name in ("Letter", "Parcel", "now")}
    globals().update(names, **{name: getattr(sqlmodel, name) for name in ("Session", "col", "select", "update")})
    return models


@contextlib.contextmanager
def _database() -> Iterator[Any]:
    """An engine for an empty database in a file of its own."""
    from sqlmodel import create_engine

    models = _load()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        engine = create_engine(f"sqlite:///{folder}/parcels.db")
        models.Table.metadata.create_all(engine)
        try:
            yield engine
        finally:
            engine.dispose()


def _kept(engine: Any) -> tuple[list[Any], list[Any]]:
    """What another connection sees: the parcels and the letters that are committed."""
    with Session(engine) as session:
        return list(session.exec(select(Parcel))), list(session.exec(select(Letter)))


def _check_write(create_parcel: Callable[..., Any]) -> str:
    from sqlalchemy import event
    from sqlalchemy.exc import IntegrityError

    with _database() as engine:
        new = _load().ParcelIn(**GRACE)
        seen: list[tuple[int, ...]] = []
        with Session(engine) as session:
            event.listen(session, "after_commit", lambda _: seen.append(tuple(map(len, _kept(engine)))))
            number = getattr(create_parcel(session, "key-1", new), "id", None)
        parcels, letters = _kept(engine)
        assert parcels or letters, "nothing is stored: when a session is closed, what was not committed is rolled back."
        assert (1, 0) not in seen[:-1], (
            "after one of your commits the database held a parcel and no letter. A kill at that moment loses the letter: "
            "`session.flush()` gives the parcel its id without a commit."
        )
        assert (0, 1) not in seen, (
            "after one of your commits the database held a letter and no parcel. A kill at that moment thanks for a parcel "
            "that nobody has."
        )
        assert letters, "the parcel is stored, and nobody owes it a letter: add a `Letter` in the same transaction."
        assert len(letters) == 1, f"one parcel owes one letter, but {len(letters)} were stored."
        assert number is not None, "the function should return the parcel, with its id."
        assert letters[0].parcel_id == parcels[0].id, (
            "the letter does not name its parcel: `parcel_id` is the parcel's id."
        )
        assert letters[0].to == GRACE["email"], (
            f"the letter goes to the e-mail address, but yours goes to `{letters[0].to}`."
        )
        assert letters[0].sent_at is None, "the letter is noted as sent, and nobody has sent it: leave `sent_at` empty."
        with Session(engine) as session, contextlib.suppress(IntegrityError):
            create_parcel(session, "key-1", new)
        assert tuple(map(len, _kept(engine))) == (1, 1), (
            "the same key came twice, and something of the second try was stored. All of it belongs into one transaction."
        )
    return "At no moment does the database hold one without the other."


def _solve_write() -> Callable[..., Any]:
    def create_parcel(session: Session, key: str, new: ParcelIn) -> Parcel:
        parcel = Parcel(key=key, **new.model_dump())
        session.add(parcel)
        session.flush()  # gives the parcel its id, and commits nothing
        assert parcel.id is not None
        session.add(Letter(parcel_id=parcel.id, to=parcel.email))
        session.commit()
        return parcel

    return create_parcel


class _Killed(BaseException):
    """Ends a relay where it stands, as `kill -9` ends a process: nobody catches it, nothing after it runs."""


class _Post:
    """A mail server that kills whoever sends letter `kill`, before it took the letter or after, and refuses `refuse`."""

    def __init__(self, kill: int = 0, after: bool = False, refuse: int = 0):
        self.kill, self.after, self.refuse = kill, after, refuse
        self.taken: list[int] = []

    def __call__(self, letter: Any) -> None:
        number = letter.id
        if number == self.refuse:
            raise smtplib.SMTPDataError(451, b"try again later")
        if number == self.kill and not self.after:
            raise _Killed
        self.taken.append(number)
        if number == self.kill:
            raise _Killed


def _relay_once(relay: Callable[..., Any], engine: Any, post: _Post) -> Any:
    with Session(engine) as session, contextlib.suppress(_Killed):
        return relay(session, post)


@contextlib.contextmanager
def _three_owed() -> Iterator[Any]:
    with _database() as engine:
        with Session(engine) as session:
            for number in range(1, 4):
                session.add(Parcel(key=f"key-{number}", **GRACE))
                session.flush()
                session.add(Letter(parcel_id=number, to=f"{number}@example.org"))
            session.commit()
        yield engine


def _check_relay(relay: Callable[..., Any]) -> str:
    with _three_owed() as engine:
        post = _Post()
        count = _relay_once(relay, engine, post)
        assert post.taken, "three letters are owed, and none was sent: `send(letter)` hands one to the mail server."
        assert sorted(post.taken) == [1, 2, 3], f"three letters are owed, but these were sent: {post.taken}."
        assert post.taken == [1, 2, 3], (
            f"the letter that is owed longest goes first; yours went in the order {post.taken}."
        )
        _relay_once(relay, engine, post)
        assert len(post.taken) == 3, (
            "the second round sent letters again: what is sent gets its `sent_at`, and a commit."
        )
        assert count == 3, f"three letters were sent, and the function should return 3; it returned {count}."
    with _three_owed() as engine:
        _relay_once(relay, engine, _Post(kill=2))
        again = _Post()
        _relay_once(relay, engine, again)
        assert 2 in again.taken, (
            "the process was killed before the mail server had the second letter, and nobody sent it afterwards: it was noted "
            "as sent too early. First send, then note it."
        )
        assert 1 not in again.taken, (
            "the process was killed at the second letter, and afterwards the first one was sent once more: its note was not "
            "committed yet. Commit after each letter."
        )
        assert 3 in again.taken, "the process was killed at the second letter, and the third one was lost."
    with _three_owed() as engine:
        post = _Post(refuse=1)
        count = _relay_once(relay, engine, post)
        assert post.taken == [2, 3], (
            "the mail server refused the first letter, and the others were not sent: one bad address must not hold up the "
            "rest. An `OSError` belongs to its letter."
        )
        assert count == 2, f"one of three letters was refused, so two were sent, but the function returned {count}."
        post.refuse = 0
        _relay_once(relay, engine, post)
        assert post.taken[2:] == [1], (
            "the refused letter was never sent again: it stays owed until the mail server has it."
        )
    return "A kill before, between or after loses no letter, and a refused letter holds up nobody."


def _solve_relay() -> Callable[..., Any]:
    def relay(session: Session, send: Callable[[Letter], None]) -> int:
        sent = 0
        for letter in session.exec(select(Letter).where(col(Letter.sent_at).is_(None)).order_by(col(Letter.id))).all():
            try:
                send(letter)
            except OSError:  # the mail server refused this one: it stays owed, and the others go out
                continue
            letter.sent_at = now()
            session.commit()
            sent += 1
        return sent

    return relay


def _check_change(change_address: Callable[..., Any]) -> str:
    from sqlalchemy import event

    def stored(engine: Any) -> tuple[str, int]:
        parcel = _kept(engine)[0][0]
        return parcel.to, parcel.version

    def change(engine: Any, version: int, to: str, number: int = 1) -> Any:
        with Session(engine) as session:
            return change_address(session, number, version, to)

    with _three_owed() as engine:
        assert change(engine, 1, "Ada") is True, (
            "the parcel has version 1 and version 1 was named, so the answer is `True`."
        )
        to, version = stored(engine)
        assert to == "Ada", f"the address should be changed and committed, but another connection still reads {to}."
        assert version == 2, (
            f"every change raises the version by one; after the first it should be 2, but it is {version}."
        )
        assert [parcel.to for parcel in _kept(engine)[0]] == ["Ada", "Grace", "Grace"], (
            "other parcels were changed too: the condition needs the parcel's id."
        )
        answer = change(engine, 1, "Grace")
        assert stored(engine) == ("Ada", 2), (
            "version 1 was named, the parcel had version 2, and it was changed all the same."
        )
        assert answer is False, f"nothing was changed, so the answer is `False`, but `{answer}` came."
        assert change(engine, 1, "Ada", number=99) is False, (
            "there is no parcel 99, so nothing can be changed: `False`."
        )
    with _three_owed() as engine:
        # Whoever reads waits until the other has read too: the moment that a busy day brings about by itself.
        barrier = threading.Barrier(2)

        def meet(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
            if statement.lstrip().upper().startswith("SELECT"):
                with contextlib.suppress(threading.BrokenBarrierError):
                    barrier.wait(0.5)

        event.listen(engine, "after_cursor_execute", meet)
        answers: list[Any] = []
        clients = [
            threading.Thread(target=lambda to=to: answers.append(change(engine, 1, to)), daemon=True)
            for to in ("Ada", "Grace")
        ]
        for client in clients:
            client.start()
        for client in clients:
            client.join(8)
        assert answers.count(True) < 2, (
            "two clients read version 1 at the same moment, both changed the address, and both were told that it worked: one "
            "change is lost. Comparing in Python comes too early; let the `UPDATE` itself compare."
        )
        assert answers.count(True) == 1, "two clients named version 1 at the same moment, and neither of them won."
    return "Of two changes to the same version one wins, and the other is told."


def _solve_change() -> Callable[..., Any]:
    def change_address(session: Session, parcel_id: int, version: int, to: str) -> bool:
        mine = (col(Parcel.id) == parcel_id) & (col(Parcel.version) == version)
        result = session.exec(update(Parcel).where(mine).values(to=to, version=version + 1))
        session.commit()
        return result.rowcount == 1

    return change_address


# 9.3: a trace that goes on in another process


def _check_trace(continue_trace: Callable[..., Any]) -> str:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracer, carrier, inside = provider.get_tracer("check"), {}, []
    with tracer.start_as_current_span("POST /parcels") as request:
        propagate.inject(carrier)
    exporter.clear()

    def work() -> str:
        inside.append(trace.get_current_span())
        return "mailed"

    def fail() -> None:
        raise ConnectionError("the mail server is away")

    result = continue_trace(tracer, carrier["traceparent"], "receipt", work)
    assert inside, "the work was not done: call `work()`."
    assert len(inside) == 1, f"the work was done {len(inside)} times."
    spans = exporter.get_finished_spans()
    assert spans, "no span has ended. A span that is started without `with` needs its `end()`."
    span = spans[-1]
    context = span.get_span_context()
    assert context is not None and span.name == "receipt", (
        f"the span should be called `receipt`, as the job is, but it is called `{span.name}`."
    )
    assert span.parent and context.trace_id == request.get_span_context().trace_id, (
        "the span began a trace of its own, and the request's ends at the queue. `propagate.extract` makes a context of the "
        "`traceparent`, and the span takes it as `context=`."
    )
    assert inside[0].get_span_context().span_id == context.span_id, (
        "while the work runs, the open span is not the job's, so whatever the work traces hangs elsewhere: "
        "`start_as_current_span` makes it the current one."
    )
    assert result == "mailed", f"what the work returns should come back, but `{result}` came."
    exporter.clear()
    try:
        continue_trace(tracer, carrier["traceparent"], "receipt", fail)
    except ConnectionError:
        pass
    else:
        raise AssertionError(
            "the work failed, and nobody was told: the queue takes the job for done. Let the error pass."
        )
    spans = exporter.get_finished_spans()
    assert spans and spans[-1].status.status_code is trace.StatusCode.ERROR, (
        "the work failed, and its span says nothing of it: a span that is left by the error itself notes it."
    )
    return "The job's span continues the request's trace, and says when the work failed."


def _solve_trace() -> Callable[..., Any]:
    def continue_trace(tracer: trace.Tracer, traceparent: str, name: str, work: Callable[[], Any]) -> Any:
        context = propagate.extract({"traceparent": traceparent})
        with tracer.start_as_current_span(name, context=context):
            return work()

    return continue_trace


# 9.4: a review, and eight faults

REMARKS = {
    "a": "blocks the event loop",
    "b": "breaks the contract's status code",
    "c": "puts an e-mail address into the URL, and so into logs",
    "d": "is dropped when the path operation raises",
    "e": "fails with a TypeError, after the answer",
    "f": "says that something happened which has not happened yet",
    "g": "blocks a worker thread for good",
    "h": "runs at the same moment as another task and races with it",
}
# What a reader may take for a fault: the line's words, and why it is none.
INNOCENT = {
    "time.sleep(0.1)  # the audit's disk": "`note_audit` is a `def` task: it sleeps in a worker thread, and gives it back.",
    'language: Literal["en", "fr"] = "en",': "a query parameter with two allowed values and a default breaks no client.",
    "background_tasks.add_task(mail_reminder, EMAILS[parcel_id], language)": "a task with its arguments, added after the refusal.",
    "journal.append": "both tasks append to one list, one after the other, and an append is atomic anyway.",
}
GUILTY = {
    "async def mail_reminder": "a",
    '@app.post("/parcels/{parcel_id}/reminders"': "b",
    "asked_by: str": "c",
    "background_tasks.add_task(note_audit, asked_by)": "d",
    "on_failure=note_audit": "e",
    'Reminder(status="sent")': "f",
}


def _lines() -> list[str]:
    return (FILES / "team" / "after.py").read_text(encoding="utf-8").splitlines()


def _line(words: str) -> int:
    return next(number for number, line in enumerate(_lines(), start=1) if words in line)


def _check_review(remarks: dict[int, str]) -> str:
    assert isinstance(remarks, dict), (
        "a review is a dictionary: a line's number, and the letter of what is wrong with it."
    )
    wanted = {_line(words): letter for words, letter in GUILTY.items()}
    blocking, dropped = _line("async def mail_reminder"), _line("background_tasks.add_task(note_audit, asked_by)")
    # A fault may be named where it is made or where it strikes.
    same = {blocking + 1: blocking, dropped + 1: dropped, dropped + 2: dropped}
    said: dict[int, str] = {}
    for number, letter in remarks.items():
        assert isinstance(number, int) and 1 <= number <= len(_lines()), f"`{number}` is no line of `after.py`."
        letter = str(letter).strip().lower()
        assert letter in REMARKS, f"`{letter}` is none of the letters {', '.join(REMARKS)}."
        said[same.get(number, number)] = letter
    for number, letter in said.items():
        words = _lines()[number - 1].strip()
        innocent = next((why for part, why in INNOCENT.items() if part in words), "")
        assert not (innocent and number not in wanted), f"line {number} is sound: {innocent}"
        assert number in wanted, f"line {number}, `{words or ' '}`, is not where anything goes wrong."
        assert letter == wanted[number], (
            f"line {number} is rightly objected to, but not because it {REMARKS[letter]}. Ask what happens there after the "
            "answer, or instead of it."
        )
    missing = len(wanted) - len(said)
    assert not missing, (
        f"{len(said)} of {len(wanted)} faults are named, and all of these rightly. Look for the {'rest' if missing > 1 else 'last'} "
        "among: " + ", ".join(sorted(f"({letter})" for number, letter in wanted.items() if number not in said)) + "."
    )
    return "All six, with their reasons. A comparison of descriptions sees two of them, (b) and (c), and a type checker one more, (e)."


def _solve_review() -> dict[int, str]:
    remarks = {
        24: "a",  # `async def` with `time.sleep`: nobody is answered for 0.3 s
        46: "b",  # the contract's 202 became FastAPI's default, 200
        49: "c",  # a plain `str` of a POST is a query parameter
        53: "d",  # a 404 drops the task, so the audit misses those who tried
        57: "e",  # `on_failure` goes to `note_audit`, which has no such parameter
        58: "f",  # the mail is sent after these words, or never
    }
    return remarks


CAUSES = {
    "a": "an `async def` task blocks the event loop",
    "b": "the tasks take all worker threads",
    "c": "an argument of the task is computed before the answer",
    "d": "tasks wait for each other that could run at the same time",
    "e": "a database session stays open until the task has ended",
    "f": "a place under `max_concurrency` stays taken until the task has ended",
    "g": "a failing task takes the next one with it",
    "h": "the change itself is made in the task",
    "i": "the task is cancelled when the client hangs up",
    "j": "the task starts before the answer is sent",
    "k": "nothing: it is sound",
}
FAULTS = {
    "POST /parcels": "c",
    "POST /photos": "a",
    "POST /labels": "b",
    "POST /surveys": "k",
    "POST /claims": "e",
    "POST /orders": "g",
    "GET /slots": "f",
    "PUT /address": "h",
    "POST /notices": "d",
    "POST /exports": "k",
}
# What a measurement shows of each path operation, without the cause.
SHOWN = {
    "POST /parcels": "its own client waits, while nobody else does, and its task is short",
    "POST /photos": "while its task runs, both `/ping` and `/price` wait for its whole length",
    "POST /labels": "45 requests are answered at once; then `/price`, a `def`, waits, and `/ping` does not",
    "POST /surveys": "its client, `/ping` and `/price` are all answered at once, while its task takes its time",
    "POST /claims": "two requests are answered at once, and the third, while their tasks run, gets 500",
    "POST /orders": "of its two tasks only the first appears in the timeline, with an error",
    "GET /slots": "the second request waits as long as the first one's task runs, and nobody else does",
    "PUT /address": "a GET right after its 204 still reads the old address",
    "POST /notices": "each of its tasks starts when the one before has ended, though all of them only wait",
    "POST /exports": "its client, `/ping` and `/price` are all answered at once, while its task takes its time",
}


def _check_faults(findings: dict[str, str]) -> str:
    assert isinstance(findings, dict), 'findings are a dictionary: `{"POST /parcels": "k", ...}`.'
    said = {str(operation).strip(): str(letter).strip().lower() for operation, letter in findings.items()}
    for operation, letter in said.items():
        assert operation in FAULTS, (
            f"there is no `{operation}`. There are: {', '.join(f'`{name}`' for name in FAULTS)}."
        )
        assert letter in CAUSES, f"`{letter}` is none of the letters {', '.join(CAUSES)}."
    assert len(said) < len(FAULTS) or len(set(said.values())) > 1, (
        "ten times the same letter: measure one after the other."
    )
    right = [operation for operation, letter in said.items() if FAULTS[operation] == letter]
    found = f"{len(right)} of {len(FAULTS)} are right."
    for operation, letter in said.items():
        if FAULTS[operation] == letter:
            continue
        if letter == "k":
            raise AssertionError(f"{found} `{operation}` is not sound: {SHOWN[operation]}.")
        raise AssertionError(f"{found} `{operation}`, ({letter}) {CAUSES[letter]}? Measured: {SHOWN[operation]}.")
    missing = [operation for operation in FAULTS if operation not in said]
    assert not missing, f"{found} Not judged yet: {', '.join(f'`{operation}`' for operation in missing)}."
    return "Eight faults found, each by what it does to somebody, and two path operations rightly left alone."


def _solve_faults() -> dict[str, str]:
    findings = {
        "POST /parcels": "c",  # its own client waits 0.3 s: `draw_receipt()` is called to make the argument
        "POST /photos": "a",  # /ping and /price wait for the task's whole length
        "POST /labels": "b",  # with 45 requests /price waits, and /ping does not
        "POST /surveys": "k",  # a `def` task that sleeps: nobody notices
        "POST /claims": "e",  # the third request gets 500 while two tasks run
        "POST /orders": "g",  # the first task fails, the second is not in the timeline
        "GET /slots": "f",  # the second request waits for the first one's task
        "PUT /address": "h",  # a GET after the 204 reads the old address
        "POST /notices": "d",  # three waits of 0.2 s, one after the other
        "POST /exports": "k",  # an `async def` task that awaits: nobody notices
    }
    return findings


EXERCISES = [
    Exercise(
        id="9.1-create",
        title="a parcel is handed in",
        task="`POST /parcels` should put the parcel on the shelf, answer 201 with a `ParcelOut` and its `Location`, and mail the "
        "receipt after that.",
        check=_check_create,
        hints=(
            "Which status code says that something was created, and where does a decorator take it?",
            "`response.headers[...]` writes a header of the answer that FastAPI will send.",
            "`background_tasks.add_task(function, argument, ...)` gets the function and its arguments, without calling it.",
        ),
        solution=_solve_create,
        wants=("value", "value", "value"),
    ),
    Exercise(
        id="9.1-pages",
        title="pages that hold still",
        task="`GET /parcels` should give at most `limit` parcels (1 to 100, 20 when nothing is said), newest first, and with "
        "`before` only those whose id is below it.",
        check=_check_pages,
        hints=(
            "The ids only grow. What does that say about the order of the shelf?",
            "`Annotated[int, Query(ge=1, le=100)]` refuses what is too small or too much.",
            "A parcel belongs to the page if its id is smaller than `before`; is `before` itself still needed on the shelf?",
        ),
        solution=_solve_pages,
        wants=("value", "value"),
    ),
    Exercise(
        id="9.1-retry",
        title="a request that may be repeated",
        task="`POST /parcels` should know a repeated `Idempotency-Key`: same parcel, same answer, no second receipt, and 409 when "
        "the body differs.",
        check=_check_retry,
        hints=(
            "`shelf.keys` remembers which parcel a key has made. What is to be done when it knows the key?",
            "Which of your lines belong only to the first time: the shelf, the receipt, the `Location`, the answer?",
            '`parcel.model_dump(exclude={"id"})` is what the first body was.',
        ),
        solution=_solve_retry,
        wants=("value", "value", "value"),
    ),
    Exercise(
        id="9.1-tests",
        title="a test with teeth",
        task="`test_pages(client)` should pass for an API whose pages hold still, and fail for every one whose pages do not.",
        check=_check_tests,
        hints=(
            "Hand in four parcels, and read two pages of two. Which ids must they hold, in which order?",
            "A page that counts from the top looks right until something arrives between two pages.",
        ),
        solution=_solve_tests,
        wants="function",
    ),
    Exercise(
        id="9.2-write",
        title="both or neither",
        task="`create_parcel` should store the parcel and the letter that it owes so that no moment exists at which one is "
        "stored without the other, and return the parcel.",
        check=_check_write,
        hints=(
            "How many commits may there be?",
            "The letter needs the parcel's id, which the database gives. What does `session.flush()` do?",
        ),
        solution=_solve_write,
        wants="function",
    ),
    Exercise(
        id="9.2-relay",
        title="sent, then noted",
        task="`relay` should send every letter that is owed, oldest first, note each in `sent_at`, survive a kill at any moment "
        "without losing one, and return how many it sent.",
        check=_check_relay,
        hints=(
            "Two steps, sending and noting. Which order loses a letter when the process dies between them?",
            "When is a note safe? After which call?",
            "smtplib's errors are `OSError`s. What becomes of the other letters when one is refused?",
        ),
        solution=_solve_relay,
        wants="function",
    ),
    Exercise(
        id="9.2-change",
        title="one of two wins",
        task="`change_address` should change the addressee and raise the version, if the parcel still has the version that the "
        "client read; it says by `True` or `False` whether it did.",
        check=_check_change,
        hints=(
            "Between reading a version in Python and writing, another client may write. Who can compare and write in one step?",
            "`update(Parcel).where(...).values(...)`: the result's `rowcount` says how many rows it changed.",
        ),
        solution=_solve_change,
        wants="function",
    ),
    Exercise(
        id="9.3-trace",
        title="a trace that does not end at the queue",
        task="`continue_trace` should do the work inside a span of the job's name that continues the request's trace, return what "
        "the work returns, and let its errors pass.",
        check=_check_trace,
        hints=(
            "The header came as text. `propagate.extract({...})` makes a context of it.",
            "`tracer.start_as_current_span(name, context=...)` is a `with` block: what does it do when the block raises?",
        ),
        solution=_solve_trace,
        wants="function",
    ),
    Exercise(
        id="9.4-review",
        title="a review of a change",
        task="Name the six faults of `after.py`: a dictionary from the line's number to the letter of what is wrong with it.",
        check=_check_review,
        hints=(
            "Go through the checklist above, one question at a time, not through the file line by line.",
            "Four of the six happen after the answer or instead of it. Which lines of `remind` run when the parcel is unknown?",
            "Compare the decorator with the contract, and the last line with what has happened by then.",
        ),
        solution=_solve_review,
        wants="value",
    ),
    Exercise(
        id="9.4-faults",
        title="eight faults, found by measuring",
        task="Say of each of the ten path operations what is wrong with its timing: a dictionary from `POST /parcels` and so on to "
        "a letter.",
        check=_check_faults,
        hints=(
            "`watch` every path operation once. Who waits: its own client, `/ping`, `/price`, the second client, a task?",
            "`/ping` is `async def`, `/price` is `def`. What does it mean when both wait, and when only `/price` does?",
            'Some faults need company: `watch("POST", "/labels", times=45)`, `watch("GET", "/slots", times=2)`, three claims.',
            "Two look sound until you ask for the outcome: read the address after its PUT, and count the tasks of an order.",
        ),
        solution=_solve_faults,
        wants="value",
    ),
]
