"""The findings: each planted fault is found, one by one, and the healthy service has none."""

import shutil
import textwrap
from pathlib import Path

import pytest

from helpers.authoring.refresh import NOTEBOOKS, read
from helpers.services.findings import FORGOTTEN, RULES, Findings
from helpers.services.observed import Service, observe

HERE = NOTEBOOKS / "appendix_your_service"
# What each of the two is asked for; a path operation's first call is not judged.
REQUESTS = (
    ("POST /orders", "Ada"),
    ("POST /orders", "Grace"),
    ("POST /archive", "Ada"),
    ("POST /archive", "Ada"),
    ("POST /returns", "Ada"),
    ("POST /tracking", "Ada"),
)
SEVEN_THREADS = """
from contextlib import asynccontextmanager
from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI

@asynccontextmanager
async def lifespan(app):
    current_default_thread_limiter().total_tokens = 7
    yield

app = FastAPI(lifespan=lifespan)

@app.get("/")
def read() -> str:
    return "read"
"""


def examined(folder: Path, requests=REQUESTS) -> tuple[Service, Findings]:
    with observe(folder) as service:
        service.look()
        for request, sender in requests:
            if any(one.name == request for one in service.operations):
                service.ask(request, json={"id": 7, "sender": sender})
        service.stop()
        return service, service.findings()


@pytest.fixture(scope="module")
def sick() -> tuple[Service, Findings]:
    return examined(HERE / "sick")


# kind -> where it is found in the sick service, as a line of its source or a name; and words of the sentence
PLANTED = {
    "loop": ("main.py", 'digest = hashlib.pbkdf2_hmac("sha256"', "during `GET /manifest`. Every client waited."),
    "task-loop": ("tasks.py", "time.sleep(0.3)", "during `POST /archive`, in its task `compress`."),
    "blocking": ("main.py", "time.sleep(0.15)", "use `await asyncio.sleep(...)` in its place"),
    "enqueue": ("main.py", "send_invoice.delay(order.id)", "`invoice`, of `POST /invoices`,"),
    "hash": ("main.py", "password_hash.verify(", "`log_in`, of `POST /log-in`,"),
    "handed": ("main.py", "add_task(tasks.write_ledger, session", "hands `session`, which `get_session` closes"),
    "unused": ("main.py", '@app.post("/returns"', "`POST /returns` asks for `background_tasks` and adds nothing"),
    "lost": ("tasks.py", "async def follow(", "`follow` (tasks.py, line"),
    "pool": ("", "print_label", "which `GET /parcels` needs, too"),
    "held": ("", "get_session", "until its tasks had run, with its `Session`"),
    "failing": ("", "call_carrier", "`archive`, behind it, did not run, and the client's connection was closed"),
    "counted": ("", "Timing", "measures the whole call"),
}


@pytest.mark.parametrize("kind", PLANTED)
def test_each_fault_of_the_sick_service_is_found_once(sick, kind):
    file, line, words = PLANTED[kind]
    where = line
    if file:
        lines = (HERE / "sick" / file).read_text(encoding="utf-8").splitlines()
        where = f"{file}, line {next(n for n, text in enumerate(lines, 1) if line in text)}"
    found = [one for one in sick[1] if one.kind == kind]
    assert [one.where for one in found] == [where]
    assert words in found[0].sentence


def test_the_sick_service_has_no_other_fault(sick):
    assert {one.kind for one in sick[1]} == set(PLANTED) == set(RULES) - {"cut"}


def test_what_is_no_finding_is_noted(sick):
    notes = "\n".join(sick[1].notes)
    assert "In the 40 threads of the pool: `GET /parcels`, and every `def` dependency and task." in notes
    assert "`greet` keeps no result of `asyncio.create_task` (main.py, line" in notes
    assert "Never asked, so read and not measured: `POST /log-in`, `POST /invoices`, `POST /greetings`." in notes


def test_the_threads_are_those_that_the_service_has(tmp_path):
    (tmp_path / "main.py").write_text(SEVEN_THREADS, encoding="utf-8")
    with observe(tmp_path, "main:app") as service:
        service.ask("GET /")
        assert "In the 7 threads of the pool: `GET /`" in "\n".join(service.findings().notes)


def test_the_healthy_service_has_no_fault():
    service, found = examined(HERE / "healthy")
    assert [str(one) for one in found] == []
    assert "ConnectionError: the carrier does not answer" in service.log, "a failure that is caught is logged"


@pytest.mark.slow  # the notebook shows it as well
def test_the_doctor_looks_asks_and_ends_it():
    with observe(HERE / "healthy") as service:
        assert len(service.doctor("POST /returns", json={"id": 7})) == 0
        assert [one.server.name for one in service.exchanges][-2:] == ["GET /rates", "POST /returns"]
        assert not service.process.running


def test_what_the_grace_is_too_short_for_is_told():
    with observe(HERE / "healthy") as service:
        service.client.post("/orders", json={"id": 7})
        lost = service.stop(grace=0.0)
    assert lost[-1:] == ["archive"], "the last of four tasks, which take half a second together"
    assert [one.where for one in service.findings() if one.kind == "cut"] == lost


