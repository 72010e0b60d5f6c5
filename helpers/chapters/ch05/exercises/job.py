"""Exercise 5.2-job: a job in a row."""

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fastapi import BackgroundTasks, FastAPI

from helpers.chapters.ch05.exercises.database import borrowed, execute, locked, unawaited
from helpers.chapters.ch05.exercises.office import in_the_office
from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import running
from helpers.services.waiting import until
from helpers.wording import logged_error

if TYPE_CHECKING:
    from helpers.chapters.ch05.exercises.database import AnyEngine
    from helpers.chapters.ch05.exercises.office import Job, Session, jobs_engine


class OnFire(Exception):
    """An error of somebody's own, which no list of well-known errors holds."""


def _check_job(run_job: Callable[..., Any], engine: "AnyEngine") -> str:
    started, go = threading.Event(), threading.Event()
    seen: list[str] = []

    def work() -> None:
        started.set()
        go.wait(5)

    def refuse() -> None:
        raise ConnectionError("the printer does not answer")

    def burn() -> None:
        raise OnFire("the printer is on fire")

    app = FastAPI()
    works = {"slow": work, "refused": refuse, "burning": burn, "gone": lambda: seen.append("worked")}

    @app.post("/jobs/{job_id}/{name}")
    async def start(job_id: int, name: str, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(run_job, job_id, works[name])

    jobs = {name: execute(engine, "INSERT INTO job (status) VALUES ('queued')")[0] for name in (*works, "other")}
    execute(engine, "DELETE FROM job WHERE id = :id", id=jobs["gone"])
    try:
        with unawaited() as forgotten, borrowed(engine) as connections, running(app) as server:
            with record() as slow:
                server.client.post(f"/jobs/{jobs['slow']}/slow")
                begun = until(lambda: started.is_set() or not server.busy, 5) and started.is_set()
                during, held = _statuses(engine, jobs), connections.out
                time.sleep(0.3)  # long enough to notice work that is done on the event loop
                go.set()
            after = _statuses(engine, jobs)
            server.client.hang_up()
            why = logged_error(server.log)
            with locked(engine), record():
                server.client.post(f"/jobs/{jobs['refused']}/refused")
            server.client.hang_up()
            with record():
                server.client.post(f"/jobs/{jobs['burning']}/burning")
            server.client.hang_up()
            failed = _statuses(engine, jobs)
            server.log.clear()
            with record() as last:
                server.client.post(f"/jobs/{jobs['gone']}/gone")
            late = logged_error(server.log)
    finally:
        go.set()
        execute(engine, f"DELETE FROM job WHERE id IN ({', '.join(map(str, jobs.values()))})")
    assert not forgotten, (
        f"`{forgotten[0]}(...)` was called and never awaited, so nothing of it ran. Write `await` before the call."
    )
    error = slow.tasks[0].error if slow.tasks else None
    assert begun, (
        f"the work was never called{f': the task failed first, {why}' if error else ''}. Set the status, then `work()`."
    )
    assert held == 0, (
        "a connection is held while the work is done: it stands inside the `with Session(engine)` block, or that session is "
        "still open. Two short sessions, one before and one after the work, hold nothing between."
    )
    assert connections.ever, (
        "no connection of the engine that you passed was borrowed: is it the one that `run_job` uses?"
    )
    assert during["other"] == after["other"] == failed["other"] == "queued", (
        "another job's status was changed, too: which rows does your statement reach?"
    )
    assert during["slow"] == "running", (
        f"while the work is done, everybody else reads {during['slow']!r} in the table. What was not committed, others "
        "cannot see."
    )
    assert error is None, f"the work was done, and then the task failed: {why}."
    assert after["slow"] == "done", (
        f"the work is done, but the table says {after['slow']!r}. An object whose session is closed is only an object: "
        "changing it changes no row. Load the job again in a second session, and commit."
    )
    assert failed["refused"] == "failed", (
        f"the work raised an error, and the table says {failed['refused']!r} for ever: nobody but your `except` can note it."
    )
    assert failed["burning"] == "failed", (
        f"the work raised an error of its own kind, and the table says {failed['burning']!r}: your `except` names only some "
        "kinds. `except Exception` takes all of them."
    )
    assert not seen, "a job that was deleted is left alone, but its work was done all the same."
    assert last.tasks and last.tasks[0].error is None, (
        f"for a job that is gone the task failed with {late}: `session.get` gives None, `get_one` raises."
    )
    return "Everybody could read running, done and failed at their time, and no connection waited for the work."


def _statuses(engine: "AnyEngine", jobs: dict[str, int]) -> dict[str, str]:
    found = dict(tuple(row) for row in execute(engine, "SELECT id, status FROM job"))
    return {name: found.get(id, "nothing") for name, id in jobs.items()}


@in_the_office
def _solve_job() -> tuple[Callable, "AnyEngine"]:
    def run_job(job_id: int, work: Callable[[], None]) -> None:
        with Session(jobs_engine) as session:
            job = session.get(Job, job_id)
            if job is None:
                return
            job.status = "running"
            session.commit()
        try:
            work()
            status = "done"
        except Exception:
            status = "failed"
        with Session(jobs_engine) as session:
            job = session.get(Job, job_id)
            if job is not None:
                job.status = status
                session.commit()

    return run_job, jobs_engine


EXERCISE = Exercise(
    id="5.2-job",
    title="a job in a row",
    task="`run_job(job_id, work)` should set its job to running, do the work, and set it to done or, whatever the work "
    "raises, to failed, each readable by others at its time, without holding a connection during the work. When the job is "
    "gone before its turn, its work is left alone, too.",
    check=_check_job,
    hints=(
        "How many sessions does it take, if none may be open during the work?",
        "Others see what you have committed. When must `running` be committed?",
        "After the work the first session is closed. Load the job again by its id.",
    ),
    solution=_solve_job,
    wants=("function", "value"),
)
