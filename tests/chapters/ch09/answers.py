"""What learners pass to the exercises of chapter 9."""

from typing import Annotated

import httpx
from fastapi import APIRouter, BackgroundTasks, Header, HTTPException, Query, Response
from opentelemetry import propagate, trace
from sqlmodel import Session, col, select, text, update

from helpers.chapters.ch09 import exercises as chapter_09
from helpers.chapters.ch09.exercises import (
    GRACE,
    ParcelIn,
    ParcelOut,
    Shelved,
    _solve_faults,
    _solve_review,
    send_receipt,
    shelf,
)
from helpers.chapters.post import mailbox
from tests.chapters.answers import right, stub, wrong

models = chapter_09._load()
Letter, Parcel, now = models.Letter, models.Parcel, models.now


# 9.1-create


def creating(function, **options):
    """A router whose `POST /parcels` is `function`, and what the check is given with it."""
    router = APIRouter()
    router.post("/parcels", **({"status_code": 201} | options))(function)
    return router, shelf, mailbox()


@stub("9.1-create")
def create_shipped():
    def create_parcel(new: ParcelIn, response: Response, background_tasks: BackgroundTasks) -> ParcelOut: ...

    return creating(create_parcel, status_code=200)


def create_well(new: ParcelIn, response: Response, background_tasks: BackgroundTasks) -> ParcelOut:
    parcel = shelf.add(new)
    background_tasks.add_task(send_receipt, parcel.id, parcel.email)
    response.headers["Location"] = f"/parcels/{parcel.id}"
    return ParcelOut(**parcel.model_dump())


@wrong("9.1-create", says="201 Created was asked for, but 200 came")
def create_with_200():
    return creating(create_well, status_code=200)


@wrong("9.1-create", says="`Location: /parcels/")
def create_without_location():
    def create_parcel(new: ParcelIn, background_tasks: BackgroundTasks) -> ParcelOut:
        parcel = shelf.add(new)
        background_tasks.add_task(send_receipt, parcel.id, parcel.email)
        return ParcelOut(**parcel.model_dump())

    return creating(create_parcel)


@wrong("9.1-create", says="shows the sender's e-mail address")
def create_tells_all():
    def create_parcel(new: ParcelIn, response: Response, background_tasks: BackgroundTasks) -> Shelved:
        parcel = shelf.add(new)
        background_tasks.add_task(send_receipt, parcel.id, parcel.email)
        response.headers["Location"] = f"/parcels/{parcel.id}"
        return parcel

    return creating(create_parcel)


@wrong("9.1-create", says="the client waited for the letter")
def create_mails_first():
    def create_parcel(new: ParcelIn, response: Response) -> ParcelOut:
        parcel = shelf.add(new)
        send_receipt(parcel.id, parcel.email)
        response.headers["Location"] = f"/parcels/{parcel.id}"
        return ParcelOut(**parcel.model_dump())

    return creating(create_parcel)


@wrong("9.1-create", says="the task then failed")
def create_without_arguments():
    def create_parcel(new: ParcelIn, response: Response, background_tasks: BackgroundTasks) -> ParcelOut:
        parcel = shelf.add(new)
        background_tasks.add_task(send_receipt)
        response.headers["Location"] = f"/parcels/{parcel.id}"
        return ParcelOut(**parcel.model_dump())

    return creating(create_parcel)


@wrong("9.1-create", says="the parcel is not on the shelf")
def create_nothing():
    def create_parcel(new: ParcelIn, response: Response, background_tasks: BackgroundTasks) -> ParcelOut:
        background_tasks.add_task(send_receipt, 0, new.email)
        response.headers["Location"] = "/parcels/0"
        return ParcelOut(id=0, **new.model_dump())

    return creating(create_parcel)


@wrong("9.1-create", says="Your router has no `POST /parcels`")
def create_elsewhere():
    router = APIRouter(prefix="/api")
    router.post("/parcels", status_code=201)(create_well)
    return router, shelf, mailbox()


