"""Kernels that are killed at random moments: no process, no listener, no socket and no file stays, and the next one works."""

import os
import random
import tempfile
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest
from jupyter_client import BlockingKernelClient, KernelManager
from jupyter_client.manager import start_new_kernel

from helpers.authoring import refresh
from helpers.services.waiting import until
from tests.notebooks.kernels import MARK, QUIET, all_gone, marked

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")

NEXT = """
from fastapi import FastAPI
from helpers import process, scratch_folder, serve

app = FastAPI()
answer = serve(app).client.get("/openapi.json")
with process(["python", "-c", "import time; print('here', flush=True); time.sleep(60)"], cwd=scratch_folder(), ready_text="here"):
    assert answer.status_code == 200
"""


@contextmanager
def kernel(path: Path, place: Path, mark: str) -> Iterator[tuple[KernelManager, BlockingKernelClient]]:
    """A kernel beside a notebook whose temporary files lie in `place`."""
    environment = {**os.environ, "COURSE_RUN": "ci", "TMPDIR": str(place), MARK: mark}
    manager, client = start_new_kernel(env=environment, cwd=str(path.parent), extra_arguments=QUIET)
    try:
        yield manager, client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def ports_of(processes: list[psutil.Process]) -> set[int]:
    """The ports on which these processes listen."""
    found = set()
    for process in processes:
        with suppress(psutil.Error):
            found |= {one.laddr.port for one in process.net_connections("tcp4") if one.status == psutil.CONN_LISTEN}
    return found


def listeners(ports: set[int]) -> set[str]:
    """The sockets of this machine that listen on one of these ports, by a number that no other socket gets (Linux)."""
    table = Path("/proc/net/tcp")
    rows = [line.split() for line in table.read_text().splitlines()[1:]] if table.exists() else []
    return {row[9] for row in rows if row[3] == "0A" and int(row[1].partition(":")[2], 16) in ports}


def unix_sockets(place: Path) -> list[str]:
    """The Unix sockets below a folder on which somebody still listens, also when their files are gone (Linux)."""
    table = Path("/proc/net/unix")
    return [line for line in table.read_text().splitlines() if str(place) in line] if table.exists() else []


def left_by_a_killed_kernel(chapter: str, seed: int, latest: float) -> list[str]:
    """Kills a kernel at a random moment of its notebook, at most `latest` seconds from its start; what stays a while later."""
    path = refresh.chosen([chapter], refresh.NOTEBOOKS)[0]
    mark = uuid.uuid4().hex
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="k") as name:  # short: sockets lie in it
        place = Path(name)
        place.chmod(0o755)  # as /tmp is: PostgreSQL's own user passes
        with kernel(path, place, mark) as (manager, client):
            for cell in refresh.read(path).cells:
                if cell.cell_type == "code":
                    client.execute(cell.source, stop_on_error=False)
            program = manager.provisioner.process
            until(lambda: program.poll() is not None, random.Random(f"{chapter} {seed}").uniform(0.5, latest))
            assert program.poll() is None, "it ran until it was killed"
            ports = ports_of(marked(mark))
            sockets = listeners(ports)
            program.kill()
        left = [] if all_gone(mark) else [" ".join(process.cmdline()) for process in marked(mark)]
        until(lambda: not any(place.iterdir()), 15)
        left += [one.name for one in place.iterdir()] + unix_sockets(place)
        until(lambda: not sockets & listeners(ports), 15)  # who ends has no environment any more, and its sockets still
        left += [f"socket {one}" for one in sockets & listeners(ports)]
        with kernel(path, place, mark) as (_, client):
            reply = client.execute_interactive(NEXT, timeout=60, output_hook=lambda message: None)
            left += reply["content"].get("traceback", [])
        assert ports, "a kernel listens itself"
        assert all_gone(mark) and until(lambda: not any(place.iterdir()), 15)
    return left


def killed(chapters: list[str], times: int, latest: float) -> dict[tuple[str, int], list[str]]:
    """What is left, by the kernel that left it."""
    cases = [(chapter, seed) for chapter in chapters for seed in range(times)]
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(lambda case: left_by_a_killed_kernel(*case, latest), cases)
        return {case: left for case, left in zip(cases, found) if left}


def test_two_kernels_killed_at_random_moments_leave_nothing():
    assert killed(["5", "9"], 1, 2.5) == {}


@pytest.mark.slow
@pytest.mark.alone
def test_forty_kernels_killed_at_random_moments_leave_nothing():
    assert killed([str(chapter) for chapter in range(1, 11)], 4, 12) == {}
