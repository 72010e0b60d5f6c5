"""`04_advanced_features/jobs.py` is the job monitor of section 4.3, and behaves under a prefix."""

import importlib.util
import threading
import time
from types import ModuleType

import nbformat
import pytest
from fastapi import FastAPI

from helpers.authoring.refresh import NOTEBOOKS
from helpers.live.server import Server, running

FILE = NOTEBOOKS / "04_advanced_features" / "jobs.py"


def test_the_chapter_shows_the_files_own_code():
    notebook = nbformat.read(NOTEBOOKS / "04_advanced_features.ipynb", as_version=4)
    (cell,) = (cell for cell in notebook.cells if cell.id == "monitor-run")
    shown = "".join(output.text for output in cell.outputs)
    for part in ("class Job(BaseModel):", "async def run("):
        assert part in shown
        definition = FILE.read_text(encoding="utf-8").partition(part)[2].partition("\n\n\n")[0]
        assert part + definition in shown, f"the chapter shows another {part}"


@pytest.fixture
def monitor() -> ModuleType:
    spec = importlib.util.spec_from_file_location("jobs_of_a_test", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def ended(server: Server, place: str) -> dict:
    deadline = time.monotonic() + 10
    while (job := server.client.get(place).json())["status"] in ("queued", "running", "retrying"):
        assert time.monotonic() < deadline, job
        time.sleep(0.01)
    return job


def test_its_location_leads_to_the_job_under_any_prefix(monitor: ModuleType):
    app = FastAPI()
    app.include_router(monitor.router, prefix="/api/v1")
    with running(app) as server:
        place = server.client.post("/api/v1/jobs/archive_pages").headers["Location"]
        assert place == "/api/v1/jobs/1"
        assert ended(server, place)["status"] == "done"
        assert server.client.delete(place).status_code == 409


def test_blocking_work_runs_once_and_holds_up_nobody(monitor: ModuleType):
    calls, looked = [], threading.Event()

    def block(job: object) -> None:
        calls.append(job)
        looked.wait(10)

    monitor.WORK["block"] = block
    with running(monitor.app) as server:
        place = server.client.post("/jobs/block").headers["Location"]
        assert server.client.get(place).json()["status"] == "running", "the server waited for the work"
        looked.set()
        assert ended(server, place)["attempt"] == len(calls) == 1


def test_an_open_job_is_cancelled(monitor: ModuleType):
    with running(monitor.app) as server:
        place = server.client.post("/jobs/print_labels").headers["Location"]
        assert server.client.delete(place).status_code == 202
        assert ended(server, place)["status"] == "cancelled"
        assert server.client.delete(place).json() == {"detail": "the job is cancelled already"}


def test_old_jobs_are_forgotten(monitor: ModuleType):
    monitor.KEPT = 2
    monitor.WORK["nothing"] = lambda job: None
    with running(monitor.app) as server:
        for _ in range(5):
            ended(server, server.client.post("/jobs/nothing").headers["Location"])
        server.client.post("/jobs/nothing")
        assert [job["id"] for job in server.client.get("/jobs").json()] == [4, 5, 6]
        assert set(monitor.scopes) == {4, 5, 6}
