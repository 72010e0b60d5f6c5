"""What learners pass to 3.2-manifest."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException, Response
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from helpers.chapters.ch03.exercises.manifest import office, write_manifest
from tests.chapters.answers import right, stub, wrong


def manifest_app(download: Callable[..., Any]) -> tuple[FastAPI, Path]:
    app = FastAPI()
    app.get("/manifests/{day}")(download)
    return app, office


def known(day: int) -> int:
    if day < 1:
        raise HTTPException(404)
    return day


Day = Annotated[int, Depends(known)]


@stub("3.2-manifest")
def manifest_shipped():
    def download_manifest(day: int, background_tasks: BackgroundTasks) -> FileResponse: ...

    return manifest_app(download_manifest)


@wrong("3.2-manifest", says="the file was gone before it was sent")
def manifest_removed_in_finally():
    def download(day: Day) -> FileResponse:
        path = write_manifest(day)
        try:
            return FileResponse(path, filename=f"manifest-{day}.txt")
        finally:
            path.unlink()

    return manifest_app(download)


@wrong("3.2-manifest", says="who removes it, and when?")
def manifest_never_removed():
    def download(day: Day) -> FileResponse:
        return FileResponse(write_manifest(day), filename=f"manifest-{day}.txt")

    return manifest_app(download)


@wrong("3.2-manifest", says="the browser does not learn a name")
def manifest_without_a_name():
    def download(day: Day, background_tasks: BackgroundTasks) -> FileResponse:
        path = write_manifest(day)
        background_tasks.add_task(path.unlink)
        return FileResponse(path)

    return manifest_app(download)


@wrong("3.2-manifest", says="`manifest-12.txt` was asked for")
def manifest_always_of_day_7():
    def download(day: Day, background_tasks: BackgroundTasks) -> FileResponse:
        path = write_manifest(day)
        background_tasks.add_task(path.unlink)
        return FileResponse(path, filename="manifest-7.txt")

    return manifest_app(download)


@wrong("3.2-manifest", says="a download is an `attachment`")
def manifest_inline():
    def download(day: Day, background_tasks: BackgroundTasks) -> FileResponse:
        path = write_manifest(day)
        background_tasks.add_task(path.unlink)
        return FileResponse(path, filename=f"manifest-{day}.txt", content_disposition_type="inline")

    return manifest_app(download)


@wrong("3.2-manifest", says="FastAPI makes JSON of what a function returns")
def manifest_as_a_text():
    def download(day: Day) -> str:
        path = write_manifest(day)
        try:
            return path.read_text()
        finally:
            path.unlink()

    return manifest_app(download)


@wrong("3.2-manifest", says="it was written before the day was looked at")
def manifest_written_first():
    def download(day: int, background_tasks: BackgroundTasks) -> FileResponse:
        path = write_manifest(day)
        background_tasks.add_task(path.unlink)
        if day < 1:
            raise HTTPException(404)
        return FileResponse(path, filename=f"manifest-{day}.txt")

    return manifest_app(download)


@wrong("3.2-manifest", says="404 was asked for below 1")
def manifest_of_any_day():
    def download(day: int, background_tasks: BackgroundTasks) -> FileResponse:
        path = write_manifest(day)
        background_tasks.add_task(path.unlink)
        return FileResponse(path, filename=f"manifest-{day}.txt")

    return manifest_app(download)


@right("3.2-manifest")
def manifest_with_a_task_of_the_response():
    async def download(day: Day) -> FileResponse:
        path = write_manifest(day)
        task = BackgroundTask(path.unlink)
        return FileResponse(path, filename=f"manifest-{day}.txt", media_type="text/plain", background=task)

    return manifest_app(download)


@right("3.2-manifest")
def manifest_of_a_dependency():
    def written(day: Day) -> Iterator[Path]:
        path = write_manifest(day)
        try:
            yield path
        finally:
            path.unlink()

    def download(day: int, path: Annotated[Path, Depends(written)]) -> FileResponse:
        return FileResponse(path, filename=f"manifest-{day}.txt")

    return manifest_app(download)


@right("3.2-manifest")
def manifest_read_at_once():
    def download(day: Day) -> Response:
        path = write_manifest(day)
        content = path.read_bytes()
        path.unlink()
        headers = {"Content-Disposition": f'attachment; filename="manifest-{day}.txt"'}
        return Response(content, media_type="text/plain", headers=headers)

    return manifest_app(download)


@wrong("3.2-manifest", says="`/manifests/1` answered 404")
def manifest_from_day_two():
    def download(day: int, background_tasks: BackgroundTasks) -> FileResponse:
        if day <= 1:
            raise HTTPException(404)
        path = write_manifest(day)
        background_tasks.add_task(path.unlink)
        return FileResponse(path, filename=f"manifest-{day}.txt")

    return manifest_app(download)


@wrong("3.2-manifest", says="a manifest of day -3 was handed out")
def manifest_of_any_day_but_zero():
    def download(day: int, background_tasks: BackgroundTasks) -> FileResponse:
        if day == 0:
            raise HTTPException(404)
        path = write_manifest(day)
        background_tasks.add_task(path.unlink)
        return FileResponse(path, filename=f"manifest-{day}.txt")

    return manifest_app(download)