@right("9.1-create")
def create_filtered_by_type():
    def create_parcel(new: ParcelIn, response: Response, background_tasks: BackgroundTasks) -> Shelved:
        parcel = shelf.add(new)
        response.headers["Location"] = f"/parcels/{parcel.id}"
        background_tasks.add_task(send_receipt, email=parcel.email, parcel_id=parcel.id)
        return parcel

    return creating(create_parcel, response_model=ParcelOut)


# 9.1-pages


def listing(function):
    router = APIRouter()
    router.get("/parcels")(function)
    return router, shelf


def out(parcels) -> list[ParcelOut]:
    return [ParcelOut(**parcel.model_dump()) for parcel in parcels]


Limit = Annotated[int, Query(ge=1, le=100)]


def newest() -> list[Shelved]:
    return sorted(shelf.parcels.values(), key=lambda parcel: -parcel.id)


@stub("9.1-pages")
def pages_shipped():
    def list_parcels(limit: int = 20, before: int | None = None) -> list[ParcelOut]: ...

    return listing(list_parcels)


@wrong("9.1-pages", says="not a number of parcels to skip")
def pages_by_offset():
    def list_parcels(limit: Limit = 20, before: int = 0) -> list[ParcelOut]:
        return out(newest()[before:][:limit])

    return listing(list_parcels)


@wrong("9.1-pages", says="the oldest parcels came first")
def pages_oldest_first():
    def list_parcels(limit: Limit = 20, before: int | None = None) -> list[ParcelOut]:
        return out([parcel for parcel in shelf.parcels.values() if before is None or parcel.id < before][:limit])

    return listing(list_parcels)


@wrong("9.1-pages", says="came a second time")
def pages_with_itself():
    def list_parcels(limit: Limit = 20, before: int | None = None) -> list[ParcelOut]:
        return out([parcel for parcel in newest() if before is None or parcel.id <= before][:limit])

    return listing(list_parcels)


@wrong("9.1-pages", says="has been fetched meanwhile, and the list broke")
def pages_that_look_it_up():
    def list_parcels(limit: Limit = 20, before: int | None = None) -> list[ParcelOut]:
        ids = [parcel.id for parcel in newest()]
        start = ids.index(before) + 1 if before in ids else 0
        return out(newest()[start:][:limit])

    return listing(list_parcels)


@wrong("9.1-pages", says="`limit=101` was accepted")
def pages_without_limit():
    def list_parcels(limit: int = 20, before: int | None = None) -> list[ParcelOut]:
        return out([parcel for parcel in newest() if before is None or parcel.id < before][:limit])

    return listing(list_parcels)


@wrong("9.1-pages", says="two parcels, but 5 came")
def pages_all_at_once():
    def list_parcels(limit: Limit = 20, before: int | None = None) -> list[ParcelOut]:
        return out([parcel for parcel in newest() if before is None or parcel.id < before])

    return listing(list_parcels)


@right("9.1-pages")
def pages_by_ids():
    def list_parcels(limit: Limit = 20, before: Annotated[int, Query()] = 2**62) -> list[ParcelOut]:
        ids = sorted((number for number in shelf.parcels if number < before), reverse=True)
        return out(shelf.parcels[number] for number in ids[:limit])

    return listing(list_parcels)


# 9.1-retry

Key = Annotated[str, Header(alias="Idempotency-Key")]


@stub("9.1-retry")
def retry_shipped():
    def create_parcel_once(
        new: ParcelIn, idempotency_key: Key, response: Response, background_tasks: BackgroundTasks
    ) -> ParcelOut: ...

    return creating(create_parcel_once)


@wrong("9.1-retry", says="the shelf holds 2 parcels")
def retry_twice():
    def create_parcel_once(
        new: ParcelIn, idempotency_key: Key, response: Response, background_tasks: BackgroundTasks
    ) -> ParcelOut:
        return create_well(new, response, background_tasks)

    return creating(create_parcel_once)


