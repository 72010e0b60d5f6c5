"""What learners pass to 5.1-crowd."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Annotated

from anyio import Semaphore, to_thread
from fastapi import Depends, FastAPI
from fastapi.responses import JSONResponse
from sqlalchemy import NullPool
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import Session, create_engine, select
from sqlmodel.ext.asyncio.session import AsyncSession

from helpers.chapters.ch05.exercises.office import office
from tests.chapters.answers import right, stub, wrong

world = office()
engine, Letter, SessionDep = world.letters_engine, world.Letter, world.LetterSessionDep
ShortDep = Annotated[Session, Depends(world.get_letter_session, scope="function")]
QUICK = create_engine(engine.url, pool_size=2, max_overflow=0, pool_timeout=0.5)


def quick_session() -> Iterator[Session]:
    with Session(QUICK) as session:
        yield session


def letters(function: Callable, used=engine, **options):
    app = FastAPI()
    app.get("/letters", **options)(function)
    return app, used


def read(session: Session) -> list:
    return list(session.exec(select(Letter)))


def read_in_block(used=engine) -> list:
    with Session(used) as session:
        return read(session)


@stub("5.1-crowd")
def crowd_shipped():
    def list_letters(session: SessionDep) -> list[Letter]: ...

    return letters(list_letters)


@wrong("5.1-crowd", says="those that held a connection waited for a thread")
def crowd_by_dependency():
    def list_letters(session: Annotated[Session, Depends(quick_session, scope="function")]) -> list[Letter]:
        return read(session)

    return letters(list_letters, QUICK)


@wrong("5.1-crowd", says="the pool has two connections, but ")
def crowd_with_a_larger_pool():
    larger = create_engine(engine.url, pool_size=60)

    def session() -> Iterator[Session]:
        with Session(larger) as session:
            yield session

    def list_letters(session: Annotated[Session, Depends(session)]) -> list[Letter]:
        return read(session)

    return letters(list_letters, larger)


@wrong("5.1-crowd", says="no connection of the engine that you passed was borrowed")
def crowd_with_another_engine():
    other = create_engine(engine.url, poolclass=NullPool)

    def list_letters() -> list[Letter]:
        return read_in_block(other)

    return letters(list_letters)


@wrong("5.1-crowd", says="held the event loop")
def crowd_on_the_loop():
    async def list_letters() -> list[Letter]:
        return read_in_block()

    return letters(list_letters)


@wrong("5.1-crowd", says="are stored, but 1 came")
def crowd_gets_the_first():
    def list_letters() -> list[Letter]:
        return read_in_block()[:1]

    return letters(list_letters)


@wrong("5.1-crowd", says="each letter should have its id and its recipient")
def crowd_without_ids():
    def list_letters() -> list[world.LetterCreate]:
        return read_in_block()

    return letters(list_letters)


@wrong("5.1-crowd", says="every client should get its letters, but 48 of 50 got a 503")
def crowd_sent_away():
    guests = []

    def list_letters():
        guests.append(1)
        return JSONResponse({"detail": "come back later"}, 503) if len(guests) > 2 else read_in_block()

    return letters(list_letters)


@right("5.1-crowd")
def crowd_closes_first():
    def list_letters(session: ShortDep) -> list[Letter]:
        found = read(session)
        session.close()
        return found

    return letters(list_letters)


@right("5.1-crowd")
def crowd_with_places():
    places = Semaphore(2)

    async def take_place() -> AsyncIterator[None]:
        async with places:
            yield

    def placed(place: Annotated[None, Depends(take_place)]) -> Iterator[Session]:
        with Session(engine) as session:
            yield session

    def list_letters(session: Annotated[Session, Depends(placed)]) -> list[Letter]:
        return read(session)

    return letters(list_letters)


@right("5.1-crowd")
def crowd_awaits():
    asynchronous = create_async_engine(
        engine.url.set(drivername="sqlite+aiosqlite"), pool_size=2, max_overflow=0, pool_timeout=20
    )

    async def list_letters() -> list[Letter]:
        async with AsyncSession(asynchronous) as session:
            return list(await session.exec(select(Letter)))

    return letters(list_letters, asynchronous)


@right("5.1-crowd")
def crowd_answers_itself():
    def list_letters(session: ShortDep) -> JSONResponse:
        return JSONResponse([letter.model_dump() for letter in read(session)])

    return letters(list_letters)


@right("5.1-crowd")
def crowd_in_a_thread_of_its_own():
    async def list_letters() -> list[Letter]:
        return await to_thread.run_sync(read_in_block)

    return letters(list_letters)
