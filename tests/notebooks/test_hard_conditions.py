"""Twenty kernels at once, a clock that jumps, a slow disk, what others have set: no fact changes, nothing stays."""

import os
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient

from helpers.authoring import refresh
from helpers.authoring.stored import Sanitiser, normalise, same_outputs
from tests.house.test_surroundings import OTHERS
from tests.notebooks.kernels import MARK, QUIET, all_gone, listening, marked

KERNELS = 20

pytestmark = [
    pytest.mark.slow,
    pytest.mark.alone,
    pytest.mark.skipif(os.name == "nt", reason="other users' sockets are not told there"),
]


@contextmanager
def watched(mark: str) -> Iterator[dict]:
    """Looks again and again at what bears the mark: its addresses, and the most memory that one kernel took."""
    seen = {"addresses": set(), "memory": {}, "looks": 0}
    done = threading.Event()

    def look() -> None:
        while not done.wait(0.3):
            processes = marked(mark)
            seen["addresses"] |= listening(processes)
            seen["looks"] += 1
            for process in processes:
                with suppress(psutil.Error):
                    if "ipykernel_launcher" in process.cmdline():
                        own = process.memory_full_info().uss
                        seen["memory"][process.pid] = max(own, seen["memory"].get(process.pid, 0))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        done.set()
        thread.join()


def run(path: Path, mark: str, **environment: str) -> list[str]:
    """Runs a notebook in a kernel of its own; the cells that fail or show something else than what is stored."""
    stored, fresh = refresh.read(path), refresh.read(path)
    client = NotebookClient(
        fresh, timeout=120, kernel_name="python3", allow_errors=True, extra_arguments=QUIET,
        resources={"metadata": {"path": str(path.parent)}},
    )  # fmt: skip
    client.execute(env={**os.environ, "COURSE_RUN": "ci", MARK: mark, **environment})
    normalise(fresh)
    before, sanitise = {cell.id: cell for cell in stored.cells}, Sanitiser()
    return [
        f"{cell.id}: {str(cell.outputs)[-600:]}"
        for cell in fresh.cells
        if cell.cell_type == "code" and not same_outputs(before[cell.id], cell, sanitise)
    ]


def run_all(paths: list[Path], mark: str, **environment: str) -> dict[str, list[str]]:
    """Runs notebooks, four at a time; by notebook, the cells that fail or differ."""
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(lambda path: run(path, mark, **environment | OWN.get(path.stem, {})), paths)
        return {path.stem: differing for path, differing in zip(paths, found) if differing}


def test_twenty_kernels_at_once_each_run_chapter_1(capsys):
    path = refresh.chosen(["1"], refresh.NOTEBOOKS)[0]
    mark = uuid.uuid4().hex
    with watched(mark) as seen, ThreadPoolExecutor(KERNELS) as pool:
        differing = list(pool.map(run, [path] * KERNELS, [mark] * KERNELS))
    assert all_gone(mark)
    memory = sorted(seen["memory"].values())
    with capsys.disabled():
        print(
            f"\n{KERNELS} kernels: {memory[len(memory) // 2] / 1e6:.0f} MB of memory each, {memory[-1] / 1e6:.0f} at most"
        )
    assert differing == [[]] * KERNELS
    assert len(memory) == KERNELS and memory[-1] < 150e6
    assert seen["addresses"] <= {"127.0.0.1", "::1"}


def test_a_socket_that_listens_everywhere_would_be_seen():
    mark = uuid.uuid4().hex
    manager, client = start_new_kernel(env={**os.environ, MARK: mark}, extra_arguments=QUIET)
    try:
        client.execute_interactive("import socket; s = socket.create_server(('0.0.0.0', 0))", timeout=30)
        assert listening(marked(mark)) == {"127.0.0.1", "0.0.0.0"}
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert all_gone(mark)


# Every Python process of the kernel's family imports this first: its wall clock goes five minutes forth and back all
# the while; the codes and tokens of the lessons are valid for longer. Six places keep the true clock, because a jump
# really changes what they do. Five count seconds by it: the timeout of SQLAlchemy's pool (sqlalchemy/util/queue.py), the
# time after which Celery's transport hands a message out again (kombu/transport/redis.py), the minute after which the
# relay of chapter 9's depot publishes a job again (depot/outbox.py, by depot/database.py), the grace that Gunicorn gives
# its workers (gunicorn/arbiter.py, `stop`), and the patience of whoever waits for a kernel's first word
# (jupyter_client/client.py), as chapter 2 does for a second one. And a span's moments are what it shows
# (opentelemetry/sdk/trace), by which chapter 9 puts three processes into one order.
JUMPING = """
import sys, time
_time, _time_ns = time.time, time.time_ns
def ahead():
    asked = sys._getframe(2).f_globals.get("__name__")
    true = (
        "sqlalchemy.util.queue", "kombu.transport.redis", "gunicorn.arbiter", "depot.database", "jupyter_client.client",
        "opentelemetry.sdk.trace",
    )
    return 0 if asked in true else 300 * (int(time.monotonic() / 0.7) % 2)
time.time = lambda: _time() + ahead()
time.time_ns = lambda: _time_ns() + ahead() * 10**9
"""


# A hub's and a proxy's machine, on which other projects have set what they need: a proxy that answers nobody, certificates
# that are gone, telemetry that is cut, sampled away and sent elsewhere.
SET_BY_OTHERS = {
    **OTHERS,
    "OTEL_SDK_DISABLED": "false",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9",
    "OTEL_SPAN_EVENT_COUNT_LIMIT": "0",
    "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT": "1",
    "OTEL_PYTHON_TRACER_PROVIDER": "sdk_tracer_provider",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "JUPYTERHUB_SERVICE_PREFIX": "/user/ada/",
    "JUPYTERHUB_USER": "ada",
    "JUPYTERHUB_API_URL": "http://127.0.0.1:9/hub/api",
    "JUPYTERHUB_API_TOKEN": "of the hub",
}
# A learner's own service keeps what is set, and the propagator "none" beside this provider of telemetry makes FastAPI 0.165
# answer 500 to everything. So the appendix that observes one is told of another propagator.
OWN = {"appendix_your_service": {"OTEL_PROPAGATORS": "baggage"}}

WRITE = """
import os, tempfile
with tempfile.TemporaryFile() as file:
    while True:
        file.seek(0)
        file.write(os.urandom(1 << 22))
        file.flush()
        os.fsync(file.fileno())
"""


@pytest.fixture
def busy_disk() -> Iterator[None]:
    writers = [subprocess.Popen([sys.executable, "-c", WRITE]) for _ in range(3)]
    yield
    for writer in writers:
        writer.kill()
        writer.wait()


def test_clock_settings_and_disk_change_no_fact_and_nothing_listens_but_on_loopback(tmp_path, busy_disk):
    (tmp_path / "sitecustomize.py").write_text(JUMPING)
    conditions = {"clock": {"PYTHONPATH": str(tmp_path)}, "settings": SET_BY_OTHERS, "disk": {}}
    mark = uuid.uuid4().hex
    with watched(mark) as seen:
        differing = run_all(refresh.files(), mark, **conditions["clock"], **conditions["settings"])
    assert all_gone(mark)
    # Which of them it was is asked only where one did something.
    paths = [path for path in refresh.files() if path.stem in differing]
    assert differing == {}, {name: run_all(paths, mark, **each) for name, each in conditions.items()}
    assert seen["looks"] > 30 and len(seen["memory"]) >= len(refresh.files())
    assert seen["addresses"] == {"127.0.0.1"}
