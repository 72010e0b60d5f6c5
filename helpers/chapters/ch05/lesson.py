"""What the notebook of chapter 5 imports: counts and crowds, a service to run from a folder, an empty PostgreSQL."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from helpers.chapters.ch05.exercises.database import statements as counted
from helpers.chapters.ch05.exercises.load import at_once, under_load
from helpers.errors import CourseError
from helpers.services.postgres import Postgres
from helpers.services.process import process

__all__ = ["NotAvailable", "Service", "at_once", "counted", "empty_postgres", "under_load"]

FILES = Path(__file__).parents[3] / "notebooks" / "05_database_integration"


class Service:
    """A copy of the chapter's Alembic folder, in which section 5.4 works; it goes with the folder that it lies in.

    With `data`, a database file, the service begins with a copy of that.
    """

    def __init__(self, folder: Path, data: Path | None = None):
        self.folder = folder
        shutil.rmtree(folder, ignore_errors=True)  # of an earlier run in this kernel
        ignored = shutil.ignore_patterns("__pycache__", "fork.py", "race", "steps")
        shutil.copytree(FILES, folder, ignore=ignored)
        if data is not None:
            shutil.copy(data, folder / "service.db")
        self.models = folder / "models.py"
        self.versions = folder / "migrations" / "versions"

    def take(self, step: str) -> str:
        """Put a migration of the chapter's folder `steps` among those of the service; what its `upgrade` does."""
        text = (FILES / "steps" / step).read_text(encoding="utf-8")
        (self.versions / Path(step).name).write_text(text, encoding="utf-8")
        return text[text.index("def upgrade") : text.index("def downgrade")].strip()

    def alembic(self, *arguments: str, database: str = "service.db", begin: str = "") -> str:
        """Run `alembic ...` as a process, print what it says and return how it ended; of an error, its last line.

        With `begin`, such as "BEGIN IMMEDIATE", `env.py` makes one transaction of it.
        """
        log, ended = self._run(arguments, f"sqlite:///{database}", begin)
        errors = [line for line in log if "Error: " in line or line.startswith("FAILED")]
        print("\n".join(errors[-1:] or log) or f"alembic {' '.join(arguments)}: {ended}")
        return ended

    def script(self, *arguments: str) -> str:
        """What `alembic ... --sql` writes for PostgreSQL."""
        log, ended = self._run([*arguments, "--sql"], "postgresql://")
        if ended != "exit 0":
            raise CourseError("\n".join(log[-3:]))
        return "\n".join(line for line in log if not line.startswith(("Running ", "Generating ")))

    def start_three(self, database: str) -> list[tuple[str, str]]:
        """Start `alembic upgrade head` three times at once; for each how it ended, and its error."""
        (self.folder / "meeting").mkdir()
        environment = {"DATABASE_URL": f"sqlite:///{database}", "WORKERS": "3"}
        workers = [process(["alembic", "upgrade", "head"], cwd=self.folder, env=environment) for _ in range(3)]
        try:
            endings = [worker.wait(50) for worker in workers]
        finally:
            for worker in workers:
                worker.kill()
            shutil.rmtree(self.folder / "meeting")
        errors = [[line for line in worker.log.splitlines() if "Error: " in line] for worker in workers]
        return sorted((ending, "".join(lines[-1:])) for ending, lines in zip(endings, errors))

    def rows(self, database: str = "service.db", query: str = "SELECT * FROM parcel ORDER BY id") -> list[tuple]:
        """The rows that a query finds, by Python's own sqlite3."""
        connection = sqlite3.connect(self.folder / database)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    def insert(self, parcels: list[tuple[str, float]]) -> None:
        """Put parcels into the table as revision 0001 made it."""
        connection = sqlite3.connect(self.folder / "service.db")
        with connection:
            connection.executemany('INSERT INTO parcel ("to", weight_kg) VALUES (?, ?)', parcels)
        connection.close()

    def create_all(self) -> None:
        """Make the table as `create_all` leaves it: there, and without a number that says so."""
        connection = sqlite3.connect(self.folder / "service.db")
        connection.execute('CREATE TABLE parcel (id INTEGER PRIMARY KEY, "to" TEXT NOT NULL, weight_kg FLOAT NOT NULL)')
        connection.close()

    def _run(self, arguments: Sequence[str], url: str, begin: str = "") -> tuple[list[str], str]:
        environment = {"DATABASE_URL": url, "SQLITE_BEGIN": begin}
        with process(["alembic", *arguments], cwd=self.folder, env=environment) as command:
            ended = command.wait(50)
        said = ("Context impl", "Will assume", "Generating /", "  Generating /")  # the same every time, or a path
        return [line for line in command.log.splitlines() if not line.startswith(said)], ended


class NotAvailable(Exception):
    """Why there is no PostgreSQL here, in one sentence."""


@contextmanager
def empty_postgres() -> Iterator[Callable[[str], list[str]]]:
    """Start an empty PostgreSQL and give a function that runs SQL in it, each time on a new connection.

    That function takes a script and returns the rows of its last statement, a line each, the columns parted by `|`; it
    raises `CourseError` with PostgreSQL's message when the script fails. Raises `NotAvailable` where none can be started.
    """
    server = Postgres()
    if not server.available:
        raise NotAvailable(server.why_not)

    def run(script: str) -> list[str]:
        import psycopg

        with psycopg.connect(server.conninfo, autocommit=True) as connection:
            result = connection.pgconn.exec_(script.encode())  # a script of several statements, and text as it is sent
            if result.error_message:
                raise CourseError(result.error_message.decode().strip())
            rows = [
                [result.get_value(row, column) or b"" for column in range(result.nfields)]
                for row in range(result.ntuples)
            ]
            return [b"|".join(row).decode() for row in rows]

    with server:
        yield run
