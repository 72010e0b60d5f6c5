"""`observe()`: what cannot be served is told in a sentence, what is served is seen as it is, and nothing in it is changed."""

import ast
import os
import socket
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

import helpers
from helpers.errors import CourseError
from helpers.services.observed import Service, _interpreter, observe
from helpers.services.observing import Observation
from helpers.services.waiting import until
from tests.services.living import alive

APP = "from fastapi import FastAPI\napp = FastAPI()\n"
LIFESPAN = """
    from contextlib import asynccontextmanager
    from fastapi import FastAPI

    @asynccontextmanager
    async def lifespan(app):
        {doing}
        yield

    app = FastAPI(lifespan=lifespan)
"""


def project(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(textwrap.dedent(text), encoding="utf-8")
    return folder


# name -> files, what observe() is told beside the folder, and the sentence
UNFIT = {
    "no such module": ({"shop/web.py": APP}, {}, 'there is no module main in project. There are: "shop.web:app".'),
    "no such app": (
        {"main.py": APP.replace("app =", "api =") + "def create_app() -> FastAPI:\n    return api\n"},
        {},
        'main has no app. It has: "main:api", "main:create_app" with factory=True.',
    ),
    "a factory, unsaid": (
        {"main.py": "from fastapi import FastAPI\n\ndef create_app():\n    return FastAPI()\n"},
        {"app": "main:create_app"},
        'main:create_app is a function that makes an app: observe(..., "main:create_app", factory=True).',
    ),
    "no app at all": ({"main.py": "app = {}\n"}, {}, "main:app is no ASGI app, but a value of type dict."),
    "another kind of app": (
        {"main.py": APP + "class Flask:\n    def __call__(self, environ, start): ...\nwsgi = Flask()\n"},
        {"app": "main:wsgi"},
        'main:wsgi is no ASGI app, but a value of type Flask. There is: "main:app".',
    ),
    "an import that fails": (
        {"main.py": "import broken\n" + APP, "broken.py": "\n1 / 0\n"},
        {},
        "main:app cannot be imported: ZeroDivisionError: division by zero (broken.py, line 2).",
    ),
    "an import that fails in a folder beside, whose name begins alike": (
        {
            "main.py": "import sys\nsys.path.append(__file__[:-8] + '2')\nimport broken\n" + APP,
            "../project2/broken.py": "1 / 0\n",
        },
        {},
        "main:app cannot be imported: ZeroDivisionError: division by zero (main.py, line 3).",
    ),
    "an import that fails above the folder, where its package begins": (
        {"main.py": "import broken\n" + APP, "__init__.py": "", "../broken.py": "\n1 / 0\n"},
        {},
        "main:app cannot be imported: ZeroDivisionError: division by zero (broken.py, line 2).",
    ),
    "a package that is not there": (
        {"main.py": "import no_such_package\n" + APP},
        {},
        "main:app imports no_such_package, which its interpreter does not have: name another one by python=...",
    ),
    "a setting": (
        {"main.py": "import os\nkey = os.environ['PARCELS_KEY']\n" + APP, ".env": "PARCELS_KEY=secret\n"},
        {},
        'main:app wants settings that are not there: PARCELS_KEY. Give them by env={"PARCELS_KEY": ...}. '
        "The folder has a .env, which may point at production: look before you use it.",
    ),
    "settings of a class": (
        {
            "main.py": "from pydantic_settings import BaseSettings\n" + APP + "class Settings(BaseSettings):\n"
            "    model_config = {'env_prefix': 'DEPOT_'}\n    url: str\n    key: str\n\nsettings = Settings()\n"
        },
        {},
        'main:app wants settings that are not there: DEPOT_url, DEPOT_key. Give them by env={"DEPOT_url": ...}.',
    ),
    "settings that the lifespan makes": (
        {
            "main.py": LIFESPAN.format(doing="Settings()").replace(
                "    from contextlib",
                "    from pydantic_settings import BaseSettings\n    class Settings(BaseSettings):\n"
                "        parcels_key: str\n    from contextlib",
            )
        },
        {},
        'main:app wants settings that are not there: parcels_key. Give them by env={"parcels_key": ...}.',
    ),
    "a model that does not fit": (
        {"main.py": "from pydantic import BaseModel\n" + APP + "class Parcel(BaseModel):\n    id: int\n\nParcel()\n"},
        {},
        "main:app cannot be imported: ValidationError: 1 validation error for Parcel id Field required "
        "[type=missing, input_value={}, input_type=dict] (main.py, line 7).",
    ),
    "a module in src": (
        {"src/shop/web.py": APP, "src/shop/__init__.py": ""},
        {"app": "shop.web:app"},
        'there is no module shop.web in project. There are: "shop.web:app" in the folder src.',
    ),
    "a lifespan that fails": (
        {"main.py": LIFESPAN.format(doing="raise ConnectionRefusedError('no database at 5432')")},
        {},
        "main:app did not start: its lifespan raised ConnectionRefusedError: no database at 5432. "
        "It needs whatever that asks for.",
    ),
    "a lifespan without end": (
        {"main.py": LIFESPAN.format(doing="import asyncio; await asyncio.sleep(60)")},
        {"timeout": 1.0},
        "main:app did not finish starting within 1 s: its lifespan is still before `yield`.",
    ),
    "no uvicorn": (
        {"main.py": APP, "uvicorn.py": "raise ImportError\n"},
        {},
        "the interpreter of this folder has no uvicorn: name the one that has it, observe(..., python=...).",
    ),
}


@pytest.fixture(scope="module")
def refusals(tmp_path_factory) -> dict[str, str]:
    """What `observe()` says to each of these, all asked at once."""

    home = tmp_path_factory.mktemp("home")

    def asked(name: str) -> str:
        files, told, _ = UNFIT[name]
        folder = home / name.replace(" ", "_") / "project"
        try:
            observe(project(folder, files), **told).stop()
        except CourseError as error:
            return str(error)
        return "it was served"

    with ThreadPoolExecutor(4) as pool:
        return dict(zip(UNFIT, pool.map(asked, UNFIT)))


@pytest.mark.slow  # a process for each
@pytest.mark.parametrize("name", UNFIT)
def test_what_cannot_be_served_is_told_in_a_sentence(refusals, name):
    assert refusals[name] == UNFIT[name][2]


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"folder": "/no/such/folder"}, "observe() expects the folder of a project, but got '/no/such/folder'."),
        ({"app": "main"}, "observe() expects an app such as \"main:app\", but got 'main'."),
        ({"python": "/no/python"}, "observe(python=...) expects the path of an interpreter, but got '/no/python'."),
        ({"timeout": 0}, "observe(timeout=...) expects seconds above 0, up to a day, but got 0."),
    ],
)
def test_what_is_no_project_is_refused_at_once(tmp_path, told, sentence):
    with pytest.raises(CourseError) as refusal:
        observe(**{"folder": tmp_path, **told})
    assert str(refusal.value) == sentence


