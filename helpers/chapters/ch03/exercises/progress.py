"""Exercise 3.3-progress: a job that counts."""

import time
from itertools import count

import httpx
from fastapi import BackgroundTasks, FastAPI, HTTPException, Response
from pydantic import BaseModel

from helpers.chapters.asking import ask, logged, wanted
from helpers.learning.answered import Answered
from helpers.learning.model import Exercise
from helpers.live.server import Server, running
from helpers.services.waiting import until

PRINTING = 0.2  # seconds that `print_label` takes
ORDERS = ([7, 8, 9, 10], [21, 22])


def _check_progress(app: FastAPI, labels: list[int]) -> str:
    answered = Answered(app, lambda: len(labels))
    with running(answered) as server:
        locations = [_order(server, answered, labels, parcels) for parcels in ORDERS]
        assert locations[0] != locations[1], (
            f"the second order got the same address as the first, `{locations[0]}`: each job needs an id of its own."
        )
        first = _job_in(ask(server, "GET", locations[0]), server)
        assert first["printed"] == len(ORDERS[0]), (
            f"the first job said {len(ORDERS[0])}, and says {first['printed']} since the second was printed: each job counts its own."
        )
        _two_at_once(server, labels)
        unknown = ask(server, "GET", "/jobs/987654").status_code
    assert unknown == 404, f"a job that nobody ordered should be a 404, but {unknown} came."
    return "202 at once, and the job at its `Location` counted the labels one by one while they were printed."


def _order(server: Server, answered: Answered, labels: list[int], parcels: list[int]) -> str:
    """Order these labels, follow the job until nothing happens any more, and give its `Location`."""
    before, count = len(labels), len(parcels)
    answer = ask(server, "POST", "/labels", json={"parcels": parcels})
    assert answer.status_code < 500, f"your app answered {answer.status_code}: {logged(server)}."
    assert answered.seen[-1] == before, (
        "the client waited while the labels were printed. Printing belongs into a task: "
        "`background_tasks.add_task(function, arguments)`, without parentheses behind the function."
    )
    assert answer.status_code == 202, f"202 Accepted was asked for, but {answer.status_code} came."
    expected = {"printed": 0, "of": count}
    came = answer.json()
    assert isinstance(came, dict) and expected.items() <= came.items(), f"for the new job, {wanted(expected, answer)}."
    location = answer.headers.get("Location")
    assert location, "the answer has no header `Location`, so the client does not know where to ask."
    seen: list[int] = []
    moved, known, between = time.monotonic(), 0, False
    while count not in seen:
        # Twice as long as a label takes: also work that no request waits for has its chance.
        over = not server.busy and time.monotonic() > moved + 2 * PRINTING
        known, last = len(labels) - before, known
        job = _job_in(ask(server, "GET", location), server)
        # On a busy machine a client may come before the first label and behind the last alone.
        between = between or 0 < last == known == len(labels) - before < count
        assert job["printed"] <= len(labels) - before, (
            "the job counted labels that were not printed yet: count one when `print_label` has returned."
        )
        if job["printed"] not in seen:
            seen.append(job["printed"])
            moved = time.monotonic()
        if over:
            break
        time.sleep(0.02)
    printed, error = labels[before:], logged(server)
    assert not error, f"the client has its 202, but the task then failed, seen by nobody but the log: {error}."
    assert printed, "the job is there, but no label was ever printed: add a task that does it."
    assert sorted(printed) == parcels, (
        f"labels for {', '.join(map(str, parcels))} were ordered, but those for {', '.join(map(str, printed))} were printed."
    )
    assert seen[-1] == count, (
        f"all labels are printed, but the job still says {seen[-1]}: the task has to change the very job that "
        "`GET /jobs/{job_id}` reads."
    )
    assert job["of"] == count, f"the job should say that it is `of` {count} labels, but says {job['of']}."
    assert not between or set(seen) - {0, count}, (
        f"a client that asked all the while was told {' and '.join(map(str, seen))} of {count}, and nothing between: count each "
        "label when it is printed, and let the client be answered meanwhile."
    )
    return location


def _two_at_once(server: Server, labels: list[int]) -> None:
    before = len(labels)
    both = [
        ask(server, "POST", "/labels", json={"parcels": parcels}).headers["Location"]
        for parcels in ([31, 32, 33], [41])
    ]

    def counted() -> list[int]:
        return [_job_in(ask(server, "GET", location), server)["printed"] for location in both]

    until(lambda: len(labels) - before >= 4, 20 * PRINTING)
    until(lambda: counted() == [3, 1], 5 * PRINTING)
    assert counted() == [3, 1], (
        f"orders of 3 labels and of 1 came together, and their jobs say {counted()}: by then a name that all requests share "
        "stands for the last job. Pass the task its own."
    )


def _job_in(answer: httpx.Response, server: Server) -> dict[str, int]:
    error = "" if answer.status_code == 200 else logged(server)
    assert answer.status_code == 200, (
        f"the client followed `Location` and got {answer.status_code}{f': {error}' if error else ''}. Is it the path of the job, "
        "and is the job kept before you answer?"
    )
    job = answer.json()
    assert isinstance(job, dict) and {"printed", "of"} <= set(job), f"{wanted({'printed': 0, 'of': 4}, answer)}."
    return job


class LabelOrder(BaseModel):
    """As in the notebook."""

    parcels: list[int]


class LabelJob(BaseModel):
    """As in the notebook."""

    printed: int = 0
    of: int


label_jobs: dict[int, LabelJob] = {}


labels: list[int] = []


def print_label(parcel: int) -> None:
    """As in the notebook."""
    time.sleep(0.2)
    labels.append(parcel)


def _solve_progress() -> tuple[FastAPI, list[int]]:
    label_job_ids = count(1)

    def print_labels(job: LabelJob, parcels: list[int]) -> None:
        for parcel in parcels:
            print_label(parcel)
            job.printed += 1

    app = FastAPI()

    @app.post("/labels", status_code=202)
    def order_labels(order: LabelOrder, response: Response, background_tasks: BackgroundTasks) -> LabelJob:
        job_id, job = next(label_job_ids), LabelJob(of=len(order.parcels))
        label_jobs[job_id] = job
        background_tasks.add_task(print_labels, job, order.parcels)
        response.headers["Location"] = f"/jobs/{job_id}"
        return job

    @app.get("/jobs/{job_id}")
    def read_label_job(job_id: int) -> LabelJob:
        if job_id not in label_jobs:
            raise HTTPException(404, "no such job")
        return label_jobs[job_id]

    return app, labels


EXERCISE = Exercise(
    id="3.3-progress",
    title="a job that counts",
    task="`POST /labels` should answer 202 at once with `Location`, the job there should count the labels as they are "
    "printed, and an unknown job should be a 404.",
    check=_check_progress,
    hints=(
        "Three things: keep a new `LabelJob` in `label_jobs`, add a task that prints and counts, set the header.",
        "The task needs the job itself: `background_tasks.add_task(print_labels, job, order.parcels)`, where "
        "`print_labels` is a function of yours.",
        '`response.headers["Location"]` takes the path as a text. What does `label_jobs[job_id]` do when there is none?',
    ),
    solution=_solve_progress,
    wants=("app", "value"),
    routes=("POST /labels", "GET /jobs/{job_id}"),
)
