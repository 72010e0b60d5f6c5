"""Another user of the machine reaches nothing that the course starts; the learner reaches all of it."""

import os
import signal
import smtplib
import socket
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from helpers import Broker, Mailbox, Postgres, exam, process, running, scratch_folder
from helpers.learning import log, store
from helpers.services import reverse_proxy
from helpers.services.observed import observe
from helpers.services.observing import Observation
from helpers.services.postgres import NONE, SOCKET
from helpers.services.scratch import kept_folder
from helpers.services.waiting import until

NOBODY = 65534
as_root = pytest.mark.skipif(
    not sys.platform.startswith("linux") or os.getuid() != 0, reason="only root can become another user, and Linux tell"
)
ROOT = Path(__file__).parents[2]
REQUEST = b"POST /parcels HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n"
LETTER = b"EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\nSubject: hi\r\n\r\nhi\r\n.\r\nQUIT\r\n"


def as_nobody(act: Callable[[], str]) -> str:
    """What another user of the machine gets: `act` runs in a child that has become nobody."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            told = act()
        except BaseException as error:
            told = type(error).__name__
        os.write(writer, told.encode())
        os._exit(0)
    os.close(writer)
    with open(reader) as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    return told


def talk(port: int, words: bytes, leave: bool = False) -> str:
    """Connect, send, and give what is read until the other side closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(words)
        if leave:
            return "left"
        connection.shutdown(socket.SHUT_WR)
        read = b""
        while more := connection.recv(4096):
            read += more
    return read.decode()


def refused(port: int, words: bytes) -> bool:
    told = as_nobody(lambda: talk(port, words))
    return told in (
        "",
        "ConnectionResetError",
        "BrokenPipeError",
        "OSError",
    )  # the last: nobody is there to shut down to


# How each kind of server is started; each answers GET / and notes every request in its log.

UVICORN = """
import asyncio, os, sys
from fastapi import FastAPI
app = FastAPI()

@app.post("/parcels")
async def parcels() -> int:
    return os.getpid()

@app.get("/")
async def root() -> str:
    return type(asyncio.get_running_loop()).__module__
"""
FLASK = """
from flask import Flask
app = Flask(__name__)

@app.route("/", methods=["GET"])
def root():
    return "here"

@app.route("/parcels", methods=["POST"])
def parcels():
    return "taken"
"""
STDLIB = """
import http.server, sys
class Here(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"here")
    do_POST = do_GET
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Here).serve_forever()
"""
TORNADO = """
import asyncio, sys, tornado.web
class Here(tornado.web.RequestHandler):
    def get(self):
        self.write("here")
    post = get
async def main():
    tornado.log.enable_pretty_logging()
    tornado.web.Application([(".*", Here)]).listen(int(sys.argv[1]), "127.0.0.1")
    await asyncio.Event().wait()
asyncio.run(main())
"""
SERVERS = {
    "uvicorn on uvloop": "uvicorn main:app --port {port} --loop uvloop",
    "uvicorn on asyncio": "uvicorn main:app --port {port} --loop asyncio",
    "uvicorn's workers": "uvicorn main:app --port {port} --workers 2",
    "fastapi run": "fastapi run main.py --host 127.0.0.1 --port {port}",
    "Hypercorn": "hypercorn main:app --bind 127.0.0.1:{port} --keep-alive 1 --access-logfile -",
    "Gunicorn": "gunicorn main:app -k uvicorn_worker.UvicornWorker --bind 127.0.0.1:{port} --access-logfile -",
    "Flask": "flask --app flask_app run --port {port}",
    "Django": f"python {ROOT}/notebooks/01_introduction/django_app.py runserver --noreload {{port}}",
    "http.server": "python stdlib_server.py {port}",
    "tornado": "python tornado_server.py {port}",
    "the course's phoenix": "python -m outbox.phoenix main {port}",
}


