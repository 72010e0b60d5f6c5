"""Chapter 3: its exercises, their checks and reference solutions."""

import io
import time
from itertools import count
from typing import Annotated, Any

import httpx
from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException, Response, UploadFile
from pydantic import BaseModel

from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import Server, running
from helpers.wording import logged_error


def _error(server: Server) -> str:
    """The error that the first traceback in a server's log ends with, or nothing."""
    until = time.monotonic() + 0.5
    while server.busy and time.monotonic() < until:  # uvicorn logs it after the 500 is out
        time.sleep(0.002)
    return logged_error(server.log)


# 3.3-progress


def _check_progress(app: FastAPI, labels: list[int]) -> str:
    before, seen, early = len(labels), [], False
    with running(app) as server:
        answer = _ask(server, "POST", "/labels", json={"parcels": [7, 8, 9]})
        at_the_answer = len(labels) - before
        assert answer.status_code < 500, f"your app answered {answer.status_code}: {_error(server)}."
        assert not at_the_answer, (
            "the client waited while the labels were printed. Printing belongs into a task: "
            "`background_tasks.add_task(function, arguments)`, without parentheses behind the function."
        )
        assert answer.status_code == 202, f"202 Accepted was asked for, but {answer.status_code} came."
        location = answer.headers.get("Location")
        assert location, "the answer has no header `Location`, so the client does not know where to ask."
        until = time.monotonic() + 4
        while time.monotonic() < until and 3 not in seen:
            idle = not server.busy
            job = _job_in(_ask(server, "GET", location), server)
            early = early or job["printed"] > len(labels) - before
            if job["printed"] not in seen:
                seen.append(job["printed"])
            if idle:
                break
            time.sleep(0.02)
        printed, error = len(labels) - before, _error(server)
        unknown = _ask(server, "GET", "/jobs/987654").status_code
        other = _ask(server, "POST", "/labels", json={"parcels": [10]}).headers.get("Location")
    assert not error, f"the client has its 202, but the task then failed, seen by nobody but the log: {error}."
    assert not early, "the job counted labels that were not printed yet: count one when `print_label` has returned."
    assert printed, "the job is there, but no label was ever printed: add a task that does it."
    assert printed == 3, f"three labels were ordered, but {printed} were printed."
    assert seen[-1] == 3, (
        f"all labels are printed, but the job still says {seen[-1]}: the task has to change the very job that "
        "`GET /jobs/{job_id}` reads."
    )
    assert job["of"] == 3, f"the job should say that it is `of` 3 labels, but says {job['of']}."
    assert seen not in ([3], [0, 3]), (
        "the job jumped from 0 to 3. A waiting client wants to see each label: count as you print."
    )
    assert unknown == 404, f"a job that nobody ordered should be a 404, but {unknown} came."
    assert other != location, (
        f"the second order got the same address as the first, `{other}`: each job needs an id of its own."
    )
    return "202 at once, and the job at its `Location` counted the labels one by one while they were printed."


def _ask(server: Server, method: str, path: str, **request: Any) -> httpx.Response:
    """A request on a connection of its own: uvicorn closes the connection of a request whose task fails."""
    server.client.hang_up()
    return server.client.request(method, path, **request)


def _job_in(answer: httpx.Response, server: Server) -> dict[str, int]:
    error = "" if answer.status_code == 200 else _error(server)
    assert answer.status_code == 200, (
        f"the client followed `Location` and got {answer.status_code}{f': {error}' if error else ''}. Is it the path of the job, "
        "and is the job kept before you answer?"
    )
    job = answer.json()
    assert isinstance(job, dict) and {"printed", "of"} <= set(job), (
        f'a job is asked for as {{"printed": ..., "of": ...}}, but {str(job)[:60]} came.'
    )
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


# 3.4-change


def _check_change(app: FastAPI, told: list[int]) -> str:
    def put(address: str) -> tuple[httpx.Response, int, str]:
        """The answer, how often the carrier had been told when it came, and what a read right behind it gave."""
        answer = _ask(server, "PUT", "/parcels/7/address", json={"address": address})
        told_by_then = len(told) - before
        return answer, told_by_then, str(_ask(server, "GET", "/parcels/7/address").json().get("address"))

    with running(app) as server:
        before = len(told)
        with record():
            answer, told_by_then, read = put("1 Harbour Road")
        moved, error = len(told) - before, _error(server)
        assert answer.status_code < 400, (
            f"a good address was answered with {answer.status_code}{f': {error}' if error else ''}."
        )
        assert not told_by_then, "the client waited for the carrier: `tell_carrier` runs inside your path operation."
        assert read == "1 Harbour Road", (
            "a client that read the address right after the answer got the old one: the change belongs before the answer, "
            "only the call to the carrier into the task."
        )
        assert not error, f"the client has its answer, but the task then failed, seen by nobody but the log: {error}."
        assert moved, (
            "the address changed and the carrier was never told. Is the task added to the `background_tasks` that FastAPI hands "
            "you, and is the old address compared before you replace it?"
        )
        assert moved == 1, f"one move, but the carrier was told {moved} times."
        assert answer.status_code == 204 or answer.json() == {"address": "1 Harbour Road"}, (
            f'the new address should come back as {{"address": ...}}, but {answer.text[:60]} came.'
        )
        with record():
            put("1 Harbour Road")
        assert len(told) - before == 1, "the same PUT again changed nothing, and the carrier was told once more."
        with record():
            put("2 Mill Lane")
        assert len(told) - before == 2, "Grace moved a second time, and nobody told the carrier: compare the addresses."
    return "The new address was there with the answer, and the carrier heard of each change once, afterwards."


