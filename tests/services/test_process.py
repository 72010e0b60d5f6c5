"""Real processes: they start until ready, are signalled, say why they cannot, and never outlive the kernel."""

import contextlib
import gc
import os
import re
import signal
import socket
import subprocess
import sys
import textwrap
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from helpers.errors import CourseError, Interrupted
from helpers.services import guard, launch
from helpers.services.process import process
from helpers.services.waiting import until
from tests.interrupting import interrupted_when, main_is_inside
from tests.services.living import alive

APP = """
import os, time
from fastapi import BackgroundTasks, FastAPI
app = FastAPI()

@app.get("/pid")
def pid() -> int:
    return os.getpid()

@app.get("/task")
def task(tasks: BackgroundTasks) -> None:
    tasks.add_task(time.sleep, 30)
"""
# A server in a few lines of the standard library, which starts in a tenth of uvicorn's time.
SERVER = """
import http.server, os, sys
class Pid(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(503 if self.path == "/busy" else 200)
        self.end_headers()
        self.wfile.write(str(os.getpid()).encode())
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Pid).serve_forever()
"""
SLEEP = ["python", "-c", "import time; print('asleep'); time.sleep(60)"]
# The command starts a child, which leaves the group, as an RQ work horse does, and a child that does not.
WITH_CHILDREN = """
import subprocess, sys, time
sleep = [sys.executable, "-c", "import time; time.sleep(60)"]
print("child", subprocess.Popen(sleep).pid)
print("child", subprocess.Popen(sleep, start_new_session=True).pid)
print("ready")
time.sleep(60)
"""

# What setproctitle does to a work horse of RQ: it leaves the group and writes over the environment that it was given.
# Its own parent, the command, is gone before it.
NAMELESS = """
import ctypes, os, time
if os.fork():
    time.sleep(60)
os.setsid()
block = ctypes.POINTER(ctypes.c_void_p).in_dll(ctypes.CDLL(None), "environ")
for place in iter(iter(block).__next__, None):
    ctypes.memset(place, 0, len(ctypes.string_at(place)))
assert not open("/proc/self/environ").read().strip("\\0")
print("child", os.getpid())
print("ready")
time.sleep(60)
"""


def gone(pids: list[int]) -> bool:
    """Whether all of them end, for which nobody waits; by themselves they would in a minute or never."""
    return until(lambda: not any(map(alive, pids)), 30)


def numbers(log: str, word: str = "child") -> list[int]:
    return [int(number) for number in re.findall(rf"{word} (\d+)", log)]


def guards() -> list[int]:
    """The guards that this process has, or left behind."""
    found = []
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.Error):
            if guard.__file__ in child.cmdline():
                found.append(child.pid)
    return found


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    files, others = open_files(), set(guards())  # a database that another test's exercise keeps has one, too
    yield
    if set(guards()) - others:
        gc.collect()
    assert set(guards()) <= others, "a guard is left behind"
    assert open_files() <= files, "a descriptor is left open"


def open_files() -> int:
    return len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0


@pytest.fixture
def app(tmp_path: Path) -> Path:
    (tmp_path / "main.py").write_text(APP)
    return tmp_path


# Starting


def test_uvicorn_is_ready_answers_and_its_pid_is_the_servers(app):
    with process(["uvicorn", "main:app", "--port", "{port}"], cwd=app, ready_path="/pid") as server:
        assert server.url == f"http://127.0.0.1:{server.port}"
        assert server.client.get("/pid").json() == server.pid
        assert "Application startup complete" in server.log
        assert repr(server) == "uvicorn, running"
        server.signal("SIGINT")
        assert server.wait() in ("SIGINT", "exit 0", "exit 130")
    assert not server.running and "Shutting down" in server.log, "the log stays readable"


def test_a_port_is_enough_to_be_ready():
    with process(["python", "-c", SERVER, "{port}"]) as server:
        assert int(server.client.get("/").text) == server.pid


