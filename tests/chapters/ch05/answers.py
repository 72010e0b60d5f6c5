"""What learners pass to the exercises of chapter 5."""

from collections.abc import Callable, Iterator
from typing import Annotated

from fastapi import BackgroundTasks, Depends, FastAPI
from sqlalchemy import func
from sqlalchemy.orm import joinedload, raiseload, selectinload
from sqlmodel import Session, select

from helpers.chapters.ch05.exercises import office
from tests.chapters.answers import right, stub, wrong

world = office()
engine, paper, print_letter = world.engine, world.paper, world.print_letter
Letter, LetterCreate, Job, Sender, Parcel = world.Letter, world.LetterCreate, world.Job, world.Sender, world.Parcel
SenderRecipients = world.SenderRecipients
SessionDep = world.SessionDep
ShortDep = Annotated[Session, Depends(world.get_session, scope="function")]


def letters(function: Callable, **options):
    app = FastAPI()
    app.post("/letters", **({"status_code": 201} | options))(function)
    return app, engine, paper


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
    async def hand_in(new: LetterCreate, session: SessionDep, background_tasks: BackgroundTasks) -> Letter:
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


@stub("5.2-job")
def job_shipped():
    def run_job(job_id: int, work: Callable[[], None]) -> None: ...

    return run_job, engine


def set_status(job_id: int, status: str) -> bool:
    with Session(engine) as session:
        job = session.get(Job, job_id)
        if job:
            job.status = status
            session.commit()
        return job is not None


@wrong("5.2-job", says="a connection is held while the work is done")
def job_in_one_session():
    def run_job(job_id: int, work: Callable[[], None]) -> None:
        with Session(engine) as session:
            job = session.get_one(Job, job_id)
            job.status = "running"
            session.commit()
            session.refresh(job)
            work()
            job.status = "done"
            session.commit()

    return run_job, engine


@wrong("5.2-job", says="everybody else reads 'queued'")
def job_without_running():
    def run_job(job_id: int, work: Callable[[], None]) -> None:
        work()
        set_status(job_id, "done")

    return run_job, engine


@wrong("5.2-job", says="An object whose session is closed is only an object")
def job_changes_a_detached_object():
    def run_job(job_id: int, work: Callable[[], None]) -> None:
        with Session(engine) as session:
            job = session.get_one(Job, job_id)
            job.status = "running"
            session.commit()
        work()
        job.status = "done"

    return run_job, engine


@wrong("5.2-job", says="nobody but your `except` can note it")
def job_never_fails():
    def run_job(job_id: int, work: Callable[[], None]) -> None:
        if set_status(job_id, "running"):
            work()
            set_status(job_id, "done")

    return run_job, engine


@wrong("5.2-job", says="`session.get` gives None, `get_one` raises")
def job_that_must_be_there():
    def run_job(job_id: int, work: Callable[[], None]) -> None:
        with Session(engine) as session:
            session.get_one(Job, job_id).status = "running"
            session.commit()
        try:
            work()
        except ConnectionError:
            set_status(job_id, "failed")
        else:
            set_status(job_id, "done")

    return run_job, engine


@wrong("5.2-job", says="its work was done all the same")
def job_works_for_nobody():
    def run_job(job_id: int, work: Callable[[], None]) -> None:
        set_status(job_id, "running")
        try:
            work()
            set_status(job_id, "done")
        except Exception:
            set_status(job_id, "failed")

    return run_job, engine


@wrong("5.2-job", says="the work was never called")
def job_without_work():
    def run_job(job_id: int, work: Callable[[], None]) -> None:
        set_status(job_id, "running")
        set_status(job_id, "done")

    return run_job, engine


@right("5.2-job")
def job_in_async():
    async def run_job(job_id: int, work: Callable[[], None]) -> None:
        from anyio import to_thread

        if not set_status(job_id, "running"):
            return
        try:
            await to_thread.run_sync(work)
        except Exception:
            set_status(job_id, "failed")
        else:
            set_status(job_id, "done")

    return run_job, engine


@right("5.2-job")
def job_in_one_session_that_lets_go():
    def run_job(job_id: int, work: Callable[[], None]) -> None:
        with Session(engine, expire_on_commit=False) as session:
            if job := session.get(Job, job_id):
                job.status = "running"
                session.commit()
                try:
                    work()
                    job.status = "done"
                except Exception:
                    job.status = "failed"
                session.commit()

    return run_job, engine


