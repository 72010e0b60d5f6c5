"""What learners pass to the exercises of chapter 3."""

from typing import Annotated

from fastapi import BackgroundTasks, FastAPI, File, HTTPException, Request, Response, UploadFile
from fastapi.responses import JSONResponse
from PIL import Image
from starlette.background import BackgroundTask

from helpers.chapters.ch03.exercises import (
    Address,
    LabelJob,
    LabelOrder,
    label_jobs,
    labels,
    print_label,
    tell_carrier,
    told,
)
from tests.chapters.answers import right, stub, wrong


def print_and_count(job: LabelJob, parcels: list[int]) -> None:
    for parcel in parcels:
        print_label(parcel)
        job.printed += 1


def read_or_404(job_id: int) -> LabelJob:
    if job_id not in label_jobs:
        raise HTTPException(404, "no such job")
    return label_jobs[job_id]


def keep(order: LabelOrder) -> tuple[int, LabelJob]:
    """A new job under a new number."""
    job_id, job = len(label_jobs) + 1, LabelJob(of=len(order.parcels))
    label_jobs[job_id] = job
    return job_id, job


def progress_app(post, read=read_or_404, **options):
    """An app with these two path operations, and the labels that the check is given."""
    app = FastAPI()
    app.post("/labels", **({"status_code": 202} | options))(post)
    app.get("/jobs/{job_id}")(read)
    return app, labels


def progress_with(task):
    """All is as in the solution, except for the task."""

    def order_labels(order: LabelOrder, response: Response, background_tasks: BackgroundTasks) -> LabelJob:
        job_id, job = keep(order)
        background_tasks.add_task(task, job, order.parcels)
        response.headers["Location"] = f"/jobs/{job_id}"
        return job

    return progress_app(order_labels)


@stub("3.3-progress")
def progress_shipped():
    def order_labels(order: LabelOrder, response: Response, background_tasks: BackgroundTasks) -> LabelJob: ...

    def read_label_job(job_id: int) -> LabelJob: ...

    return progress_app(order_labels, read_label_job)


@stub("3.3-progress")
def progress_half_done():
    def order_labels(order: LabelOrder, response: Response, background_tasks: BackgroundTasks) -> LabelJob: ...

    return progress_app(order_labels)


@wrong("3.3-progress", says="the client waited while the labels were printed")
def progress_inline():
    def order_labels(order: LabelOrder, response: Response) -> LabelJob:
        job_id, job = keep(order)
        print_and_count(job, order.parcels)
        response.headers["Location"] = f"/jobs/{job_id}"
        return job

    return progress_app(order_labels)


@wrong("3.3-progress", says="no header `Location`")
def progress_without_location():
    def order_labels(order: LabelOrder, background_tasks: BackgroundTasks) -> LabelJob:
        _, job = keep(order)
        background_tasks.add_task(print_and_count, job, order.parcels)
        return job

    return progress_app(order_labels)


@wrong("3.3-progress", says="202 Accepted was asked for, but 200 came")
def progress_with_200():
    app, labels = progress_with(print_and_count)
    post = next(route.endpoint for route in app.routes if route.path == "/labels")
    return progress_app(post, status_code=200)


@wrong("3.3-progress", says="the client followed `Location` and got 404")
def progress_to_nowhere():
    def order_labels(order: LabelOrder, response: Response, background_tasks: BackgroundTasks) -> LabelJob:
        job_id, job = keep(order)
        background_tasks.add_task(print_and_count, job, order.parcels)
        response.headers["Location"] = f"/labels/{job_id}"
        return job

    return progress_app(order_labels)


@wrong("3.3-progress", says="no label was ever printed")
def progress_never_printed():
    def order_labels(order: LabelOrder, response: Response) -> LabelJob:
        job_id, job = keep(order)
        response.headers["Location"] = f"/jobs/{job_id}"
        return job

    return progress_app(order_labels)


@wrong("3.3-progress", says="but the job still says 0")
def progress_never_counted():
    return progress_with(lambda job, parcels: [print_label(parcel) for parcel in parcels])


@wrong("3.3-progress", says="the job jumped from 0 to 3")
def progress_at_the_end():
    def print_all(job: LabelJob, parcels: list[int]) -> None:
        for parcel in parcels:
            print_label(parcel)
        job.printed = len(parcels)

    return progress_with(print_all)


@wrong("3.3-progress", says="counted labels that were not printed yet")
def progress_too_early():
    def count_first(job: LabelJob, parcels: list[int]) -> None:
        for parcel in parcels:
            job.printed += 1
            print_label(parcel)

    return progress_with(count_first)


@wrong("3.3-progress", says="the task then failed, seen by nobody but the log: TypeError")
def progress_without_arguments():
    def order_labels(order: LabelOrder, response: Response, background_tasks: BackgroundTasks) -> LabelJob:
        job_id, job = keep(order)
        background_tasks.add_task(print_and_count)
        response.headers["Location"] = f"/jobs/{job_id}"
        return job

    return progress_app(order_labels)