@pytest.mark.skipif(os.name == "nt", reason="an environment's programs stand elsewhere there")
def test_the_folders_own_environment_is_taken_first(tmp_path):
    """Beside the module, before that where its package begins; and without any the interpreter that runs this."""
    package = tmp_path / "shop"
    package.mkdir()
    assert _interpreter(package, tmp_path, None) == Path(sys.executable)
    for folder in (tmp_path, package):
        (folder / ".venv" / "bin").mkdir(parents=True)
        (folder / ".venv" / "bin" / "python").symlink_to(sys.executable)
        assert _interpreter(package, tmp_path, None) == folder / ".venv" / "bin" / "python"
    assert _interpreter(package, tmp_path, sys.executable) == Path(sys.executable)


SERVICE = """
    import os
    import sys
    import time
    import asyncio

    from fastapi import APIRouter, BackgroundTasks, Depends, FastAPI, HTTPException, Request
    from opentelemetry import trace
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    from .tasks import fail, note, sleep

    exported = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exported))
    trace.set_tracer_provider(provider)

    def make(name: str) -> FastAPI:
        return app if name == "app" else FastAPI()

    app = FastAPI()
    router = APIRouter(prefix="/parcels")
    mounted = FastAPI()

    def get_session():
        yield "a session"

    @app.middleware("http")
    async def pass_on(request: Request, call_next):
        return await call_next(request)

    @router.get("/here")
    def here(session: str = Depends(get_session)) -> dict[str, str | None]:
        found = {"cwd": os.getcwd(), "path": sys.path[0], "argv": sys.argv[0], "set": os.getenv("PARCELS")}
        return found | {"told": os.getenv("COURSE_OBSERVED"), "name": __name__}

    @router.get("/headers")
    async def headers(request: Request) -> list[str]:
        return list(request.headers)

    @router.get("/spans")
    async def spans() -> list[str]:
        return [span.name for span in exported.get_finished_spans()]

    @router.get("/{number}")
    async def read(number: int) -> int:
        if number == 7:
            raise HTTPException(404)
        return number

    @router.post("/")
    async def hand_in(background_tasks: BackgroundTasks) -> float:
        background_tasks.add_task(note)
        background_tasks.add_task(sleep, 0.1)
        background_tasks.add_task(note)
        return time.perf_counter()

    @router.post("/block")
    async def block() -> None:
        time.sleep(0.25)

    @app.get("/log-out")
    async def log_out() -> None: ...

    @app.get("/senders")
    async def senders() -> None: ...

    @app.get("/search")
    async def search(words: str) -> None: ...

    @mounted.get("/inside")
    async def inside() -> None: ...

    app.include_router(router, prefix="/v1")
    app.mount("/other", mounted)
"""
TASKS = """
    import asyncio

    async def note() -> None: ...

    async def fail() -> None:
        raise ValueError

    async def sleep(seconds: float) -> None:
        await asyncio.sleep(seconds)
"""


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home") / "parcels"
    project(folder, {"__init__.py": "", "main.py": SERVICE, "tasks.py": TASKS})
    with observe(folder, env={"PARCELS": "7"}) as running:
        yield running