class Address(BaseModel):
    """As in the notebook."""

    address: str


told: list[int] = []


def tell_carrier(number: int) -> None:
    """As in the notebook."""
    time.sleep(0.5)
    told.append(number)


def _solve_change() -> tuple[FastAPI, list[int]]:
    addresses: dict[int, str] = {}
    app = FastAPI()

    @app.get("/parcels/{number}/address")
    def read_address(number: int) -> Address:
        return Address(address=addresses.get(number, "unknown"))

    @app.put("/parcels/{number}/address")
    def change_address(number: int, new: Address, background_tasks: BackgroundTasks) -> Address:
        if addresses.get(number) != new.address:
            addresses[number] = new.address
            background_tasks.add_task(tell_carrier, number)
        return new

    return app, told


# 3.7-image


def _check_image(app: FastAPI) -> str:
    from PIL import Image

    def draw(format: str) -> bytes:
        file = io.BytesIO()
        Image.new("RGB", (300, 200), "peru").save(file, format)
        return file.getvalue()

    jpeg = draw("JPEG")
    with running(app) as server:

        def send(content: bytes, name: str = "parcel.jpg", kind: str = "image/jpeg") -> httpx.Response:
            return _ask(server, "POST", "/photos", files={"upload": (name, content, kind)})

        good, letter = send(jpeg), send(b"Dear Grace, there is no photo.")
        error = "" if max(good.status_code, letter.status_code) < 500 else _error(server)
        disguised = send(draw("PNG"), "notes.txt", "text/plain")
        gif, half = send(draw("GIF")), send(jpeg[: len(jpeg) // 2])
        large, fitting = send(jpeg + bytes(200_000)), send(jpeg + bytes(80_000))
    assert good.status_code < 400, f"a JPEG of 1 kB was refused with {good.status_code}{f': {error}' if error else ''}."
    assert letter.status_code != 500, (
        f"a text that is called parcel.jpg was answered with 500: Pillow raised {error.partition(':')[0].rpartition('.')[2]} and "
        "nobody caught it. What a client sends wrongly is a 4xx."
    )
    assert letter.status_code >= 400, (
        "a text that is called parcel.jpg was accepted. Its name and its `content_type` are the client's words: open it."
    )
    assert disguised.status_code < 400, (
        "a whole PNG was refused because it is called notes.txt. Name and `content_type` say nothing either way: look inside."
    )
    assert gif.status_code >= 400, (
        "a GIF was accepted: Pillow reads dozens of formats, `formats=[...]` names those you want."
    )
    assert half.status_code >= 400, (
        "half a JPEG was accepted. First bytes, `Image.open` and `verify` look at the beginning; `load` decodes all of it."
    )
    assert half.status_code != 500, (
        "half a JPEG was answered with 500: decoding raises an OSError, and nobody caught it."
    )
    refused = sorted({letter.status_code, gif.status_code, half.status_code})
    assert refused == [415], (
        f"415 was asked for content that is no JPEG or PNG, but {' and '.join(map(str, refused))} came."
    )
    assert large.status_code >= 400, "200 kB were accepted: the decorator's `max_body_size=` sets the limit, in bytes."
    assert large.status_code == 413, f"413 was asked for a request of 200 kB, but {large.status_code} came."
    assert fitting.status_code < 400, f"80 kB are within the limit, but were refused with {fitting.status_code}."
    assert good.status_code == 201, f"201 Created was asked for, but {good.status_code} came."
    assert good.json() == {"width": 300, "height": 200}, (
        f'an image 300 wide and 200 high should give {{"width": 300, "height": 200}}, but {good.text[:60]} came.'
    )
    return "Only whole JPEG and PNG images came through, whatever they were called; the rest got 415, and 413 for the size."


def _solve_image() -> FastAPI:
    from PIL import Image

    def whole_image(upload: UploadFile) -> Image.Image:
        try:
            image = Image.open(upload.file, formats=["JPEG", "PNG"])
            image.load()
        except (OSError, Image.DecompressionBombError):
            raise HTTPException(415, "send a whole JPEG or PNG") from None
        return image

    app = FastAPI()

    @app.post("/photos", status_code=201, max_body_size=100_000)
    def measure_photo(image: Annotated[Image.Image, Depends(whole_image)]) -> dict[str, int]:
        return {"width": image.width, "height": image.height}

    return app


EXERCISES = [
    Exercise(
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
    ),
    Exercise(
        id="3.4-change",
        title="change first, tell later",
        task="After the PUT every read should give the new address, and `tell_carrier` should run after the answer, once for "
        "each change.",
        check=_check_change,
        hints=(
            "Which of the two, the change or the call, does the next reader depend on?",
            "How do you know whether anything changed? Compare `addresses.get(number)` before you replace it.",
        ),
        solution=_solve_change,
        wants=("app", "value"),
        routes=("GET /parcels/{number}/address", "PUT /parcels/{number}/address"),
    ),
    Exercise(
        id="3.7-image",
        title="only whole images",
        task="`POST /photos` should answer 201 with width and height for whole JPEG and PNG images up to 100 kB, 415 for other "
        "content, 413 for more.",
        check=_check_image,
        hints=(
            "Pillow knows what it can read: `Image.open(upload.file, formats=[...])`, and `load()` decodes to the end.",
            "Both raise an OSError for what is no image or not a whole one. `HTTPException(415)` is the answer.",
            "The size is the decorator's business: `max_body_size=`, in bytes.",
        ),
        solution=_solve_image,
        routes=("POST /photos",),
    ),
]
