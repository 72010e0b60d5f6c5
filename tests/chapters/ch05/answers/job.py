"""What learners pass to 5.2-job."""

from collections.abc import Callable

from anyio import to_thread
from sqlalchemy import NullPool, update
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import Session, create_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from helpers.chapters.ch05.exercises.office import office
from tests.chapters.answers import right, stub, wrong

world = office()
engine, Job = world.jobs_engine, world.Job


@stub("5.2-job")
def job_shipped():
    def run_job(job_id: int, work: Callable[[], None]) -> None: ...

    return run_job, engine


def set_status(job_id: int, status: str, used=engine) -> bool:
    with Session(used) as session:
        job = session.get(Job, job_id)
        if job:
            job.status = status
            session.commit()
        return job is not None


def job_by(set_status: Callable, used=engine):
    """Run a job whose status is set by a function of one's own."""

    def run_job(job_id: int, work: Callable[[], None]) -> None:
        if not set_status(job_id, "running"):
            return
        try:
            work()
        except Exception:
            set_status(job_id, "failed")
        else:
            set_status(job_id, "done")

    return run_job, used


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


@wrong("5.2-job", says="your `except` names only some kinds")
def job_of_one_kind_of_error():
    def run_job(job_id: int, work: Callable[[], None]) -> None:
        if set_status(job_id, "running"):
            try:
                work()
            except OSError:  # ConnectionError is one
                set_status(job_id, "failed")
            else:
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
        except Exception:
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


@wrong("5.2-job", says="another job's status was changed")
def job_for_all():
    def set_all(job_id: int, status: str) -> bool:
        with Session(engine) as session:
            there = session.get(Job, job_id) is not None
            session.exec(update(Job).values(status=status))
            session.commit()
        return there

    return job_by(set_all)


@wrong("5.2-job", says="held the event loop")
def job_blocks_the_loop():
    async def run_job(job_id: int, work: Callable[[], None]) -> None:
        if not await to_thread.run_sync(set_status, job_id, "running"):
            return
        try:
            work()
            status = "done"
        except Exception:
            status = "failed"
        await to_thread.run_sync(set_status, job_id, status)

    return run_job, engine


@wrong("5.2-job", says="in `set_status`: nobody else was answered")
def job_asks_on_the_loop():
    async def run_job(job_id: int, work: Callable[[], None]) -> None:
        if not set_status(job_id, "running"):
            return
        try:
            await to_thread.run_sync(work)
            set_status(job_id, "done")
        except Exception:
            set_status(job_id, "failed")

    return run_job, engine


@wrong("5.2-job", says="`note_status(...)` was called and never awaited")
def job_never_awaited():
    async def note_status(job_id: int, status: str) -> None:
        await to_thread.run_sync(set_status, job_id, status)

    async def run_job(job_id: int, work: Callable[[], None]) -> None:
        if not await to_thread.run_sync(set_status, job_id, "running"):
            return
        try:
            await to_thread.run_sync(work)
            note_status(job_id, "done")
        except Exception:
            await note_status(job_id, "failed")

    return run_job, engine


@wrong("5.2-job", says="no connection of the engine that you passed")
def job_with_another_engine():
    other = create_engine(engine.url, poolclass=NullPool)
    return job_by(lambda job_id, status: set_status(job_id, status, other))


@right("5.2-job")
def job_in_async():
    async def run_job(job_id: int, work: Callable[[], None]) -> None:
        if not await to_thread.run_sync(set_status, job_id, "running"):
            return
        try:
            await to_thread.run_sync(work)
        except Exception:
            await to_thread.run_sync(set_status, job_id, "failed")
        else:
            await to_thread.run_sync(set_status, job_id, "done")

    return run_job, engine


@right("5.2-job")
def job_with_an_async_engine():
    asynchronous = create_async_engine(engine.url.set(drivername="sqlite+aiosqlite"), poolclass=NullPool)

    async def note_status(job_id: int, status: str) -> bool:
        async with AsyncSession(asynchronous) as session:
            job = await session.get(Job, job_id)
            if job:
                job.status = status
                await session.commit()
            return job is not None

    async def run_job(job_id: int, work: Callable[[], None]) -> None:
        if await note_status(job_id, "running"):
            try:
                await to_thread.run_sync(work)
                await note_status(job_id, "done")
            except Exception:
                await note_status(job_id, "failed")

    return run_job, asynchronous


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


@right("5.2-job")
def job_by_an_object():
    class Runner:
        def __call__(self, job_id: int, work: Callable[[], None]) -> None:
            job_by(set_status)[0](job_id, work)

    return Runner().__call__, engine