def test_it_runs_as_it_would_by_itself(service: Service):
    """In its folder, imported from above its package, with its settings, and with no trace of who observes it."""
    found = service.ask("GET /v1/parcels/here").response.json()
    assert found == {
        "cwd": str(service.folder),
        "path": str(service.folder.parent),
        "argv": "uvicorn",
        "set": "7",
        "told": None,
        "name": "parcels.main",
    }
    assert "x-observed" not in service.ask("GET /v1/parcels/headers").response.json()
    assert {path.name for path in service.folder.iterdir()} - {"__pycache__"} == {"__init__.py", "main.py", "tasks.py"}


def test_every_path_operation_is_found(service: Service):
    assert {one.name: (one.endpoint.name, one.needs) for one in service.operations if one.endpoint} == {
        "GET /v1/parcels/here": ("here", ()),
        "GET /v1/parcels/headers": ("headers", ()),
        "GET /v1/parcels/spans": ("spans", ()),
        "GET /v1/parcels/{number}": ("read", ("number",)),
        "POST /v1/parcels/": ("hand_in", ()),
        "POST /v1/parcels/block": ("block", ()),
        "GET /log-out": ("log_out", ()),
        "GET /senders": ("senders", ()),
        "GET /search": ("search", ("words",)),
        "GET /other/inside": ("inside", ()),
    }
    assert "| POST /v1/parcels/ | on the loop | note (loop), sleep (loop) |" in service.paths.text


def test_it_sends_what_changes_nothing_and_nothing_else(service: Service):
    before = len(service.exchanges)
    asked = service.look()
    sent = [one.server.name for one in service.exchanges[before:]]
    assert sorted(sent) == sorted(2 * asked)
    assert sorted(asked) == [
        "GET /other/inside",
        "GET /senders",
        "GET /v1/parcels/headers",
        "GET /v1/parcels/here",
        "GET /v1/parcels/spans",
    ]


