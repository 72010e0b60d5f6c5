"""`make bench`: what the helpers cost, each as a ratio to the bare alternative measured in the same run.

Machines differ and are shared, so only ratios and differences are judged; medians of ten (of a hundred for exchanges).
Exit code 1 when a bar is missed.
"""

import socket
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]
RUNS = 10
APP = """
from fastapi import FastAPI
app = FastAPI()
@app.get("/")
async def root() -> str:
    return "fine"
"""
FIRST_START = """
import time, fastapi, uvicorn, httpx
from helpers import serve
from main import app
begun = time.perf_counter()
assert serve(app).client.get("/").json() == "fine"
print(time.perf_counter() - begun)
"""
IMPORT = """
import time, fastapi, uvicorn, httpx
begun = time.perf_counter()
import helpers
from helpers import record, serve
print(time.perf_counter() - begun)
"""


def seconds(code: str, folder: Path) -> float:
    """What a script prints, run in a fresh Python."""
    return float(
        subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True).stdout
    )


def subprocess_start(folder: Path) -> float:
    """Seconds from starting `uvicorn main:app` to its first answer."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "main:app", "--port", str(port), "--log-level", "critical"]
    begun = time.perf_counter()
    with httpx.Client(trust_env=False, verify=False) as client, subprocess.Popen(command, cwd=folder) as server:
        while True:
            try:
                assert client.get(f"http://127.0.0.1:{port}/").json() == "fine"
                break
            except httpx.ConnectError:
                time.sleep(0.002)
        took = time.perf_counter() - begun
        server.terminate()
    return took


def later_starts() -> list[float]:
    """Seconds from `serve(app)` to the first answer, the stop of the app before included."""
    from helpers import serve

    spaces = []
    for _ in range(RUNS + 1):
        space: dict = {}
        exec(APP, space)
        begun = time.perf_counter()
        assert serve(space["app"]).client.get("/").json() == "fine"
        spaces.append(time.perf_counter() - begun)
    return spaces[1:]


def exchanges() -> tuple[float, float]:
    """Median seconds of a bare and of a recorded exchange, taken in turn; the bare one with httpx's own client."""
    from helpers import record, serve

    space: dict = {}
    exec(APP, space)
    server, bare, recorded = serve(space["app"]), [], []
    with httpx.Client(base_url=server.url, trust_env=False, verify=False) as client:
        for _ in range(100):
            begun = time.perf_counter()
            client.get("/")
            bare.append(time.perf_counter() - begun)
            begun = time.perf_counter()
            with record() as timeline:
                server.client.get("/")
            recorded.append(time.perf_counter() - begun)
            assert timeline.names[0] == "client"
    return statistics.median(bare), statistics.median(recorded)


def accuracy() -> tuple[float, float]:
    """99th percentiles of the timeline's error in seconds: a task's start and end against stamps taken inside it, and
    the moment when the response was sent against the moment when a raw socket has read it."""
    from fastapi import BackgroundTasks, FastAPI

    from helpers import record, serve

    app, events = FastAPI(), []

    def work() -> None:
        events.append(("begun", time.perf_counter()))
        time.sleep(0.002)
        events.append(("ended", time.perf_counter()))

    @app.get("/")
    async def root(background_tasks: BackgroundTasks) -> str:
        background_tasks.add_task(work)
        return "fine"

    server = serve(app)
    server.client.get("/")
    inside, socket_read = [], []
    address = httpx.URL(server.url)
    request = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"
    with socket.create_connection((address.host, address.port)) as raw:
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(200):
            events.clear()
            with record(events=events) as timeline:
                raw.sendall(request)
                read = b""
                while b'"fine"' not in read:
                    read += raw.recv(65536)
                events.append(("read", time.perf_counter()))
            task = timeline["work"]
            inside += [abs(timeline["begun"].start - task.start), abs(timeline["ended"].start - task.end)]
            socket_read.append(abs(timeline["read"].start - task.sent))
    return tuple(statistics.quantiles(errors, n=100)[98] for errors in (inside, socket_read))


def seat() -> tuple[float, float]:
    """Megabytes of memory that one learner takes: a kernel with a served app, and JupyterLab itself."""
    from jupyter_client.manager import start_new_kernel

    lab = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--port=0", "--ServerApp.log_level=ERROR"],
        cwd=ROOT / "notebooks", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    manager, client = start_new_kernel(kernel_name="python3", extra_arguments=["--IPKernelApp.log_level=ERROR"])
    try:
        code = f"{APP}\nfrom helpers import record, serve\nserver = serve(app)\n"
        code += "with record() as timeline:\n    server.client.get('/')\ntimeline"
        assert client.execute_interactive(code, output_hook=lambda message: None)["content"]["status"] == "ok"
        kernel = megabytes(manager.provisioner.process.pid)
        time.sleep(3)  # JupyterLab has loaded its extensions
        served = megabytes(lab.pid)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        lab.terminate()
        lab.wait(20)
    return kernel, served


def megabytes(pid: int) -> float:
    """Memory that a process alone uses, of its children too."""
    import psutil

    process = psutil.Process(pid)
    return sum(one.memory_full_info().uss for one in [process, *process.children(recursive=True)]) / 1e6


