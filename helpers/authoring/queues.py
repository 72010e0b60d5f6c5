"""`make queues`: asks each queue of the appendix what takes minutes or an environment of its own, and stores the answers.

arq wants an older client of Redis than the course, so it gets an environment, and the appendix's own cells are run with
it there. A worker of each queue is lost with all clocks as they are by default, and a silent broker is waited for. What
comes stands in `helpers/learning/queues.json`, and the appendix shows it. It takes more than eleven minutes, most of them spent
waiting.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from helpers.authoring.history import uv
from helpers.authoring.refresh import NOTEBOOKS, execute, read
from helpers.course import QUEUES
from helpers.learning.queues import ARQ, DATA

PACKAGES = {
    "rq": "rq",
    "celery": "celery[redis]",
    "dramatiq": "dramatiq[redis]",
    "taskiq": "taskiq-redis",
    "arq": "arq",
    "procrastinate": "procrastinate psycopg[binary]",
}
BESIDE_ARQ = ("fastapi", "uvicorn", "pydantic-settings")
SET_UP = ("imports", "sources", "surroundings", "members", "ready", "order", "note")
CLOCKS = 'surroundings["QUEUES_CLOCKS"] = "default"'  # before any worker starts
ASKING = (*SET_UP, "down-asked")
GIVE_UP = 660  # seconds: Taskiq's ten minutes and one more
# With default clocks. A label is ordered every 20 s, because a look for lost jobs may need another message.
LOST = f"""
queues, orders, table = ready(), {{}}, {{}}
for queue in queues:
    orders[queue] = order(queue, "print_label", 1.5)
    diary.wait({{queue: orders[queue]}}, "started")
    fleet[f"{{queue}} worker"].kill()
ready()
for _ in range({GIVE_UP} // 20):
    if diary.wait({{q: p for q, p in orders.items() if q != "celery"}}, "printed", timeout=20) == [q for q in queues if q != "celery"]:
        break
    for queue in queues:
        order(queue, "print_label")
for queue in queues:
    starts = [line.moment for line in diary.about(orders[queue]) if line.event == "started"]
    again = f"again after {{starts[1] - starts[0]:.0f}} s" if len(starts) > 1 else "not within {GIVE_UP // 60} minutes"
    note("worker killed, default clocks", queue, again)
"""
SILENT = """
TOLD = {"redis": "", "celery": "0", "postgres": ""}
WAIT = 45.0
queues, table = ready(), {}
webs = side_by_side(start_web, [(whose, "is silent") for whose in {web_of(queue).split()[0] for queue in queues}])
with ThreadPoolExecutor(12) as pool:
    asked = {queue: pool.submit(ask, webs[web_of(queue).split()[0], "is silent"], queue) for queue in queues}
for queue, answer in asked.items():
    note("broker is silent, told nothing", queue, answer.result())
for web in webs.values():
    web.kill()
"""


def programs(folder: Path) -> Path:
    """Where an environment keeps its programs."""
    return folder / ("Scripts" if os.name == "nt" else "bin")


def made(folder: Path, *packages: str) -> Path:
    """An environment with these packages in `folder`; returns the folder of its programs."""
    uv("venv", "--quiet", str(folder))
    uv("pip", "install", "--quiet", "--python", str(programs(folder) / "python"), *packages)
    return programs(folder)


def megabytes(folder: Path) -> float:
    """What the files of an environment take, without bytecode."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return sum(path.stat().st_size for path in files if path.suffix != ".pyc") / 1e6


def table(cells: list[NotebookNode], timeout: int) -> dict[str, dict[str, str]]:
    """The answers by row and queue that stand in `table` when the cells have run beside the notebooks."""
    last = new_code_cell("import json\nprint(json.dumps(table))")
    notebook = new_notebook(cells=[*cells, last])
    execute(notebook, NOTEBOOKS, timeout)
    return json.loads("".join(output.get("text", "") for output in notebook.cells[-1].outputs))


def main() -> int:
    """The command: measures the queues, each in an environment of its own where it needs one, stores what came, prints it."""
    page = [cell for cell in read(NOTEBOOKS / QUEUES).cells if cell.cell_type == "code"]
    named = {cell.id.removeprefix("queues-"): cell for cell in page}
    slow: dict[str, dict[str, str]] = {"MB": {}}
    with tempfile.TemporaryDirectory() as name:
        for queue, packages in PACKAGES.items():
            own = Path(name, queue)
            made(own, *packages.split())
            slow["MB"][queue] = f"{megabytes(own / 'lib'):.0f} MB"
        os.environ[ARQ] = str(made(Path(name, "with arq"), "arq", *BESIDE_ARQ))
        print("arq and the others, by the appendix's own cells", flush=True)
        answers = table([cell for id, cell in named.items() if not id.startswith("table")], 120)
        print(f"default clocks, at most {GIVE_UP // 60} minutes", flush=True)
        default = [
            cell for id in SET_UP for cell in (named[id], *([new_code_cell(CLOCKS)] if id == "surroundings" else []))
        ]
        slow |= table([*default, new_code_cell(LOST)], GIVE_UP + 120)
        slow |= table([*(named[id] for id in ASKING), new_code_cell(SILENT)], 120)
    own = {row: {"arq": found["arq"]} for row, found in answers.items() if "arq" in found}
    text = json.dumps({"answers": own, "slow": slow}, indent=1, ensure_ascii=False)
    DATA.write_text(f"{text}\n", encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