def test_a_timeline_has_every_bar(service: Service):
    asked = service.ask("POST /v1/parcels/")
    assert asked.names == [
        "client",
        "POST /v1/parcels/",
        "dependencies",
        "hand_in",
        "serialization",
        "note",
        "sleep",
        "note#2",
    ]
    assert asked["note"].started_after_response and asked.nothing_failed and asked.loop_was_free
    assert asked.counted > asked["sleep"].duration
    assert [bar.status for bar in asked if bar.kind in ("client", "server")] == [200, 200]


def test_a_planted_failure_ends_the_list_and_changes_nothing_else(service: Service):
    asked = service.ask("POST /v1/parcels/", fail="sleep")
    assert asked.skipped == ["note"] and asked["sleep"].error == "Planted" and not asked.nothing_failed
    assert service.ask("POST /v1/parcels/").nothing_failed
    assert "failing" not in service.findings(), "what the reader plants is no fault of the service"


def test_a_dependency_is_seen_to_close(service: Service):
    assert service.ask("GET /v1/parcels/here").order[-2:] == ["response sent", "get_session closed"]


def test_what_holds_the_loop_is_told_with_its_line(service: Service):
    service.ask("POST /v1/parcels/block")
    assert "loop" not in service.findings(), "a first call is not judged"
    asked = service.ask("POST /v1/parcels/block")
    line = 1 + textwrap.dedent(SERVICE).splitlines().index("    time.sleep(0.25)")
    assert asked.held == [f"main.py:{line}"] and not asked.loop_was_free
    held, endpoint = asked[f"main.py:{line}"], asked["block"]
    assert endpoint.start <= held.start < held.end <= endpoint.end
    assert service.findings()["loop"].sentence.endswith(
        f"s in main.py, line {line}: `time.sleep(0.25)`, during `POST /v1/parcels/block`. Every client waited."
    )


def test_the_readers_own_telemetry_stays_its_own(service: Service):
    service.ask("GET /v1/parcels/3")
    spans = service.ask("GET /v1/parcels/spans").response.json()
    assert spans.count("GET /v1/parcels/{number}") == 1


def test_an_answer_that_is_none_is_told(service: Service):
    assert service.ask("GET /v1/parcels/7").response.status_code == 404
    assert "`GET /v1/parcels/{number}` answered 404: what it does otherwise was not seen." in service.findings().notes


@pytest.mark.parametrize("request_", ["orders", "GET orders", "/orders", "", None, 7])
def test_a_request_of_another_form_is_refused(service: Service, request_):
    with pytest.raises(CourseError, match='a request reads like "POST /orders"'):
        service.ask(request_)


def test_nobody_else_can_tell_it_anything():
    """The port on which it hears of the app listens to nobody who does not know the secret."""
    observation = Observation()
    with socket.create_connection(("127.0.0.1", observation.port)) as stranger:
        stranger.sendall(b"no secret\n" + b'{"what": "left", "tasks": [["x", 1, "x"]], "at": 1}\n')
        stranger.settimeout(10)
        with suppress(ConnectionResetError):
            assert stranger.recv(1) == b"", "it is turned away"
    assert observation.left == []
    observation.close()


@pytest.mark.parametrize(
    "file", ["services/agent.py", "live/heartbeat.py", "live/peers.py", "services/startup/sitecustomize.py"]
)
def test_what_runs_in_a_foreign_interpreter_needs_nothing_that_is_not_there(file):
    """Python 3.9 reads it, nothing of the course is imported, and no annotation is looked at while it runs."""
    tree = ast.parse(
        Path(helpers.__file__).with_name(file.partition("/")[0]).joinpath(*file.split("/")[1:]).read_text(),
        feature_version=(3, 9),
    )
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "." for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names | {
        "fastapi",
        "starlette",
        "uvicorn",
        "anyio",
    }
    annotated = any(getattr(node, "annotation", None) or getattr(node, "returns", None) for node in ast.walk(tree))
    assert not annotated or "__future__" in imported