def first_minute() -> tuple[float, float, float, float]:
    """In a fresh clone: seconds of the set-up with a warm cache, and then to the first measured task on the start page,
    the start of the kernel included; megabytes of the environment without bytecode, and of the bytecode."""
    import nbformat

    with tempfile.TemporaryDirectory() as name:
        clone = Path(name, "clone")
        subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
        base = getattr(sys, "_base_executable", sys.executable)
        begun = time.perf_counter()
        subprocess.run([base, "make.py", "setup"], cwd=clone, check=True, capture_output=True)
        installed = time.perf_counter() - begun
        page = clone / "notebooks" / "00_start_here.ipynb"
        notebook = nbformat.read(page, 4)
        last = next(i for i, cell in enumerate(notebook.cells) if "record()" in cell.source)
        notebook.cells = notebook.cells[: last + 2]
        nbformat.write(notebook, page)
        python = clone / ".venv" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        begun = time.perf_counter()
        command = [python, "-m", "jupyter", "execute", page.name]
        subprocess.run(command, cwd=page.parent, check=True, capture_output=True)
        measured = time.perf_counter() - begun
        files = [path for path in (clone / ".venv").rglob("*") if path.is_file() and not path.is_symlink()]
        size = sum(path.stat().st_size for path in files) / 1e6
        bytecode = sum(path.stat().st_size for path in files if path.suffix == ".pyc") / 1e6
        return installed, measured, size - bytecode, bytecode


def whole_run() -> tuple[float, float, float]:
    """Seconds of all notebooks, four at a time: compared strictly; run by nbmake, which compares nothing; and the floor,
    run by nbclient in threads of one process. nbmake is fetched for this alone."""
    from helpers.authoring import compare
    from helpers.authoring.refresh import execute, files, read

    def timed(command: list[str], **environment: str) -> float:
        begun = time.perf_counter()
        done = compare.run(command, **environment)
        assert done.returncode == 0, done.stdout
        return time.perf_counter() - begun

    compared = timed(compare.command(sys.executable))
    with tempfile.TemporaryDirectory() as folder:
        fetch = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--no-deps", "--target", folder, "nbmake"]
        subprocess.run(fetch, check=True)
        made = timed(
            [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-p",
                "no:cacheprovider",
                *compare.PARALLEL,
                "--nbmake",
                "notebooks",
            ],
            PYTHONPATH=folder,
        )
    begun = time.perf_counter()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda path: execute(read(path), path.parent), files()))
    return compared, made, time.perf_counter() - begun


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "main.py").write_text(APP)
        first, process, imports = [], [], []
        for _ in range(RUNS):  # in turn, so that a busy moment meets all alike
            first.append(seconds(FIRST_START, folder))
            process.append(subprocess_start(folder))
            imports.append(seconds(IMPORT, folder))
    bare, recorded = exchanges()
    start, alone, later = statistics.median(first), statistics.median(process), statistics.median(later_starts())
    cost = statistics.median(imports)
    inside, read = accuracy()
    kernel, lab = seat()
    installed, measured, disk, bytecode = first_minute()
    compared, made, floor = whole_run()
    rows = [  # what, value, beside what, whether the bar is reached
        (
            "first serve() to its answer",
            f"{start * 1e3:.0f} ms",
            f"{alone / start:.1f} times faster than a uvicorn process ({alone * 1e3:.0f} ms)",
            alone / start >= 7,
        ),
        (
            "later serve() to its answer",
            f"{later * 1e3:.1f} ms",
            f"{alone / later:.0f} times faster than a uvicorn process",
            alone / later >= 30,
        ),
        (
            "recorded exchange",
            f"{recorded * 1e3:.1f} ms",
            f"{(recorded - bare) * 1e3:.1f} ms more than a bare one ({bare * 1e3:.1f} ms)",
            recorded - bare < 0.005,
        ),
        (
            "timeline's error, 99 of 100",
            f"{inside * 1e3:.2f} ms",
            f"against stamps inside the task; {read * 1e3:.2f} ms against a raw socket's read",
            max(inside, read) < 0.0005,
        ),
        ("import helpers", f"{cost * 1e3:.0f} ms", "on top of fastapi, uvicorn and httpx", cost < 0.4),
        ("memory of a kernel", f"{kernel:.0f} MB", f"with a served app; JupyterLab itself {lab:.0f} MB", kernel < 80),
        # Of these 91 are PostgreSQL and its drivers, 35 a type checker.
        ("disk of a seat", f"{disk:.0f} MB", f"and {bytecode:.0f} MB of bytecode", disk < 520),
        ("set-up of a fresh clone", f"{installed:.1f} s", "with a warm cache of packages", installed < 15),
        ("first measured task", f"{measured:.1f} s", "after set-up, the kernel's start included", measured < 10),
        (
            "strict run of all notebooks",
            f"{compared:.0f} s",
            f"{compared / floor:.2f} times as long as nbclient uncompared ({floor:.0f} s), {compared / made:.2f} times nbmake",
            compared / floor <= 1.25,
        ),
    ]
    for what, value, ratio, reached in rows:
        print(f"{what:28} {value:>8}  {ratio}  {'reached' if reached else 'MISSED'}")
    return 0 if all(row[3] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