def test_any_answer_counts_as_ready():
    with process(["python", "-c", SERVER, "{port}"], ready_path="/busy") as server:
        assert '"GET /busy HTTP/1.1" 503' in server.log


def test_the_port_may_stand_in_the_environment():
    with process(
        ["python", "-c", SERVER.replace("sys.argv[1]", "os.environ['PORT']")], env={"PORT": "{port}"}
    ) as server:
        assert server.client.get("/").is_success


def test_ready_by_text_and_by_pattern():
    with process(SLEEP, ready_text="asleep") as worker:
        assert "asleep" in worker.log
    with process(SLEEP, ready_text=re.compile("^a.*p$", re.MULTILINE), name="worker") as worker:
        assert repr(worker) == "worker, running"


def test_without_a_sign_started_is_enough():
    with process(["python", "-c", "print('done')"]) as short:
        assert short.wait() == "exit 0"
    assert short.log == "done\n" and repr(short) == "python, ended: exit 0"


def test_the_environment_of_a_process(monkeypatch):
    monkeypatch.setenv("COURSE_RUN", "ci")
    monkeypatch.setenv("FORCE_COLOR", "1")
    show = "import os; print([os.environ.get(n) for n in ('COURSE_RUN', 'MINE', 'PYTHONUNBUFFERED', 'FORCE_COLOR')])"
    with process(["python", "-c", show], env={"MINE": "yes"}) as short:
        short.wait()
    assert short.log == "['ci', 'yes', '1', None]\n"


def test_errors_of_the_process_and_its_children_are_in_the_log():
    with process(["python", "-c", "import os, sys; os.system('echo child >&2'); sys.exit('parent')"]) as short:
        assert short.wait() == "exit 1"
    assert short.log == "child\nparent\n"


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (["python", "-m", "json.tool", "--help"], "json.tool"),
        (["-m", "json.tool", "--help"], "json.tool"),
        (["uvicorn", "--version"], "uvicorn"),
        (["python", "--version"], "python"),
        ([sys.executable, "--version"], Path(sys.executable).name),
    ],
)
def test_how_a_program_is_found_and_named(command, name):
    with process(command) as found:
        assert found.wait(30) == "exit 0", found.log
        assert found.name == name


@pytest.mark.skipif(os.name == "nt", reason="no sh")
def test_a_shell_finds_the_environments_programs(monkeypatch):
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    with process(["sh", "-c", "command -v uvicorn"]) as shell:
        assert shell.wait() == "exit 0"
    assert Path(shell.log.strip()).parent == Path(sys.executable).parent


# What cannot work


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        ({"command": "uvicorn main:app"}, "process() expects a list of arguments"),
        ({"command": []}, "process() expects a list of arguments"),
        ({"command": ["python", 3]}, "every argument, cwd, and every name and value of env to be a text"),
        ({"command": SLEEP, "env": {"A": 1}}, "every argument, cwd, and every name and value of env to be a text"),
        ({"command": ["no-such-program"]}, "found no program named 'no-such-program'"),
        ({"command": ["./no/such"]}, "found no program named 'such'"),
        ({"command": SLEEP, "cwd": "/no/such"}, "cannot run in 'such': there is no such folder"),
        ({"command": SLEEP, "ready_path": "/"}, "needs {port}"),
        ({"command": [*SLEEP, "{port}"], "ready_path": "ready"}, "expects a path such as '/ping', but got 'ready'"),
    ],
)
def test_a_call_that_cannot_work_is_told_in_one_sentence(call, sentence):
    with pytest.raises(CourseError) as told:
        process(**call)
    assert sentence in str(told.value) and "\n" not in str(told.value)


@pytest.mark.skipif(os.name == "nt", reason="no execute permission")
def test_a_file_that_is_no_program(tmp_path):
    (tmp_path / "main").write_bytes(b"\x00")
    (tmp_path / "main").chmod(0o755)
    with pytest.raises(CourseError, match="^main cannot be started: Exec format error.$"):
        process(["./main"], cwd=tmp_path)


