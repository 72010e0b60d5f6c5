"""What learners pass to 5.1-release."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Annotated

from fastapi import BackgroundTasks, Depends, FastAPI
from fastapi.responses import JSONResponse
from sqlalchemy import NullPool
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import Session, create_engine
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.background import BackgroundTask

from helpers.chapters.ch05.exercises.office import office
from tests.chapters.answers import right, stub, wrong

world = office()
engine, paper, print_letter, printed = world.letters_engine, world.paper, world.print_letter, world.printed_letters
Letter, LetterCreate, SessionDep = world.Letter, world.LetterCreate, world.LetterSessionDep
ShortDep = Annotated[Session, Depends(world.get_letter_session, scope="function")]


def letters(function: Callable, used=engine, **options):
    app = FastAPI()
    app.post("/letters", **({"status_code": 201} | options))(function)
    return app, used, paper, printed


def store(new: LetterCreate, session: Session) -> Letter:
    letter = Letter.model_validate(new)
    session.add(letter)
    session.commit()
    session.refresh(letter)
    return letter


@stub("5.1-release")
def release_shipped():
    def hand_in(new: LetterCreate, session: SessionDep, background_tasks: BackgroundTasks) -> Letter: ...

    return letters(hand_in)


@wrong("5.1-release", says="Which scope ends before the answer?")
def release_default_scope():
    def hand_in(new: LetterCreate, session: SessionDep, background_tasks: BackgroundTasks) -> Letter:
        letter = store(new, session)
        background_tasks.add_task(print_letter, letter.id)
        return letter

    return letters(hand_in)


@wrong("5.1-release", says="`session.refresh(letter)` loads it again")
def release_expired():
    def hand_in(new: LetterCreate, session: ShortDep, background_tasks: BackgroundTasks) -> Letter:
        letter = Letter.model_validate(new)
        session.add(letter)
        session.flush()
        background_tasks.add_task(print_letter, letter.id)
        session.commit()
        return letter

    return letters(hand_in)


@wrong("5.1-release", says="forgets what was added")
def release_without_commit():
    def hand_in(new: LetterCreate, session: ShortDep, background_tasks: BackgroundTasks) -> Letter:
        letter = Letter.model_validate(new)
        session.add(letter)
        session.flush()
        background_tasks.add_task(print_letter, letter.id)
        return letter

    return letters(hand_in)


@wrong("5.1-release", says="the client waited for the printer")
def release_inline():
    def hand_in(new: LetterCreate, session: ShortDep) -> Letter:
        letter = store(new, session)
        print_letter(letter.id)
        return letter

    return letters(hand_in)


@wrong("5.1-release", says="`add_task` takes the function itself")
def release_without_task():
    def hand_in(new: LetterCreate, session: ShortDep) -> Letter:
        return store(new, session)

    return letters(hand_in)


@wrong("5.1-release", says="201 Created was asked for")
def release_with_200():
    def hand_in(new: LetterCreate, session: ShortDep, background_tasks: BackgroundTasks) -> Letter:
        letter = store(new, session)
        background_tasks.add_task(print_letter, letter.id)
        return letter

    return letters(hand_in, status_code=200)


@wrong("5.1-release", says="the stored letter with its id should come back")
def release_answers_with_the_input():
    def hand_in(new: LetterCreate, session: ShortDep, background_tasks: BackgroundTasks) -> LetterCreate:
        background_tasks.add_task(print_letter, store(new, session).id)
        return new

    return letters(hand_in)


@wrong("5.1-release", says="the task then failed")
def release_without_argument():
    def hand_in(new: LetterCreate, session: ShortDep, background_tasks: BackgroundTasks) -> Letter:
        letter = store(new, session)
        background_tasks.add_task(print_letter)
        return letter

    return letters(hand_in)


@wrong("5.1-release", says="the letter had no id yet")
def release_task_before_the_id():
    def hand_in(new: LetterCreate, session: ShortDep, background_tasks: BackgroundTasks) -> Letter:
        letter = Letter.model_validate(new)
        background_tasks.add_task(print_letter, letter.id)
        session.add(letter)
        session.commit()
        session.refresh(letter)
        return letter

    return letters(hand_in)


@wrong("5.1-release", says="should get the letter's id, but a value of type `Letter` came")
def release_the_object():
    def hand_in(new: LetterCreate, session: ShortDep, background_tasks: BackgroundTasks) -> Letter:
        letter = store(new, session)
        background_tasks.add_task(print_letter, letter)
        return letter

    return letters(hand_in)


@wrong("5.1-release", says="was stored, but `print_letter` got [1]")
def release_always_the_first():
    def hand_in(new: LetterCreate, session: ShortDep, background_tasks: BackgroundTasks) -> Letter:
        letter = store(new, session)
        if letter.id == 1:
            letter = store(new, session)
        background_tasks.add_task(print_letter, 1)
        return letter

    return letters(hand_in)


@wrong("5.1-release", says="none to Ada")
def release_grace_only():
    def hand_in(new: LetterCreate, session: ShortDep, background_tasks: BackgroundTasks) -> Letter:
        letter = store(LetterCreate(recipient="Grace"), session)
        background_tasks.add_task(print_letter, letter.id)
        return letter

    return letters(hand_in)


@wrong("5.1-release", says="the commit came after the answer")
def release_commits_late():
    def hand_in(new: LetterCreate, background_tasks: BackgroundTasks) -> dict:
        with Session(engine) as session:
            last = session.connection().exec_driver_sql("SELECT coalesce(max(id), 0) FROM letter").scalar_one()
        background_tasks.add_task(store_later, new)
        background_tasks.add_task(print_letter, last + 1)
        return {"id": last + 1, "recipient": new.recipient}

    def store_later(new: LetterCreate) -> None:
        paper.wait(10)
        with Session(engine) as session:
            store(new, session)

    return letters(hand_in)


@wrong("5.1-release", says="held the event loop")
def release_blocking_in_async():
    async def hand_in(new: LetterCreate, session: ShortDep, background_tasks: BackgroundTasks) -> Letter:
        letter = store(new, session)
        background_tasks.add_task(print_letter, letter.id)
        return letter

    return letters(hand_in)


@wrong("5.1-release", says="no connection of the engine that you passed")
def release_another_engine():
    other = create_engine(engine.url, poolclass=NullPool)

    def hand_in(new: LetterCreate, background_tasks: BackgroundTasks) -> Letter:
        with Session(other) as session:
            letter = store(new, session)
        background_tasks.add_task(print_letter, letter.id)
        return letter

    return letters(hand_in)


@right("5.1-release")
def release_in_a_block():
    def hand_in(new: LetterCreate, background_tasks: BackgroundTasks) -> Letter:
        with Session(engine) as session:
            letter = store(new, session)
        background_tasks.add_task(print_letter, letter.id)
        return letter

    return letters(hand_in)


@right("5.1-release")
def release_closed_by_hand():
    def hand_in(new: LetterCreate, session: SessionDep, background_tasks: BackgroundTasks) -> Letter:
        letter = store(new, session)
        background_tasks.add_task(print_letter, letter_id=letter.id)
        session.close()
        return letter

    return letters(hand_in)


@right("5.1-release")
def release_committed_in_the_dependency():
    def get_committed() -> Iterator[Session]:
        with Session(engine, expire_on_commit=False) as session:
            yield session
            session.commit()

    CommittedDep = Annotated[Session, Depends(get_committed, scope="function")]

    def hand_in(new: LetterCreate, session: CommittedDep, background_tasks: BackgroundTasks) -> Letter:
        letter = Letter.model_validate(new)
        session.add(letter)
        session.flush()
        background_tasks.add_task(print_letter, letter.id)
        return letter

    return letters(hand_in)


@right("5.1-release")
def release_without_a_pool():
    unpooled = create_engine(engine.url, poolclass=NullPool)

    def hand_in(new: LetterCreate, background_tasks: BackgroundTasks) -> Letter:
        with Session(unpooled) as session:
            letter = store(new, session)
        background_tasks.add_task(print_letter, letter.id)
        return letter

    return letters(hand_in, unpooled)


@right("5.1-release")
def release_in_async():
    asynchronous = create_async_engine(engine.url.set(drivername="sqlite+aiosqlite"), pool_size=2, max_overflow=0)

    async def get_async_session() -> AsyncIterator[AsyncSession]:
        async with AsyncSession(asynchronous, expire_on_commit=False) as session:
            yield session

    AsyncDep = Annotated[AsyncSession, Depends(get_async_session, scope="function")]

    async def hand_in(new: LetterCreate, session: AsyncDep, background_tasks: BackgroundTasks) -> Letter:
        letter = Letter.model_validate(new)
        session.add(letter)
        await session.commit()
        background_tasks.add_task(print_letter, letter.id)
        return letter

    return letters(hand_in, asynchronous)


@right("5.1-release")
def release_by_a_response():
    def hand_in(new: LetterCreate) -> JSONResponse:
        with Session(engine) as session:
            letter = store(new, session)
        return JSONResponse(letter.model_dump(), 201, background=BackgroundTask(print_letter, letter.id))

    return letters(hand_in)


@wrong("5.1-release", says="your code held the event loop")
def release_with_a_printer_on_the_loop():
    async def print_soon(letter_id: int) -> None:
        print_letter(letter_id)

    def hand_in(new: LetterCreate, background_tasks: BackgroundTasks) -> Letter:
        with Session(engine) as session:
            letter = store(new, session)
        background_tasks.add_task(print_soon, letter.id)
        return letter

    return letters(hand_in)