@wrong("9.1-retry", says="409 came with")
def retry_refused():
    def create_parcel_once(
        new: ParcelIn, idempotency_key: Key, response: Response, background_tasks: BackgroundTasks
    ) -> ParcelOut:
        if idempotency_key in shelf.keys:
            raise HTTPException(409)
        parcel = shelf.keys[idempotency_key] = shelf.add(new)
        background_tasks.add_task(send_receipt, parcel.id, parcel.email)
        response.headers["Location"] = f"/parcels/{parcel.id}"
        return ParcelOut(**parcel.model_dump())

    return creating(create_parcel_once)


@wrong("9.1-retry", says="one receipt, but 2 came")
def retry_mails_twice():
    def create_parcel_once(
        new: ParcelIn, idempotency_key: Key, response: Response, background_tasks: BackgroundTasks
    ) -> ParcelOut:
        parcel = shelf.keys.get(idempotency_key) or shelf.add(new)
        shelf.keys[idempotency_key] = parcel
        background_tasks.add_task(send_receipt, parcel.id, parcel.email)
        response.headers["Location"] = f"/parcels/{parcel.id}"
        return ParcelOut(**parcel.model_dump())

    return creating(create_parcel_once)


@wrong("9.1-retry", says="another addressee, and 201 was answered")
def retry_hides_a_clash():
    def create_parcel_once(
        new: ParcelIn, idempotency_key: Key, response: Response, background_tasks: BackgroundTasks
    ) -> ParcelOut:
        if idempotency_key not in shelf.keys:
            parcel = shelf.keys[idempotency_key] = shelf.add(new)
            background_tasks.add_task(send_receipt, parcel.id, parcel.email)
        parcel = shelf.keys[idempotency_key]
        response.headers["Location"] = f"/parcels/{parcel.id}"
        return ParcelOut(**parcel.model_dump())

    return creating(create_parcel_once)


@wrong("9.1-retry", says="another key is another parcel")
def retry_by_contents():
    def create_parcel_once(
        new: ParcelIn, idempotency_key: Key, response: Response, background_tasks: BackgroundTasks
    ) -> ParcelOut:
        known = [parcel for parcel in shelf.keys.values() if parcel.email == new.email]
        parcel = known[0] if known else shelf.add(new)
        if not known:
            shelf.keys[idempotency_key] = parcel
            background_tasks.add_task(send_receipt, parcel.id, parcel.email)
        response.headers["Location"] = f"/parcels/{parcel.id}"
        return ParcelOut(**parcel.model_dump())

    return creating(create_parcel_once)


@wrong("9.1-retry", says="the header is required; 201 came")
def retry_without_key():
    def create_parcel_once(
        new: ParcelIn,
        response: Response,
        background_tasks: BackgroundTasks,
        idempotency_key: Annotated[str, Header()] = "none",
    ) -> ParcelOut:
        parcel = shelf.keys.get(idempotency_key)
        if parcel is None:
            parcel = shelf.keys[idempotency_key] = shelf.add(new)
            background_tasks.add_task(send_receipt, parcel.id, parcel.email)
        elif parcel.model_dump(exclude={"id"}) != new.model_dump():
            raise HTTPException(409)
        response.headers["Location"] = f"/parcels/{parcel.id}"
        return ParcelOut(**parcel.model_dump())

    return creating(create_parcel_once)


@right("9.1-retry")
def retry_early_return():
    def create_parcel_once(
        new: ParcelIn, idempotency_key: Key, response: Response, background_tasks: BackgroundTasks
    ) -> ParcelOut:
        if known := shelf.keys.get(idempotency_key):
            if ParcelIn(**known.model_dump()) != new:
                raise HTTPException(409)
            response.headers["Location"] = f"/parcels/{known.id}"
            return ParcelOut(**known.model_dump())
        parcel = shelf.add(new)
        shelf.keys[idempotency_key] = parcel
        background_tasks.add_task(send_receipt, parcel.id, parcel.email)
        response.headers["Location"] = f"/parcels/{parcel.id}"
        return ParcelOut(**parcel.model_dump())

    return creating(create_parcel_once)


# 9.1-tests


def hand_in(client: httpx.Client, count: int) -> list[int]:
    return [client.post("/parcels", json=GRACE).json()["id"] for _ in range(count)]


