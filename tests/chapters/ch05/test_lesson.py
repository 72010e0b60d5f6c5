"""What stands behind chapter 5: its Alembic folder, the race of three, and the PostgreSQL that may or may not be there."""

import os
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest

from helpers.chapters.ch05 import lesson
from helpers.chapters.ch05.lesson import NotAvailable, Service, postgres
from helpers.errors import CourseError
from helpers.services.waiting import until

HOLDS_A_POSTGRES = """
import time
from helpers.chapters.ch05.lesson import postgres
with postgres() as psql:
    print("ready", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def service(tmp_path):
    return Service(tmp_path / "service")


def needs_postgres() -> None:
    try:
        with postgres():
            pass
    except NotAvailable as reason:
        pytest.skip(str(reason))


@pytest.mark.slow
def test_models_and_migrations_of_the_folder_agree(service, capsys):
    assert service.alembic("upgrade", "head") == "exit 0"
    assert service.alembic("check") == "exit 0"
    assert service.alembic("downgrade", "base") == "exit 0"
    assert service.rows(query="SELECT name FROM sqlite_master WHERE name = 'parcel'") == []


@pytest.mark.slow
def test_a_command_that_fails_says_why_in_one_line_without_a_path(service, capsys):
    assert service.alembic("upgrade", "nowhere") != "exit 0"
    assert capsys.readouterr().out.splitlines() == ["FAILED: Can't locate revision identified by 'nowhere'"]


HALF_WAY = """
revision, down_revision = "0002", "0001"

def upgrade():
    from alembic import op
    op.execute("CREATE TABLE half_made (id INTEGER)")
    op.execute("INSERT INTO nowhere VALUES (1)")
"""


@pytest.mark.slow
@pytest.mark.parametrize("begun", [False, True], ids=["by default", "with BEGIN"])
def test_what_a_failed_migration_leaves_on_sqlite_hangs_on_who_begins(service, capsys, begun):
    """As the chapter says: by the driver's and Alembic's defaults a table stays, with two listeners and a setting none."""
    assert service.alembic("upgrade", "head") == "exit 0"
    (service.versions / "0002_half_way.py").write_text(HALF_WAY, encoding="utf-8")
    assert service.alembic("upgrade", "head", begin="BEGIN IMMEDIATE" if begun else "") == "exit 1"
    left = service.rows(query="SELECT name FROM sqlite_master WHERE name = 'half_made'")
    assert left == ([] if begun else [("half_made",)])


def test_work_takes_place_in_the_copy(tmp_path):
    folder = lesson.FILES
    before = {file: file.read_bytes() for file in folder.rglob("*.py")}
    first, second = Service(tmp_path / "a"), Service(tmp_path / "b")
    first.models.write_text("changed")
    assert second.models.read_text() != "changed"
    assert {file: file.read_bytes() for file in folder.rglob("*.py")} == before
    assert Service(tmp_path / "a").models.read_text() != "changed", "a second run begins anew"


def test_without_any_postgres_one_sentence_says_so(monkeypatch):
    monkeypatch.setattr(lesson.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(lesson.shutil, "which", lambda name: None)
    monkeypatch.setattr(lesson.Path, "glob", lambda self, pattern: iter([]))
    with pytest.raises(NotAvailable, match="^No PostgreSQL was found here, .* brings one.$"), postgres():
        pass


def test_without_the_package_the_machines_own_postgres_is_taken(monkeypatch, tmp_path):
    programs = tmp_path / "15" / "bin"
    programs.mkdir(parents=True)
    for name in ("initdb", "postgres", "psql"):
        (programs / name).touch(mode=0o755)
    (tmp_path / "initdb").symlink_to(programs / "initdb")
    monkeypatch.setattr(lesson.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", os.fspath(tmp_path), prepend=os.pathsep)
    assert lesson._programs() == programs
    (programs / "psql").unlink()
    with suppress(NotAvailable):
        assert lesson._programs() != programs, "a part of it is not enough"


def test_a_server_that_cannot_start_is_not_available_either(monkeypatch):
    monkeypatch.setattr(lesson, "_programs", lambda: Path("nowhere"))
    with pytest.raises(NotAvailable, match="^PostgreSQL does not start here: .*initdb"), postgres():
        pass


@pytest.fixture
def shared_folder():
    """A temporary folder that another user may enter, as pytest's own may not be."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield folder


@pytest.mark.slow
def test_postgres_runs_scripts_whole_or_not_at_all_and_leaves_nothing(shared_folder, monkeypatch):
    needs_postgres()
    monkeypatch.setattr(tempfile, "tempdir", shared_folder)
    with postgres() as psql:
        assert psql("CREATE TABLE parcel (id int); INSERT INTO parcel VALUES (7); SELECT id FROM parcel;") == ["7"]
        with pytest.raises(CourseError, match="division by zero"):
            psql("BEGIN; DROP TABLE parcel; SELECT 1/0; COMMIT;")
        assert psql("SELECT id FROM parcel") == ["7"]
        assert os.listdir(shared_folder)
    assert os.listdir(shared_folder) == []


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_postgres_ends_when_its_kernel_is_killed(shared_folder):
    needs_postgres()
    environment = os.environ | {"TMPDIR": shared_folder}
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDS_A_POSTGRES], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert holder.stdout.readline() == "ready\n"
    servers = mine(holder.pid)
    assert servers
    holder.kill()
    holder.wait()
    holder.stdout.close()
    assert until(lambda: not any(server.is_running() and server.status() != "zombie" for server in servers), 10)


def mine(pid: int) -> list:
    import psutil

    return [child for child in psutil.Process(pid).children(recursive=True) if "postgres" in child.name()]
