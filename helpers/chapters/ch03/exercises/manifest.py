"""Exercise 3.2-manifest: a download that leaves nothing behind."""

from pathlib import Path
from uuid import uuid4

import httpx
from fastapi import BackgroundTasks, FastAPI, HTTPException
from fastapi.responses import FileResponse

from helpers.chapters.asking import ask, logged
from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import Server, running
from helpers.services.scratch import scratch_folder
from helpers.wording import describe

office = scratch_folder()


def write_manifest(day: int) -> Path:
    """As in the notebook."""
    path = office / f"{uuid4()}.txt"
    path.write_bytes((f"day {day} " * 999 + "\n").encode() * 50)
    return path


def _check_manifest(app: FastAPI, office: Path) -> str:
    before = set(office.iterdir())
    try:
        with running(app) as server:
            for day in (7, 12, 1):
                _download(server, office, before, day)
            for day in (0, -3):
                answer = _get(server, f"/manifests/{day}")
                assert answer.status_code != 200, f"a manifest of day {day} was handed out: 404 was asked for below 1."
                assert answer.status_code == 404, (
                    f"day {day} was answered with {answer.status_code}: 404 was asked for, which you raise."
                )
            assert set(office.iterdir()) == before, (
                "days below 1 got their 404, and a file stayed behind: it was written before the day was looked at."
            )
            with record(), server.client.stream("GET", "/manifests/3") as answer:
                next(answer.iter_bytes(), b"")
            assert set(office.iterdir()) == before, "a client left in the middle, and its file stayed behind."
    finally:
        for path in set(office.iterdir()) - before:
            path.unlink()
    return "Each manifest came whole and under its name, and no file stayed behind, not even where the client had left."


def _download(server: Server, office: Path, before: set[Path], day: int) -> None:
    answer = _get(server, f"/manifests/{day}")
    expected = (f"day {day} " * 999 + "\n").encode() * 50
    assert answer.status_code == 200, f"`/manifests/{day}` answered {answer.status_code}: {describe(answer.text[:60])}."
    assert "json" not in answer.headers.get("Content-Type", ""), (
        "the content came as JSON, in quotes, or it is the path: FastAPI makes JSON of what a function returns. Return a "
        "FileResponse."
    )
    assert answer.content == expected, (
        f"the manifest of day {day} has {len(expected)} bytes, but {len(answer.content)} came, or another day's."
    )
    said = answer.headers.get("Content-Disposition", "")
    assert said, "the browser does not learn a name: `FileResponse(path, filename=...)` sets `Content-Disposition`."
    assert said.startswith("attachment"), (
        f"`Content-Disposition` says {describe(said.partition(';')[0])}: a download is an `attachment`."
    )
    assert f"manifest-{day}.txt" in said, (
        f"the download of day {day} is called {describe(said.partition('filename=')[2])}: `manifest-{day}.txt` was asked for."
    )
    assert set(office.iterdir()) == before, (
        "the manifest was sent, and its file still lies in the office: who removes it, and when?"
    )


def _get(server: Server, path: str) -> httpx.Response:
    with record():
        answer = ask(server, "GET", path)
    error = logged(server)
    assert "does not exist" not in error and "No such file" not in error, (
        "the file was gone before it was sent: `finally`, `with`, `add_task(path.unlink())` and a dependency with "
        '`scope="function"` all remove it before the answer reads it.'
    )
    assert not error, f"`{path}` answered {answer.status_code}, and the log says: {error}."
    return answer


def _solve_manifest() -> tuple[FastAPI, Path]:
    app = FastAPI()

    @app.get("/manifests/{day}")
    def download_manifest(day: int, background_tasks: BackgroundTasks) -> FileResponse:
        if day < 1:
            raise HTTPException(404, "no such day")
        path = write_manifest(day)
        background_tasks.add_task(path.unlink)
        return FileResponse(path, filename=f"manifest-{day}.txt")

    return app, office


EXERCISE = Exercise(
    id="3.2-manifest",
    title="a download that leaves nothing behind",
    task="`GET /manifests/{day}` should send what `write_manifest(day)` has written as `manifest-7.txt` (for day 7), leave no file "
    "in the office when it has been sent, and answer 404 for days below 1.",
    check=_check_manifest,
    hints=(
        "Which response sends a file, and which of its parameters is the name that the browser shows?",
        "When is the file read: before the function returns, or after?",
        "A background task runs when the answer is out. `path.unlink` removes the file when it is called, and not before.",
    ),
    solution=_solve_manifest,
    wants=("app", "value"),
    routes=("GET /manifests/{day}",),
)