@pytest.fixture
def folder(tmp_path) -> Path:
    for name, code in (("main", UVICORN), ("flask_app", FLASK), ("stdlib_server", STDLIB), ("tornado_server", TORNADO)):
        (tmp_path / f"{name}.py").write_text(code)
    return tmp_path


# `make slow` has the others: uvicorn started by another command or on its other loop, and more of those that fork or thread.
QUICK = {"uvicorn on asyncio", "Gunicorn", "Hypercorn", "Flask", "tornado", "the course's phoenix"}


@as_root
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in SERVERS]
)
def test_a_stranger_cannot_talk_to_a_process(name, folder):
    paths = os.pathsep.join([str(folder), f"{ROOT}/notebooks/09_case_studies_and_projects"])
    env = {"SMTP_PORT": "1", "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"}
    with process(SERVERS[name].split(), cwd=folder, env=env, ready_path="/", name=name) as server:
        assert all(refused(server.port, REQUEST) for _ in range(6))
        assert as_nobody(lambda: talk(server.port, REQUEST, leave=True)) == "left"
        assert server.client.get("/").status_code < 500, "the learner is let in"
        assert "/parcels" not in server.log, "no word of a stranger was read"
        talk(server.port, REQUEST)
        if name != "the course's phoenix":  # which logs no request
            assert until(lambda: "/parcels" in server.log, 30)


@as_root
@pytest.mark.parametrize("kind", ["nginx", "Python"])
def test_a_stranger_gets_nothing_through_the_reverse_proxy(kind, monkeypatch, front):
    if kind == "Python":
        monkeypatch.setattr(reverse_proxy, "nginx", lambda: None)
    app, asked = FastAPI(), []

    @app.get("/parcels")
    async def parcels() -> None:
        asked.append("a request")

    with running(app) as server, front(server.port) as proxy:
        assert proxy.kind == kind
        told = as_nobody(lambda: str(httpx.get(f"{proxy.url}/api/parcels", verify=False, trust_env=False).status_code))
        turned_away = ["403"] if kind == "nginx" else ["ConnectError", "ReadError", "RemoteProtocolError"]
        assert told in turned_away and asked == []
        assert proxy.visitor().get("/api/parcels").status_code == 200 and len(asked) == 1


@as_root
def test_uvloop_is_what_it_says(folder):
    for loop in ("uvloop", "asyncio"):
        command = ["uvicorn", "main:app", "--port", "{port}", "--loop", loop]
        with process(command, cwd=folder, ready_path="/") as server:
            assert server.client.get("/").json().startswith(loop)


@as_root
@pytest.mark.parametrize("loop", ["auto", "asyncio"])
def test_a_stranger_cannot_talk_to_the_server_in_the_kernel(loop):
    app, asked = FastAPI(), []

    @app.post("/parcels")
    async def parcels() -> None:
        asked.append("a request")

    with running(app, loop=loop) as server:
        assert all(refused(server.port, REQUEST) for _ in range(3))
        assert as_nobody(lambda: talk(server.port, REQUEST, leave=True)) == "left"
        assert server.client.get("/openapi.json").status_code == 200
        assert asked == [] and "/parcels" not in "".join(server.log)
        assert server.client.post("/parcels").status_code == 200 and len(asked) == 1


@as_root
def test_what_a_stranger_sends_while_the_loop_stands_still_is_not_read():
    app, asked = FastAPI(), []

    @app.post("/parcels")
    async def parcels() -> None:
        asked.append("a request")

    @app.get("/still")
    async def stand_still() -> None:
        for _ in range(2):
            assert as_nobody(lambda: talk(server.port, REQUEST, leave=True)) == "left"

    with running(app) as server:
        assert server.client.get("/still").status_code == 200
        assert server.client.get("/openapi.json").status_code == 200
        assert asked == []


@as_root
def test_a_stranger_cannot_post_nor_read_mail():
    with Mailbox() as mailbox:
        assert refused(mailbox.port, LETTER)
        assert as_nobody(lambda: talk(mailbox.port, LETTER, leave=True)) == "left"
        assert len(mailbox) == 0
        with smtplib.SMTP(mailbox.host, mailbox.port, local_hostname="localhost") as smtp:
            smtp.sendmail("a@b.example", "c@d.example", "Subject: hi\n\nhi")
        assert [letter["Subject"] for letter in mailbox] == ["hi"]


