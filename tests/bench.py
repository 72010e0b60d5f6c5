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
from pathlib import Path

import httpx

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
    rows = [
        (
            "first serve() to its answer",
            f"{start * 1e3:.0f} ms",
            f"{alone / start:.1f} times faster than a uvicorn process",
            alone / start >= 5,
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
            f"{(recorded - bare) * 1e3:.1f} ms more than a bare one",
            recorded - bare < 0.005,
        ),
        ("import helpers", f"{cost * 1e3:.0f} ms", "on top of fastapi, uvicorn and httpx", cost < 0.4),
    ]
    print(f"uvicorn process to its first answer: {alone * 1e3:.0f} ms; bare exchange: {bare * 1e3:.1f} ms")
    for what, value, ratio, reached in rows:
        print(f"{what:28} {value:>8}  {ratio}  {'reached' if reached else 'MISSED'}")
    return 0 if all(row[3] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