def page(client: httpx.Client, query: str) -> list[int]:
    return [parcel["id"] for parcel in client.get(f"/parcels?{query}").json()]


@stub("9.1-tests")
def tests_shipped():
    def test_pages(client: httpx.Client) -> None: ...

    return test_pages


@wrong("9.1-tests", says="ignores `limit`")
def tests_only_status():
    def test_pages(client: httpx.Client) -> None:
        hand_in(client, 3)
        assert client.get("/parcels?limit=2").status_code == 200

    return test_pages


@wrong("9.1-tests", says="gives the parcel named by `before` once more")
def tests_only_the_first_page():
    def test_pages(client: httpx.Client) -> None:
        ids = hand_in(client, 3)
        assert page(client, "limit=2") == ids[:0:-1]

    return test_pages


@wrong("9.1-tests", says="takes `before` as a number of parcels to skip")
def tests_only_empty_page():
    def test_pages(client: httpx.Client) -> None:
        ids = hand_in(client, 3)
        assert len(page(client, "limit=2")) == 2
        assert ids[1] not in page(client, f"limit=2&before={ids[1]}")

    return test_pages


@wrong("9.1-tests", says="lists the oldest first")
def tests_without_order():
    def test_pages(client: httpx.Client) -> None:
        ids = hand_in(client, 4)
        top = page(client, "limit=2")
        rest = page(client, f"limit=2&before={top[-1]}")
        assert len(top) == 2 and set(top + rest) == set(ids) and len(top + rest) == 4

    return test_pages


@wrong("9.1-tests", says="fails for an API that keeps the contract (AssertionError")
def tests_of_fixed_ids():
    def test_pages(client: httpx.Client) -> None:
        hand_in(client, 4)
        assert page(client, "limit=2") == [1, 2]

    return test_pages


@wrong("9.1-tests", says="what it returns is never looked at")
def tests_that_return():
    def test_pages(client: httpx.Client) -> bool:
        return page(client, "limit=2") == []

    return test_pages


@wrong("9.1-tests", says="nobody awaits it")
def tests_that_need_await():
    async def test_pages(client: httpx.Client) -> None:
        assert page(client, "limit=2") == []

    return test_pages


@right("9.1-tests")
def tests_by_walking():
    def test_pages(client: httpx.Client) -> None:
        ids = hand_in(client, 5)
        found = page(client, "limit=2")
        assert len(found) == 2
        hand_in(client, 1)
        while more := page(client, f"limit=2&before={found[-1]}"):
            found += more
            assert len(found) <= 5
        assert found == sorted(ids, reverse=True)

    return test_pages


# 9.2-write


@stub("9.2-write")
def write_shipped():
    def create_parcel(session: Session, key: str, new: ParcelIn) -> Parcel: ...

    return create_parcel


@wrong("9.2-write", says="the database held a parcel and no letter")
def write_in_two_commits():
    def create_parcel(session: Session, key: str, new: ParcelIn) -> Parcel:
        parcel = Parcel(key=key, **new.model_dump())
        session.add(parcel)
        session.commit()
        session.refresh(parcel)
        session.add(Letter(parcel_id=parcel.id, to=parcel.email))
        session.commit()
        return parcel

    return create_parcel


@wrong("9.2-write", says="nobody owes it a letter")
def write_no_letter():
    def create_parcel(session: Session, key: str, new: ParcelIn) -> Parcel:
        parcel = Parcel(key=key, **new.model_dump())
        session.add(parcel)
        session.commit()
        session.refresh(parcel)
        return parcel

    return create_parcel


@wrong("9.2-write", says="nothing is stored")
def write_without_commit():
    def create_parcel(session: Session, key: str, new: ParcelIn) -> Parcel:
        parcel = Parcel(key=key, **new.model_dump())
        session.add(parcel)
        session.flush()
        session.add(Letter(parcel_id=parcel.id, to=parcel.email))
        return parcel

    return create_parcel