@wrong("3.3-progress", says="a job that nobody ordered should be a 404, but 500 came")
def progress_key_error():
    app, _ = progress_with(print_and_count)
    post = next(route.endpoint for route in app.routes if route.path == "/labels")

    def read_label_job(job_id: int) -> LabelJob:
        return label_jobs[job_id]

    return progress_app(post, read_label_job)


@wrong("3.3-progress", says="got the same address as the first")
def progress_one_id():
    def order_labels(order: LabelOrder, response: Response, background_tasks: BackgroundTasks) -> LabelJob:
        label_jobs[1] = job = LabelJob(of=len(order.parcels))
        background_tasks.add_task(print_and_count, job, order.parcels)
        response.headers["Location"] = "/jobs/1"
        return job

    return progress_app(order_labels)


@right("3.3-progress")
def progress_one_task_a_label():
    def print_one(job: LabelJob, parcel: int) -> None:
        print_label(parcel)
        job.printed += 1

    def order_labels(
        order: LabelOrder, request: Request, response: Response, background_tasks: BackgroundTasks
    ) -> LabelJob:
        job_id, job = keep(order)
        for parcel in order.parcels:
            background_tasks.add_task(print_one, job, parcel)
        response.headers["Location"] = str(request.url_for("read_or_404", job_id=job_id))
        return job

    return progress_app(order_labels)


@right("3.3-progress")
def progress_on_the_response():
    def order_labels(order: LabelOrder) -> Response:
        job_id, job = keep(order)
        task = BackgroundTask(print_and_count, job, order.parcels)
        return JSONResponse(job.model_dump(), 202, {"Location": f"/jobs/{job_id}"}, background=task)

    return progress_app(order_labels)


def change_app() -> tuple[FastAPI, dict[int, str]]:
    """The part that the notebook gives: an app that reads addresses, and the addresses."""
    app, addresses = FastAPI(), {}

    @app.get("/parcels/{number}/address")
    def read_address(number: int) -> Address:
        return Address(address=addresses.get(number, "unknown"))

    return app, addresses


def change_with(change):
    """The notebook's app with a PUT that calls `change(addresses, number, new, background_tasks)` and returns the address."""
    app, addresses = change_app()

    @app.put("/parcels/{number}/address")
    def change_address(number: int, new: Address, background_tasks: BackgroundTasks) -> Address:
        change(addresses, number, new.address, background_tasks)
        return new

    return app, told


@stub("3.4-change")
def change_shipped():
    app, _ = change_app()

    @app.put("/parcels/{number}/address")
    def change_address(number: int, new: Address, background_tasks: BackgroundTasks) -> Address: ...

    return app, told


@wrong("3.4-change", says="the client waited for the carrier")
def change_inline():
    def change(addresses, number, new, background_tasks):
        addresses[number] = new
        tell_carrier(number)

    return change_with(change)


@wrong("3.4-change", says="got the old one: the change belongs before the answer")
def change_in_the_task():
    def change(addresses, number, new, background_tasks):
        def replace():
            tell_carrier(number)
            addresses[number] = new

        background_tasks.add_task(replace)

    return change_with(change)


@wrong("3.4-change", says="the carrier was never told")
def change_untold():
    def change(addresses, number, new, background_tasks):
        addresses[number] = new
        if addresses[number] != new:
            background_tasks.add_task(tell_carrier, number)

    return change_with(change)


@wrong("3.4-change", says="the same PUT again changed nothing")
def change_always_told():
    def change(addresses, number, new, background_tasks):
        addresses[number] = new
        background_tasks.add_task(tell_carrier, number)

    return change_with(change)


@wrong("3.4-change", says="nobody told the carrier: compare the addresses")
def change_told_the_first_time():
    def change(addresses, number, new, background_tasks):
        if number not in addresses:
            background_tasks.add_task(tell_carrier, number)
        addresses[number] = new

    return change_with(change)


@wrong("3.4-change", says="one move, but the carrier was told 2 times")
def change_told_twice():
    def change(addresses, number, new, background_tasks):
        if addresses.get(number) != new:
            addresses[number] = new
            background_tasks.add_task(tell_carrier, number)
            background_tasks.add_task(tell_carrier, number)

    return change_with(change)


@wrong("3.4-change", says="missing 1 required positional argument: 'number'")
def change_without_argument():
    def change(addresses, number, new, background_tasks):
        addresses[number] = new
        background_tasks.add_task(tell_carrier)

    return change_with(change)


@wrong("3.4-change", says="answered with 500")
def change_returns_text():
    app, addresses = change_app()

    @app.put("/parcels/{number}/address")
    def change_address(number: int, new: Address, background_tasks: BackgroundTasks) -> Address:
        addresses[number] = new.address
        background_tasks.add_task(tell_carrier, number)
        return "changed"

    return app, told


@right("3.4-change")
def change_with_204():
    app, addresses = change_app()

    @app.put("/parcels/{number}/address", status_code=204)
    async def change_address(number: int, new: Address, background_tasks: BackgroundTasks) -> None:
        before, addresses[number] = addresses.get(number), new.address
        if before != new.address:
            background_tasks.add_task(tell_carrier, number=number)

    return app, told