def test_a_process_that_ends_before_it_is_ready_shows_the_end_of_its_log(tmp_path):
    (tmp_path / "main.py").write_text("import no_such_module")
    with pytest.raises(CourseError) as told:
        process(["python", str(tmp_path / "main.py"), "{port}"], cwd=tmp_path)
    text = str(told.value)
    assert text.startswith("main.py ended (exit 1) before it was ready. Its log ends:")
    assert "ModuleNotFoundError: No module named 'no_such_module'" in text
    assert 'File "main.py", line 1' in text and str(tmp_path) not in text


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"command": [*SLEEP, "{port}"]}, "its port is closed"),
        ({"command": [*SLEEP, "{port}"], "ready_path": "/"}, "no answer to /"),
        ({"command": SLEEP, "ready_text": "awake"}, "no 'awake' in its log"),
    ],
)
def test_not_ready_in_time(more, sentence):
    with pytest.raises(CourseError, match=f"^python was not ready within 0.3 s: {sentence}. Its log"):
        process(**more, timeout=0.3)


def test_what_the_log_holds_is_not_said_to_be_missing():
    command = ["sh", "-c", "echo serving; sleep 60", "{port}"]
    with pytest.raises(CourseError, match="its port is closed"):
        process(command, ready_text="serving", timeout=4)


def test_a_server_that_accepts_but_never_answers_is_not_ready():
    mute = "import socket, sys, time; s = socket.create_server(('127.0.0.1', int(sys.argv[1]))); "
    mute += "connection = s.accept(); print('accepted'); time.sleep(60)"

    def told(timeout: float) -> str:
        with pytest.raises(CourseError, match="no answer to /") as told:
            process(["python", "-c", mute, "{port}"], ready_path="/", timeout=timeout)
        return str(told.value)

    assert any("accepted" in told(timeout) for timeout in (0.5, 2, 8, 30)), "its port was never open"