@as_root
def test_a_stranger_cannot_reach_nor_stop_the_broker():
    with Broker() as broker:
        path = Path(broker.client().connection_pool.connection_kwargs["path"])

        def connect() -> str:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.connect(str(path))
                return "reached"

        assert as_nobody(connect) == "PermissionError"
        assert as_nobody(lambda: str(os.listdir(path.parent))) == "PermissionError"
        os.chmod(path.parent, 0o755)
        os.chmod(path.parent.parent, 0o755)
        assert as_nobody(connect) == "PermissionError", "the socket itself is closed to others, too"
        assert path.stat().st_mode & 0o777 == 0o600
        assert broker.client().config_get("port") == {"port": "0"}
        pid = broker.client().info("server")["process_id"]
        assert as_nobody(lambda: os.kill(pid, signal.SIGTERM) or "sent") == "PermissionError"
        assert broker.available and connect() == "reached"


@pytest.mark.skipif(Postgres().kind == NONE, reason="no PostgreSQL for this system")
@as_root
def test_a_stranger_cannot_reach_nor_read_nor_stop_postgres():
    with Postgres() as postgres:
        conninfo, folder = postgres.conninfo, postgres._folder
        pid = int((folder / "data" / "postmaster.pid").read_text().split()[0])

        def connect() -> str:
            try:
                with psycopg.connect(conninfo) as connection:
                    return str(connection.execute("SELECT 'reached'").fetchone()[0])
            except psycopg.OperationalError as error:
                return next(what for what in ("Permission denied", "Peer authentication failed") if what in str(error))

        assert as_nobody(connect) == "Permission denied"
        assert as_nobody(lambda: str(os.listdir(folder))) == "PermissionError"
        assert as_nobody(lambda: os.kill(pid, signal.SIGTERM) or "sent") == "PermissionError"
        os.chmod(folder.parent, 0o755)
        os.chmod(folder, 0o755)
        assert as_nobody(connect) == "Permission denied", "the socket itself is closed to others, too"
        os.chmod(folder / SOCKET, 0o777)
        assert as_nobody(connect) == "Peer authentication failed", (
            "and so is the server, which asks the kernel who it is"
        )
        assert as_nobody(lambda: str(os.listdir(folder / "data"))) == "PermissionError"
        assert connect() == "reached"


@as_root
def test_a_stranger_cannot_enter_a_scratch_folder_nor_read_a_process():
    folder = scratch_folder()
    (folder / "parcels.db").write_text("rows")
    assert as_nobody(lambda: (folder / "parcels.db").read_text()) == "PermissionError"
    with process(["sleep", "30"], env={"SECRET": "key"}) as sleeper:
        assert as_nobody(lambda: Path(f"/proc/{sleeper.pid}/environ").read_text()) == "PermissionError"
        assert as_nobody(lambda: Path(f"/proc/{sleeper.pid}/fd/1").read_text()) == "PermissionError"


@as_root
def test_a_stranger_cannot_talk_to_a_readers_own_service():
    with observe(ROOT / "notebooks" / "appendix_your_service" / "healthy") as service:
        port = service.client.base_url.port
        assert all(refused(port, REQUEST) for _ in range(3))
        assert as_nobody(lambda: os.kill(service.process.pid, signal.SIGTERM) or "sent") == "PermissionError"
        assert service.client.get("/ping").status_code == 200
        assert service.sync() and "/parcels" not in service.log and len(service.exchanges) == 1