def senders(function: Callable):
    app = FastAPI()
    app.get("/senders")(function)
    return app, world.senders_engine


def summary(sender: Sender) -> SenderRecipients:
    return SenderRecipients(name=sender.name, recipients=[parcel.recipient for parcel in sender.parcels])


@stub("5.5-senders")
def senders_shipped():
    def list_recipients() -> list[SenderRecipients]: ...

    return senders(list_recipients)


@wrong("5.5-senders", says="each sender's parcels are asked for one by one")
def senders_lazily():
    def list_recipients() -> list[SenderRecipients]:
        with Session(world.senders_engine) as session:
            return [summary(sender) for sender in session.exec(select(Sender))]

    return senders(list_recipients)


@wrong("5.5-senders", says="nobody had loaded when the session was closed")
def senders_after_the_session():
    def list_recipients() -> list[SenderRecipients]:
        with Session(world.senders_engine) as session:
            found = session.exec(select(Sender)).all()
        return [summary(sender) for sender in found]

    return senders(list_recipients)


@wrong("5.5-senders", says="call `.unique()` on the result")
def senders_joined_without_unique():
    def list_recipients() -> list[SenderRecipients]:
        with Session(world.senders_engine) as session:
            return [summary(sender) for sender in session.exec(select(Sender).options(joinedload(Sender.parcels)))]

    return senders(list_recipients)


@wrong("5.5-senders", says="an inner join leaves them out")
def senders_with_parcels_only():
    def list_recipients() -> list[SenderRecipients]:
        with Session(world.senders_engine) as session:
            names: dict[str, list[str]] = {}
            for name, recipient in session.exec(select(Sender.name, Parcel.recipient).join(Parcel)):
                names.setdefault(name, []).append(recipient)
        return [SenderRecipients(name=name, recipients=found) for name, found in names.items()]

    return senders(list_recipients)


@wrong("5.5-senders", says="a join gives one row for each parcel")
def senders_by_rows():
    def list_recipients() -> list[SenderRecipients]:
        with Session(world.senders_engine) as session:
            rows = session.exec(select(Sender.name, Parcel.recipient).join(Parcel, isouter=True)).all()
        return [SenderRecipients(name=name, recipients=[recipient] if recipient else []) for name, recipient in rows]

    return senders(list_recipients)


@wrong("5.5-senders", says="names and recipients do not fit")
def senders_with_everybodys_parcels():
    def list_recipients() -> list[SenderRecipients]:
        with Session(world.senders_engine) as session:
            recipients = list(session.exec(select(Parcel.recipient)))
            return [SenderRecipients(name=name, recipients=recipients) for name in session.exec(select(Sender.name))]

    return senders(list_recipients)


@wrong("5.5-senders", says="3 statements were needed")
def senders_counted_first():
    def list_recipients() -> list[SenderRecipients]:
        with Session(world.senders_engine) as session:
            session.exec(select(func.count()).select_from(Sender)).one()
            return [summary(sender) for sender in session.exec(select(Sender).options(selectinload(Sender.parcels)))]

    return senders(list_recipients)


@wrong("5.5-senders", says="your app answered 500")
def senders_that_raise():
    def list_recipients() -> list[SenderRecipients]:
        with Session(world.senders_engine) as session:
            return [summary(sender) for sender in session.exec(select(Sender).options(raiseload("*")))]

    return senders(list_recipients)


@right("5.5-senders")
def senders_joined():
    def list_recipients() -> list[SenderRecipients]:
        with Session(world.senders_engine) as session:
            found = session.exec(select(Sender).options(joinedload(Sender.parcels))).unique().all()
        return [summary(sender) for sender in found]

    return senders(list_recipients)


@right("5.5-senders")
def senders_by_hand():
    async def list_recipients() -> list[SenderRecipients]:
        with Session(world.senders_engine) as session:
            named = dict(session.exec(select(Sender.id, Sender.name)).all())
            parcels = session.exec(select(Parcel)).all()
        return [
            SenderRecipients(name=name, recipients=[parcel.recipient for parcel in parcels if parcel.sender_id == id])
            for id, name in named.items()
        ]

    return senders(list_recipients)