@wrong("9.2-write", says="a letter and no parcel")
def write_the_letter_first():
    def create_parcel(session: Session, key: str, new: ParcelIn) -> Parcel:
        session.add(Letter(parcel_id=1, to=new.email))
        session.commit()
        parcel = Parcel(key=key, **new.model_dump())
        session.add(parcel)
        session.commit()
        session.refresh(parcel)
        return parcel

    return create_parcel


@wrong("9.2-write", says="yours goes to `Grace`")
def write_to_the_addressee():
    def create_parcel(session: Session, key: str, new: ParcelIn) -> Parcel:
        parcel = Parcel(key=key, **new.model_dump())
        session.add(parcel)
        session.flush()
        session.add(Letter(parcel_id=parcel.id, to=parcel.to))
        session.commit()
        return parcel

    return create_parcel


@wrong("9.2-write", says="Your code raised `IntegrityError")
def write_without_flush():
    def create_parcel(session: Session, key: str, new: ParcelIn) -> Parcel:
        parcel = Parcel(key=key, **new.model_dump())
        session.add(parcel)
        session.add(Letter(parcel_id=parcel.id, to=parcel.email))
        session.commit()
        return parcel

    return create_parcel


@right("9.2-write")
def write_in_a_block():
    def create_parcel(session: Session, key: str, new: ParcelIn) -> Parcel:
        with session.begin():
            parcel = Parcel(key=key, to=new.to, email=new.email, weight_kg=new.weight_kg)
            session.add(parcel)
            session.flush()
            session.add(Letter(parcel_id=parcel.id, to=new.email))
        session.refresh(parcel)
        return parcel

    return create_parcel


# 9.2-relay


def owed(session: Session) -> list:
    return list(session.exec(select(Letter).where(col(Letter.sent_at).is_(None)).order_by(col(Letter.id))))


@stub("9.2-relay")
def relay_shipped():
    def relay(session: Session, send) -> int: ...

    return relay


@wrong("9.2-relay", says="noted as sent too early")
def relay_notes_first():
    def relay(session: Session, send) -> int:
        letters = owed(session)
        for letter in letters:
            letter.sent_at = now()
            session.commit()
            send(letter)
        return len(letters)

    return relay


@wrong("9.2-relay", says="Commit after each letter")
def relay_commits_at_the_end():
    def relay(session: Session, send) -> int:
        letters = owed(session)
        for letter in letters:
            send(letter)
            letter.sent_at = now()
        session.commit()
        return len(letters)

    return relay


@wrong("9.2-relay", says="one bad address must not hold up the rest")
def relay_stops_at_a_refusal():
    def relay(session: Session, send) -> int:
        sent = 0
        for letter in owed(session):
            try:
                send(letter)
            except OSError:
                break
            letter.sent_at = now()
            session.commit()
            sent += 1
        return sent

    return relay


@wrong("9.2-relay", says="refused letter was never sent again")
def relay_gives_up():
    def relay(session: Session, send) -> int:
        sent = 0
        for letter in owed(session):
            try:
                send(letter)
                sent += 1
            except OSError:
                pass
            letter.sent_at = now()
            session.commit()
        return sent

    return relay


@wrong("9.2-relay", says="the second round sent letters again")
def relay_without_note():
    def relay(session: Session, send) -> int:
        letters = owed(session)
        for letter in letters:
            send(letter)
        return len(letters)

    return relay


@wrong("9.2-relay", says="it returned None")
def relay_without_count():
    def relay(session: Session, send) -> None:
        for letter in owed(session):
            try:
                send(letter)
            except OSError:
                continue
            letter.sent_at = now()
            session.commit()

    return relay


@right("9.2-relay")
def relay_one_at_a_time():
    def relay(session: Session, send) -> int:
        refused: set[int] = set()
        sent = 0
        while letter := next((letter for letter in owed(session) if letter.id not in refused), None):
            try:
                send(letter)
            except OSError:
                refused.add(letter.id)
            else:
                letter.sent_at = now()
                session.add(letter)
                session.commit()
                sent += 1
        return sent

    return relay


# 9.2-change


@stub("9.2-change")
def change_shipped():
    def change_address(session: Session, parcel_id: int, version: int, to: str) -> bool: ...

    return change_address