def test_a_factory_makes_the_app(tmp_path):
    project(
        tmp_path, {"main.py": "from fastapi import FastAPI\n\ndef create_app():\n    return FastAPI(title='made')\n"}
    )
    with pytest.raises(CourseError, match="main:create_app is a function that makes an app"):
        observe(tmp_path, "main:create_app")
    with observe(tmp_path, "main:create_app", factory=True) as service:
        assert service.client.get("/openapi.json").json()["info"]["title"] == "made"
    assert not service.process.running and service.process.ended == ("SIGTERM" if os.name == "posix" else "exit 0")
    with pytest.raises(CourseError, match="main:create_app does not run any more. It ended"):
        service.ask("GET /openapi.json")


def test_an_observation_that_nobody_came_to_ends_with_its_thread_and_its_port():
    before = set(threading.enumerate())
    observation = Observation()
    (thread,) = set(threading.enumerate()) - before
    assert until(lambda: sys._current_frames()[thread.ident].f_code.co_name == "accept", 5.0)
    time.sleep(0.05)  # from Python's `accept` to the system's
    observation.close()
    thread.join(5.0)
    assert not thread.is_alive() and observation.ended
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", observation.port)).close()


def test_of_a_lifespans_group_the_error_inside_is_told(tmp_path):
    doing = 'raise ExceptionGroup("two", [OSError("no database"), KeyError("broker")])'
    project(tmp_path, {"main.py": textwrap.dedent(LIFESPAN).format(doing=doing)})
    with pytest.raises(
        CourseError, match=r"^main:app did not start: its lifespan raised KeyError: 'broker'\. It needs"
    ):
        observe(tmp_path, "main:app")


def test_a_request_that_is_redirected_is_over_with_its_tasks(service: Service):
    begun = time.monotonic()
    asked = service.ask("POST /v1/parcels", follow_redirects=True)
    assert time.monotonic() - begun < 10, "nothing more is waited for"
    assert [(bar.name, bar.status) for bar in asked if bar.kind == "server"] == [
        ("POST /v1/parcels", 307),
        ("POST /v1/parcels/", 200),
    ]
    assert [bar.name for bar in asked.tasks] == ["note", "sleep", "note#2"] and asked.nothing_failed


def test_a_request_that_another_server_answers_is_not_waited_for(service: Service):
    begun = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as other, ThreadPoolExecutor(1) as pool, service.record() as timeline:
        asked = pool.submit(service.client.get, f"http://127.0.0.1:{other.getsockname()[1]}/")
        connection, _ = other.accept()
        connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
        assert asked.result().status_code == 204
        connection.close()
    assert timeline.names == ["client"] and time.monotonic() - begun < 10


def test_two_holds_of_one_line_have_two_names(service: Service):
    file = str(service.folder / "main.py")
    with service.record() as timeline:
        service.client.get("/senders")
        for _ in range(2):
            service._observation.told_hold(time.perf_counter_ns(), 0.1, [[file, 31, "block"]])
        service.client.get("/senders")
    assert [bar.name for bar in timeline if bar.kind == "loop"] == ["main.py:31", "main.py:31#2"]


ENDED = """
import subprocess, time

from fastapi import BackgroundTasks, FastAPI

app = FastAPI()
beside = subprocess.Popen(["sleep", "60"])


def send_mail() -> None:
    time.sleep(30)


@app.post("/orders")
def order(background_tasks: BackgroundTasks) -> int:
    background_tasks.add_task(send_mail)
    return beside.pid
"""


def test_a_service_that_was_killed_leaves_nothing_and_tells_what_it_lost(tmp_path):
    service = observe(project(tmp_path, {"main.py": ENDED}))
    beside = service.client.post("/orders").json()
    assert until(lambda: any(one.ran for one in service.exchanges), 10.0)
    service.process.signal("SIGKILL")
    service.process.wait()
    assert service.stop() == service.stop() == ["send_mail"]
    assert until(lambda: not alive(beside), 10.0) and service._observation._listener.fileno() == -1