# One fault in the healthy service: file, what stands there, what stands there instead, and a request that shows it.
SLIPS = {
    "loop": (
        "main.py",
        "await asyncio.to_thread(hashlib.pbkdf2_hmac, ",
        "(lambda call, *given: call(*given))(hashlib.pbkdf2_hmac, ",
        None,
    ),
    "task-loop": (
        "tasks.py",
        "    await asyncio.sleep(0.05)",
        "    import time\n    time.sleep(0.3)",
        ("POST /returns", "Ada"),
    ),
    "blocking": ("main.py", "    await asyncio.sleep(0.15)", "    import time\n    time.sleep(0.01)", None),
    "hash": ("main.py", "def log_in(", "async def log_in(", None),
    "enqueue": (
        "main.py",
        "        await asyncio.sleep(0.15)",
        "        billing.send_task('invoice')",
        None,
    ),
    "pool": (
        "tasks.py",
        "@safe\nasync def print_label(order: int) -> None:\n    await asyncio",
        "def print_label(order: int) -> None:\n    import time\n    time",
        ("POST /orders", "Ada"),
    ),
    "held": (
        "main.py",
        "async def order(order: Order, background_tasks: BackgroundTasks) -> Order:\n",
        "async def order(\n    order: Order, session: Annotated[Session, Depends(get_session)], background_tasks: BackgroundTasks\n) -> Order:\n",
        ("POST /orders", "Ada"),
    ),
    "handed": (
        "main.py",
        "async def order(order: Order, background_tasks: BackgroundTasks) -> Order:\n    background_tasks.add_task(tasks.write_ledger, order.id)\n",
        'async def order(\n    order: Order,\n    session: Annotated[Session, Depends(get_session, scope="function")],\n    background_tasks: BackgroundTasks,\n) -> Order:\n    background_tasks.add_task(tasks.write_ledger, session)\n',
        None,
    ),
    "unused": (
        "main.py",
        '    background_tasks.add_task(tasks.archive, order.id)\n    return order\n\n\n@app.post("/log',
        '    return order\n\n\n@app.post("/log',
        None,
    ),
    "failing": ("tasks.py", "@safe\nasync def call_carrier", "async def call_carrier", ("POST /orders", "Grace")),
    "lost": (
        "main.py",
        "app.state.group.create_task(tasks.follow(order.id))",
        "app.state.kept = asyncio.create_task(tasks.follow(order.id))",
        ("POST /tracking", "Ada"),
    ),
    "counted": (
        "metrics.py",
        "        await self.app(scope, receive, measured)",
        "        await self.app(scope, receive, send)\n        durations[scope['path']].append(time.perf_counter() - began)",
        ("POST /orders", "Ada"),
    ),
}


@pytest.mark.slow  # a process for each
@pytest.mark.parametrize("kind", SLIPS)
def test_one_fault_in_the_healthy_service_is_the_one_that_is_found(tmp_path, kind):
    file, old, new, request = SLIPS[kind]
    shutil.copytree(HERE / "healthy", tmp_path, dirs_exist_ok=True)
    source = (tmp_path / file).read_text(encoding="utf-8")
    assert source.count(old) == 1, f"the healthy service was changed: {source.count(old)} times {old}"
    source = source.replace(old, new)
    if kind == "enqueue":
        source += "\n\nfrom celery import Celery\n\nbilling = Celery(broker='memory://')\n"
    (tmp_path / file).write_text(source, encoding="utf-8")
    _, found = examined(tmp_path, () if request is None else (request, request))
    assert {one.kind for one in found} == {kind}, found.markdown


def test_every_rule_is_a_cell_of_the_course():
    for rule in [*(rule for rule, _ in RULES.values()), FORGOTTEN]:
        file, _, cell = rule.partition("#")
        assert cell in {one.id for one in read(NOTEBOOKS / file).cells}, rule


TWO = """
    import time
    from fastapi import APIRouter
    router = APIRouter()

    @router.get("/{name}")
    async def read() -> None:
        time.sleep(0.0)
"""


def written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(textwrap.dedent(text), encoding="utf-8")
    return folder


def test_files_of_one_name_are_told_apart_and_what_is_not_looked_at_is_told(tmp_path):
    main = """
        from fastapi import FastAPI, WebSocket
        from a.routes import router as a
        from b.routes import router as b
        app = FastAPI()
        app.include_router(a)
        app.include_router(b)

        @app.websocket("/live")
        async def live(socket: WebSocket) -> None:
            await socket.accept()
    """
    files = {"main.py": main} | {f"{name}/routes.py": TWO.replace("{name}", name) for name in "ab"}
    _, found = examined(written(tmp_path, files), ())
    told = [one.sentence for one in found if one.kind == "blocking"]
    assert len(told) == 2 and "a/routes.py, line 8" in told[0] and "b/routes.py, line 8" in told[1]
    assert "WebSockets are not looked at: `/live`." in "\n".join(found.notes)


def test_an_app_without_path_operations_is_said_to_have_none(tmp_path):
    _, found = examined(written(tmp_path, {"main.py": "from fastapi import FastAPI\napp = FastAPI()\n"}), ())
    assert list(found) == [] and "The app has no path operation, so nothing was looked at." in "\n".join(found.notes)