@wrong("9.2-change", says="Comparing in Python comes too early")
def change_after_a_look():
    def change_address(session: Session, parcel_id: int, version: int, to: str) -> bool:
        parcel = session.get(Parcel, parcel_id)
        if parcel is None or parcel.version != version:
            return False
        parcel.to, parcel.version = to, version + 1
        session.commit()
        return True

    return change_address


@wrong("9.2-change", says="it was changed all the same")
def change_in_any_case():
    def change_address(session: Session, parcel_id: int, version: int, to: str) -> bool:
        values = {"to": to, "version": Parcel.version + 1}
        result = session.exec(update(Parcel).where(col(Parcel.id) == parcel_id).values(values))
        session.commit()
        return result.rowcount == 1

    return change_address


@wrong("9.2-change", says="raises the version by one")
def change_without_version():
    def change_address(session: Session, parcel_id: int, version: int, to: str) -> bool:
        mine = (col(Parcel.id) == parcel_id) & (col(Parcel.version) == version)
        result = session.exec(update(Parcel).where(mine).values(to=to))
        session.commit()
        return result.rowcount == 1

    return change_address


@wrong("9.2-change", says="the condition needs the parcel's id")
def change_everybody():
    def change_address(session: Session, parcel_id: int, version: int, to: str) -> bool:
        result = session.exec(update(Parcel).where(col(Parcel.version) == version).values(to=to, version=version + 1))
        session.commit()
        return result.rowcount >= 1

    return change_address


@wrong("9.2-change", says="another connection still reads Grace")
def change_without_commit():
    def change_address(session: Session, parcel_id: int, version: int, to: str) -> bool:
        mine = (col(Parcel.id) == parcel_id) & (col(Parcel.version) == version)
        return session.exec(update(Parcel).where(mine).values(to=to, version=version + 1)).rowcount == 1

    return change_address


@wrong("9.2-change", says="so the answer is `True`")
def change_without_an_answer():
    def change_address(session: Session, parcel_id: int, version: int, to: str) -> None:
        mine = (col(Parcel.id) == parcel_id) & (col(Parcel.version) == version)
        session.exec(update(Parcel).where(mine).values(to=to, version=version + 1))
        session.commit()

    return change_address


@right("9.2-change")
def change_by_sql():
    def change_address(session: Session, parcel_id: int, version: int, to: str) -> bool:
        if session.get(Parcel, parcel_id) is None:
            return False
        statement = text('UPDATE parcel SET "to" = :to, version = version + 1 WHERE id = :id AND version = :version')
        result = session.execute(statement, {"to": to, "id": parcel_id, "version": version})
        session.commit()
        return bool(result.rowcount)

    return change_address


# 9.3-trace


@stub("9.3-trace")
def trace_shipped():
    def continue_trace(tracer: trace.Tracer, traceparent: str, name: str, work): ...

    return continue_trace


@wrong("9.3-trace", says="began a trace of its own")
def trace_anew():
    def continue_trace(tracer: trace.Tracer, traceparent: str, name: str, work):
        with tracer.start_as_current_span(name):
            return work()

    return continue_trace


@wrong("9.3-trace", says="the open span is not the job's")
def trace_not_current():
    def continue_trace(tracer: trace.Tracer, traceparent: str, name: str, work):
        span = tracer.start_span(name, context=propagate.extract({"traceparent": traceparent}))
        try:
            return work()
        finally:
            span.end()

    return continue_trace


@wrong("9.3-trace", says="the queue takes the job for done")
def trace_swallows():
    def continue_trace(tracer: trace.Tracer, traceparent: str, name: str, work):
        with tracer.start_as_current_span(name, context=propagate.extract({"traceparent": traceparent})):
            try:
                return work()
            except Exception:
                return None

    return continue_trace


@wrong("9.3-trace", says="the work was not done")
def trace_without_work():
    def continue_trace(tracer: trace.Tracer, traceparent: str, name: str, work):
        with tracer.start_as_current_span(name, context=propagate.extract({"traceparent": traceparent})):
            return work

    return continue_trace