def test_a_port_taken_by_a_stranger_is_no_readiness_and_another_port_is_tried(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        ports = [stranger.getsockname()[1], launch.free_port()]
        monkeypatch.setattr(launch, "free_port", lambda: ports.pop(0))
        with process(["python", "-c", SERVER, "{port}"]) as server:
            assert ports == [] and int(server.client.get("/").text) == server.pid


def test_a_port_taken_twice_is_told(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        monkeypatch.setattr(launch, "free_port", lambda: stranger.getsockname()[1])
        with pytest.raises(CourseError, match="^python found its port taken by another program, twice.$"):
            process(["python", "-c", SERVER, "{port}"])


def test_what_has_no_port_has_no_address():
    with process(SLEEP) as worker, pytest.raises(CourseError, match="^python has no address: .*{port}"):
        _ = worker.client


# Waiting and signals


def test_wait_for_sees_what_comes_later(tmp_path):
    go = tmp_path / "go"
    code = "import os, sys, time\nwhile not os.path.exists(sys.argv[1]): time.sleep(.01)\nprint('went')\ntime.sleep(60)"
    with process(["python", "-c", code, go]) as worker:
        with pytest.raises(CourseError, match="^python ran for 0.1 s without 'went' in its log. Its log is empty.$"):
            worker.wait_for("went", timeout=0.1)
        go.touch()
        worker.wait_for("went")


def test_wait_for_does_not_wait_for_the_dead():
    with process(["python", "-c", "print('one')"]) as short:
        short.wait_for("one")
        with pytest.raises(
            CourseError, match=r"^python ended \(exit 0\) without 'two' in its log. Its log ends:\none$"
        ):
            short.wait_for("two", timeout=30)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGKILL"])
def test_a_signal_ends_the_process_and_is_named(name):
    with process(SLEEP, ready_text="asleep") as worker:
        worker.signal(name)
        assert worker.wait() == worker.ended == name
        with pytest.raises(CourseError, match=f"^python has ended already \\({name}\\)"):
            worker.signal(name)


def test_signals_that_do_not_exist(monkeypatch):
    with process(SLEEP) as worker:
        for wrong in ("TERM", "SIG_IGN", "sigterm", 15):
            with pytest.raises(CourseError, match="is not a signal of this system"):
                worker.signal(wrong)
        monkeypatch.setattr(launch, "POSIX", False)
        with pytest.raises(CourseError, match=r"^Windows has no SIGKILL: stop\(\) ends python.$"):
            worker.signal("SIGKILL")
        monkeypatch.undo()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has real-time signals that Python knows")
def test_a_signal_without_a_name_of_its_own_is_counted_from_one_that_has_it():
    for number, name in ((signal.SIGRTMIN, "SIGRTMIN"), (35, "SIGRTMIN+1"), (signal.SIGRTMAX, "SIGRTMAX")):
        with process(SLEEP, ready_text="asleep") as worker:
            os.kill(worker.pid, number)
            assert worker.wait() == worker.ended == name
            assert repr(worker) == f"python, ended: {name}"
            with pytest.raises(CourseError, match=re.escape(f"python has ended already ({name})")):
                worker.signal("SIGTERM")


def test_wait_has_a_deadline():
    with process(SLEEP) as worker, pytest.raises(CourseError, match="^python still runs after 0.05 s.$"):
        worker.wait(0.05)


# Ends


def test_stop_ends_gently_and_twice_is_fine():
    code = "import signal, sys, time; signal.signal(15, lambda *_: sys.exit(print('bye'))); print('up'); time.sleep(60)"
    worker = process(["python", "-c", code], ready_text="up")
    worker.stop()
    worker.stop()
    assert worker.log == "up\nbye\n" and worker.ended == "exit 0"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to ignore")
def test_stop_kills_what_does_not_listen():
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up'); time.sleep(60)"
    worker = process(["python", "-c", code], ready_text="up")
    begun = time.monotonic()
    worker.stop(timeout=0.2)
    assert worker.ended == "SIGKILL" and time.monotonic() - begun >= 0.2


def test_stop_ends_what_the_process_started():
    worker = process(["python", "-c", WITH_CHILDREN], ready_text="ready")
    children = numbers(worker.log)
    assert sorted(worker.children()) == sorted(children)
    worker.stop()
    assert not any(map(alive, children)) and worker.children() == []


def test_stop_ends_children_that_survived_the_process():
    worker = process(["python", "-c", WITH_CHILDREN], ready_text="ready")
    worker.signal("SIGKILL")
    worker.wait()
    children = numbers(worker.log)
    assert all(map(alive, children)), "a signal reaches the command alone"
    worker.stop()
    assert not any(map(alive, children))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere a group and an environment must do")
@pytest.mark.parametrize("end", ["kill", "stop", "orphan"])
def test_a_work_horse_without_its_mark_ends_with_its_worker(end):
    worker = process(["python", "-c", NAMELESS], ready_text="ready")
    (horse,) = numbers(worker.log)
    assert horse not in [member.pid for member in guard.family(worker_mark(worker), None)], "it carries no mark"
    if end == "orphan":
        worker.signal("SIGKILL")
        worker.wait()
        assert alive(horse)
    worker.stop() if end == "stop" else worker.kill()
    assert not alive(horse)


@pytest.mark.parametrize("leader", [None, "me"])
def test_a_look_that_takes_longer_than_the_patience_ends_what_it_finds(monkeypatch, leader):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    found = [psutil.Process(child.pid)]

    def look(mark: str, leader: int | None) -> list[psutil.Process]:
        time.sleep(0.05)
        return [member for member in found if child.poll() is None]

    monkeypatch.setattr(guard, "family", look)
    monkeypatch.setattr(guard, "descendants", lambda leader: found if leader else [])
    guard.end_family("mark", os.getpid() if leader else None, patience=0.01)
    assert child.wait(5) != 0


def worker_mark(worker) -> str:
    return worker._end.peek()[2][2]


def test_an_entrypoint_that_signals_its_group_spares_the_guard():
    before = set(guards())  # of other tests
    with process(["python", "-c", "import os; print('up'); os.killpg(0, 15)"]) as worker:
        assert worker.wait() == "SIGTERM"
        assert len(set(guards()) - before) == 1


def test_a_process_that_nothing_refers_to_ends():
    worker = process(["python", "-c", WITH_CHILDREN], ready_text="ready")
    pids = [worker.pid, *numbers(worker.log)]
    worker = process(SLEEP)  # the cell is run again
    assert not any(map(alive, pids)) and worker.running
    worker.kill()


def test_a_failing_block_leaves_nothing():
    with pytest.raises(ZeroDivisionError), process(SLEEP) as worker:
        _ = 1 / 0
    assert not alive(worker.pid)


def test_interrupted_while_starting():
    mark = uuid.uuid4().hex
    with interrupted_when(lambda: main_is_inside(launch.Command.__init__) or main_is_inside(until)):
        with pytest.raises(Interrupted, match="^Interrupted while python was starting: it was ended.$"):
            process([*SLEEP, mark], ready_text="never")
    assert not [found.pid for found in psutil.process_iter(["cmdline"]) if mark in (found.info["cmdline"] or [])]


def test_interrupted_while_waiting_keeps_the_process():
    with process(SLEEP) as worker:
        with interrupted_when(lambda: main_is_inside(until)):
            with pytest.raises(Interrupted, match=r"^Interrupted while waiting for its log \(python, running\).$"):
                worker.wait_for("never")
        assert worker.running


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to ignore")
def test_interrupted_while_stopping():
    code = "import signal, time; signal.signal(15, lambda *_: print('no')); print('up')\nwhile True: time.sleep(1)"
    worker = process(["python", "-c", code], ready_text="up")
    with interrupted_when(lambda: "no" in worker.log):
        with pytest.raises(Interrupted, match="^Interrupted while python was stopping: it was killed.$"):
            worker.stop(30)
    assert worker.ended == "SIGKILL"


# The kernel ends


@pytest.mark.skipif(os.name == "nt", reason="on Windows the kernel starts the command")
def test_a_command_whose_guard_was_killed_counts_as_killed_and_is_ended():
    before = set(guards())  # of other tests
    worker = process(["python", "-c", WITH_CHILDREN], ready_text="ready")
    pids = [worker.pid, *numbers(worker.log)]
    (guarding,) = set(guards()) - before
    os.kill(guarding, signal.SIGKILL)
    assert worker.wait() == "SIGKILL"
    worker.kill()
    assert not any(map(alive, pids))


KERNEL = """
import os, sys, threading, time
from helpers.services.process import process
code = sys.stdin.readline()
worker = process(["python", "-c", eval(code)], ready_text="ready")
print("child", worker.pid, worker.log.replace("\\n", " "), flush=True)
{then}
"""


def kernel(then: str, code: str = WITH_CHILDREN, count: int = 3) -> tuple[subprocess.Popen, list[int]]:
    """A process that has started another like a kernel does, and the ids of all that must end with it."""
    program = textwrap.dedent(KERNEL).format(then=then)
    started = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    started.stdin.write((repr(code) + "\n").encode())
    started.stdin.flush()
    pids = numbers(started.stdout.readline().decode())
    assert len(pids) == count and all(map(alive, pids))
    return started, pids


GO = "sys.stdin.readline(); "  # a kernel that does something else than wait does it when it is told to


def go(started: subprocess.Popen) -> None:
    started.stdin.write(b"\n")
    started.stdin.flush()


def ended(started: subprocess.Popen) -> None:
    started.wait(30)
    started.communicate()


def test_a_killed_kernel_takes_everything_with_it():
    started, pids = kernel("time.sleep(60)")
    started.kill()
    ended(started)
    assert gone(pids)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere a group and an environment must do")
def test_a_killed_kernel_takes_a_work_horse_without_its_mark_with_it():
    started, pids = kernel(
        GO + "os.kill(worker.pid, 9); worker.wait(); print('gone', flush=True); time.sleep(60)", NAMELESS, 2
    )
    go(started)
    assert started.stdout.readline() == b"gone\n"
    assert alive(pids[1]), "its worker is killed"
    started.kill()
    ended(started)
    assert gone(pids)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_killed_kernel_whose_forked_child_holds_the_pipe():
    started, pids = kernel("if child := os.fork(): print('child', child, flush=True)\ntime.sleep(60)")
    (forked,) = numbers(started.stdout.readline().decode())
    started.kill()
    started.wait(30)
    assert gone(pids) and alive(forked)
    os.kill(forked, signal.SIGKILL)
    started.communicate()


def test_a_kernel_that_exits_takes_everything_with_it():
    started, pids = kernel(GO)
    go(started)
    ended(started)
    assert started.returncode == 0 and not any(map(alive, pids))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_forked_child_that_exits_ends_nothing():
    started, pids = kernel("if os.fork(): os.wait(); print(worker.running, flush=True); time.sleep(60)")
    assert started.stdout.readline() == b"True\n"
    started.kill()
    ended(started)
    assert gone(pids)


def test_an_exit_without_goodbye():
    started, pids = kernel(GO + "os._exit(3)")
    go(started)
    ended(started)
    assert gone(pids)


@pytest.mark.skipif(os.name == "nt", reason="uvicorn's workers are ended by a signal")
def test_a_killed_kernel_takes_uvicorn_and_its_workers_with_it(app):
    program = f"""
import time
from helpers.services.process import process
server = process(["uvicorn", "main:app", "--port", "{{port}}", "--workers", "2"], cwd={str(app)!r}, ready_path="/pid")
server.client.get("/task")
print("child", server.pid, *(f"child {{pid}}" for pid in server.children()), flush=True)
time.sleep(60)
"""
    started = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])
    pids = numbers(started.stdout.readline().decode())
    assert len(pids) >= 3
    os.kill(started.pid, signal.SIGKILL)
    ended(started)
    assert gone(pids)