@as_root
def test_a_stranger_who_says_nothing_does_not_keep_the_agent_waiting():
    """Each one who is heard out takes the time in which the agent could have come."""
    observation = Observation()

    def keep_silent() -> str:
        with socket.create_connection(("127.0.0.1", observation.port), timeout=2) as connection:
            return "turned away" if connection.recv(1) == b"" else "heard"

    assert as_nobody(keep_silent) in ("turned away", "ConnectionResetError")
    with socket.create_connection(("127.0.0.1", observation.port)) as agent:
        agent.sendall(f"{observation.secret}\n".encode() + b'{"what": "loaded"}\n')
        assert observation.wait(lambda: observation.loaded, 10)
    observation.close()


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that everybody may enter, as a machine's /home may have it."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        os.chmod(name, 0o755)
        yield Path(name)


@as_root
def test_a_stranger_can_neither_read_nor_write_nor_lock_what_a_learner_did(shared, monkeypatch):
    monkeypatch.setattr(store, "FOLDER", shared)
    monkeypatch.setattr(exam, "_sitting", None)
    monkeypatch.delenv("COURSE_RUN")
    monkeypatch.chdir(shared)
    (shared / f"{store.NAME}.lock").touch(mode=0o644)  # as an older version of the course has left it
    before = os.umask(0)
    try:
        store.record({"1.1-inline": "a"})
        exam.start(seed=7)
        log.add([log.Answer(id="6.1-own-list", when=1.0, how="practice", right=True, grade=3)])
        (kept_folder("depot") / "depot.db").touch()
        (shared / store.NAME).write_text("{")
        store.record({"1.1-inline": "b"})
    finally:
        os.umask(before)
    files = [path for path in shared.rglob("*") if path.is_file()]
    names = {f"{store.NAME}{more}" for more in ("", ".lock", ".damaged", ".exam", ".answers")}
    assert {path.name for path in files} == names | {"depot.db"}
    for path in files:
        assert as_nobody(lambda path=path: str(path.read_bytes())) == "PermissionError", path.name
        assert as_nobody(lambda path=path: str(path.write_bytes(b""))) == "PermissionError", path.name


@as_root
def test_a_stranger_cannot_stop_nor_look_into_a_worker():
    with Broker() as broker:
        command = ["rq", "worker", "labels", "--url", broker.url]
        with process(command, ready_text="Listening on labels") as worker:
            for pid in (worker.pid, *worker.children()):
                assert as_nobody(lambda pid=pid: os.kill(pid, signal.SIGKILL) or "sent") == "PermissionError"
                assert as_nobody(lambda pid=pid: Path(f"/proc/{pid}/environ").read_text()) == "PermissionError"
            assert worker.running


# What the children of `process()` import first


def test_a_sitecustomize_that_was_there_is_run_too(tmp_path):
    (tmp_path / "sitecustomize.py").write_text("import os; os.environ['HERE'] = __name__")
    show = "import os, sys; print(os.environ['HERE'], sys.modules['sitecustomize'].__file__)"
    with process(["python", "-c", show], env={"PYTHONPATH": str(tmp_path)}) as short:
        assert short.wait() == "exit 0"
    assert short.log == f"sitecustomize {tmp_path}/sitecustomize.py\n"


def test_a_program_that_does_not_listen_loads_nothing_for_it():
    show = "import sys; print([name for name in ('socket', 'uvloop', 'asyncio', 'runpy') if name in sys.modules])"
    with process(["python", "-c", show]) as short:
        assert short.wait() == "exit 0"
    assert short.log == "[]\n"


def test_a_server_that_does_not_block_goes_on_after_a_stranger():
    """`accept` of a socket that does not wait has nobody else to give when a stranger was turned away."""
    code = textwrap.dedent("""
        import socket
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.setblocking(False)
            client = socket.create_connection(listener.getsockname())
            client.close()
            try:
                listener.accept()
            except BlockingIOError:
                print("nobody")
            with socket.create_connection(listener.getsockname()):
                print(listener.accept()[1][0])
    """)
    with process(["python", "-c", code]) as short:
        assert short.wait() == "exit 0", short.log
    assert short.log == ("nobody\n" if sys.platform.startswith("linux") else "127.0.0.1\n") + "127.0.0.1\n"