@wrong("9.3-trace", says="no span has ended")
def trace_without_end():
    def continue_trace(tracer: trace.Tracer, traceparent: str, name: str, work):
        span = tracer.start_span(name, context=propagate.extract({"traceparent": traceparent}))
        with trace.use_span(span):
            return work()

    return continue_trace


@wrong("9.3-trace", says="it is called `job`")
def trace_by_another_name():
    def continue_trace(tracer: trace.Tracer, traceparent: str, name: str, work):
        with tracer.start_as_current_span("job", context=propagate.extract({"traceparent": traceparent})):
            return work()

    return continue_trace


@right("9.3-trace")
def trace_by_hand():
    def continue_trace(tracer: trace.Tracer, traceparent: str, name: str, work):
        context = propagate.extract(carrier={"traceparent": traceparent})
        span = tracer.start_span(name, context=context, kind=trace.SpanKind.CONSUMER)
        with trace.use_span(span, end_on_exit=True, record_exception=True, set_status_on_exception=True):
            result = work()
        return result

    return continue_trace


# 9.4-review


def review(**changes):
    """The right review with some lines changed: `line_31="g"`; None leaves a line out."""
    remarks = _solve_review() | {int(name.removeprefix("line_")): letter for name, letter in changes.items()}
    return {line: letter for line, letter in remarks.items() if letter}


@stub("9.4-review")
def review_shipped():
    return ...


@wrong("9.4-review", says="line 30 is sound: `note_audit` is a `def` task")
def review_blames_the_thread():
    return review(line_30="a")


@wrong("9.4-review", says="not because it blocks a worker thread for good")
def review_with_a_wrong_reason():
    return review(line_24="g")


@wrong("9.4-review", says="5 of 6 faults are named")
def review_without_the_audit():
    return review(line_53=None)


@wrong("9.4-review", says="line 56 is sound")
def review_blames_the_task():
    return review(line_56="h")


@wrong("9.4-review", says="is not where anything goes wrong")
def review_blames_async():
    return review(line_47="a")


@wrong("9.4-review", says="`1` is none of the letters")
def review_turned_round():
    return {24: "1"}


@wrong("9.4-review", says="a review is a dictionary")
def review_as_a_list():
    return [24, 46, 49, 53, 57, 58]


@right("9.4-review")
def review_where_it_strikes():
    return review(line_24=None, line_53=None) | {25: "A", 55: " d "}


# 9.4-faults


def faults(**changes):
    """The right findings with one operation judged otherwise: `POST_photos="k"`; None leaves it out."""
    named = {name.replace("_", " /", 1): letter for name, letter in changes.items()}
    return {operation: letter for operation, letter in (_solve_faults() | named).items() if letter}


@stub("9.4-faults")
def faults_shipped():
    return ...


@wrong("9.4-faults", says="`POST /photos` is not sound: while its task runs")
def faults_photos_sound():
    return faults(POST_photos="k")


@wrong("9.4-faults", says="`POST /surveys`, (a)")
def faults_surveys_block():
    return faults(POST_surveys="a")


@wrong("9.4-faults", says="then `/price`, a `def`, waits, and `/ping` does not")
def faults_labels_block():
    return faults(POST_labels="a")


@wrong("9.4-faults", says="`POST /claims`, (f)")
def faults_claims_slot():
    return faults(POST_claims="f")


@wrong("9.4-faults", says="8 of 10 are right. Not judged yet: `PUT /address`, `POST /exports`")
def faults_unfinished():
    return faults(PUT_address=None, POST_exports=None)


@wrong("9.4-faults", says="`POST /orders`, (i)")
def faults_orders_hang_up():
    return faults(POST_orders="i")


@wrong("9.4-faults", says="there is no `POST /photo`")
def faults_misspelt():
    return faults() | {"POST /photo": "a"}


@wrong("9.4-faults", says="ten times the same letter")
def faults_all_sound():
    return dict.fromkeys(_solve_faults(), "k")


@right("9.4-faults")
def faults_in_capitals():
    return {operation: letter.upper() for operation, letter in reversed(_solve_faults().items())}