@pytest.mark.parametrize("path", ["/größe", "/a b", "//x"])
def test_a_path_is_asked_for_as_a_browser_sends_it(path):
    with process(["python", "-m", "http.server", "{port}", "--bind", "127.0.0.1"], ready_path=path) as server:
        assert until(lambda: '" 404 -' in server.log, 5.0)


def listening_twice(port: int) -> dict[str, list[str]]:
    """Servers, by name, that are told to listen on a port."""
    django = (
        "import sys; from django.conf import settings; from django.core.management import execute_from_command_line; "
    )
    django += f"settings.configure(ROOT_URLCONF='main', ALLOWED_HOSTS=['*']); execute_from_command_line(['m', 'runserver', '{port}', '--noreload'])"
    return {
        "uvicorn": ["-m", "uvicorn", "main:app", "--port", str(port)],
        "hypercorn": ["-m", "hypercorn", "main:app", "--bind", f"127.0.0.1:{port}"],
        "gunicorn": ["-m", "gunicorn", "main:app", "--bind", f"127.0.0.1:{port}"],
        "granian": ["-m", "granian", "main:app", "--interface", "asgi", "--port", str(port)],
        "flask": ["-m", "flask", "--app", "main:other", "run", "--port", str(port)],
        "django": ["-c", django],
    }


@pytest.mark.parametrize("server", listening_twice(0))
def test_a_port_that_was_taken_is_known_by_each_servers_own_words(tmp_path, server):
    pytest.importorskip(server)
    (tmp_path / "main.py").write_text(
        "from fastapi import FastAPI\napp = FastAPI()\nurlpatterns = []\n"
        "try:\n    from flask import Flask\n    other = Flask('x')\nexcept ImportError:\n    pass\n"
    )
    with socket.create_server(("127.0.0.1", 0)) as taken:
        command = [sys.executable, *listening_twice(taken.getsockname()[1])[server]]
        with subprocess.Popen(
            command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as started:
            said = []
            for line in started.stdout:  # Gunicorn tries five times
                said.append(line)
                if launch.PORT_TAKEN.search(line):
                    break
            started.kill()
    assert launch.PORT_TAKEN.search("".join(said)), said
