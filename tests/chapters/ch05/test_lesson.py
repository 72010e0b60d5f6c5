"""What stands behind chapter 5: its Alembic folder, the race of three, and scripts for PostgreSQL."""

import pytest

from helpers.chapters.ch05 import lesson
from helpers.chapters.ch05.lesson import NotAvailable, Service, empty_postgres
from helpers.errors import CourseError
from helpers.services.postgres import NONE, Postgres


@pytest.fixture
def service(tmp_path):
    return Service(tmp_path / "service")


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
    monkeypatch.setattr("helpers.services.postgres._find", lambda: (None, "no PostgreSQL"))
    with pytest.raises(NotAvailable, match="^There is no PostgreSQL here: "), empty_postgres():
        pass


@pytest.mark.skipif(Postgres().kind == NONE, reason="no PostgreSQL for this system")
def test_postgres_runs_scripts_whole_or_not_at_all():
    with empty_postgres() as run:
        assert run("CREATE TABLE parcel (id int, at text); INSERT INTO parcel VALUES (7, NULL); TABLE parcel") == ["7|"]
        with pytest.raises(CourseError, match="^ERROR:  division by zero$"):
            run("BEGIN; DROP TABLE parcel; SELECT 1/0; COMMIT;")
        assert run("SELECT id FROM parcel") == ["7"]


def test_a_service_can_begin_with_the_data_of_another(tmp_path):
    first = Service(tmp_path / "first")
    first.create_all()
    first.insert([("Ada", 2.5)])
    second = Service(tmp_path / "second", data=first.folder / "service.db")
    assert second.rows() == first.rows() == [(1, "Ada", 2.5)]
    assert "fork.py" not in {file.name for file in second.folder.iterdir()}, (
        "a script of the chapter's, not the service's"
    )


def test_tables_of_exercises_are_there_by_name_and_others_are_not():
    from helpers.chapters.ch05.exercises import tables

    assert tables.Cart is tables.tables().Cart and tables.carts_engine.url.database
    with pytest.raises(AttributeError, match="has no Sledge"):
        _ = tables.Sledge