def image_app(function, **options):
    app = FastAPI()
    app.post("/photos", **({"status_code": 201, "max_body_size": 100_000} | options))(function)
    return app


def load(upload: UploadFile, formats: list[str] | None = None) -> Image.Image:
    image = Image.open(upload.file, formats=formats)
    image.load()
    return image


def measured(upload: UploadFile) -> dict[str, int]:
    """As in the solution."""
    try:
        image = load(upload, ["JPEG", "PNG"])
    except OSError:
        raise HTTPException(415, "no whole image") from None
    return {"width": image.width, "height": image.height}


@stub("3.7-image")
def image_shipped():
    def measure_photo(upload: UploadFile) -> dict[str, int]: ...

    return image_app(measure_photo)


@wrong("3.7-image", says="Pillow raised UnidentifiedImageError and nobody caught it")
def image_uncaught():
    def measure_photo(upload: UploadFile) -> dict[str, int]:
        image = load(upload)
        return {"width": image.width, "height": image.height}

    return image_app(measure_photo)


@wrong("3.7-image", says="a text that is called parcel.jpg was accepted")
def image_by_type():
    def measure_photo(upload: UploadFile) -> dict[str, int]:
        if upload.content_type not in ("image/jpeg", "image/png"):
            raise HTTPException(415)
        try:
            image = Image.open(upload.file)
        except OSError:
            return {"width": 0, "height": 0}
        return {"width": image.width, "height": image.height}

    return image_app(measure_photo)


@wrong("3.7-image", says="a whole PNG was refused because it is called notes.txt")
def image_by_name():
    def measure_photo(upload: UploadFile) -> dict[str, int]:
        if not str(upload.filename).endswith((".jpg", ".png")):
            raise HTTPException(415)
        return measured(upload)

    return image_app(measure_photo)


@wrong("3.7-image", says="a GIF was accepted")
def image_of_any_format():
    def measure_photo(upload: UploadFile) -> dict[str, int]:
        try:
            image = load(upload)
        except OSError:
            raise HTTPException(415) from None
        return {"width": image.width, "height": image.height}

    return image_app(measure_photo)


@wrong("3.7-image", says="half a JPEG was accepted")
def image_verified():
    def measure_photo(upload: UploadFile) -> dict[str, int]:
        try:
            image = Image.open(upload.file, formats=["JPEG", "PNG"])
            image.verify()
        except OSError:
            raise HTTPException(415) from None
        return {"width": image.width, "height": image.height}

    return image_app(measure_photo)


@wrong("3.7-image", says="half a JPEG was answered with 500")
def image_loaded_too_late():
    def measure_photo(upload: UploadFile) -> dict[str, int]:
        try:
            image = Image.open(upload.file, formats=["JPEG", "PNG"])
        except OSError:
            raise HTTPException(415) from None
        image.load()
        return {"width": image.width, "height": image.height}

    return image_app(measure_photo)


@wrong("3.7-image", says="415 was asked for content that is no JPEG or PNG, but 400 came")
def image_with_400():
    def measure_photo(upload: UploadFile) -> dict[str, int]:
        try:
            return measured(upload)
        except HTTPException:
            raise HTTPException(400) from None

    return image_app(measure_photo)


@wrong("3.7-image", says="200 kB were accepted")
def image_without_limit():
    return image_app(measured, max_body_size=None)


@wrong("3.7-image", says="80 kB are within the limit, but were refused with 413")
def image_with_a_small_limit():
    return image_app(measured, max_body_size=10_000)


@wrong("3.7-image", says="413 was asked for a request of 200 kB, but 415 came")
def image_large_is_415():
    def measure_photo(upload: UploadFile) -> dict[str, int]:
        if (upload.size or 0) > 100_000:
            raise HTTPException(415)
        return measured(upload)

    return image_app(measure_photo, max_body_size=None)


@wrong("3.7-image", says="an image 300 wide and 200 high should give")
def image_turned():
    def measure_photo(upload: UploadFile) -> dict[str, int]:
        size = measured(upload)
        return {"width": size["height"], "height": size["width"]}

    return image_app(measure_photo)


@right("3.7-image")
def image_of_bytes():
    def measure_photo(upload: Annotated[bytes, File()]) -> dict[str, int]:
        import io

        try:
            image = Image.open(io.BytesIO(upload))
            image.load()
            assert image.format in ("JPEG", "PNG")
        except (OSError, AssertionError):
            raise HTTPException(415) from None
        return {"width": image.size[0], "height": image.size[1]}

    return image_app(measure_photo)


@right("3.7-image")
def image_async_with_own_limit():
    async def measure_photo(upload: UploadFile) -> dict[str, int]:
        if upload.size is not None and upload.size > 100_000:
            raise HTTPException(413)
        return measured(upload)

    return image_app(measure_photo, max_body_size=None)
