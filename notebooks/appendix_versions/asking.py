"""Serves an app in a thread and asks it through plain sockets: only what every FastAPI since 0.68 can run with."""

import contextlib
import json
import logging
import socket
import threading
import time

import uvicorn

# uvicorn's errors while a fact is asked, a line each.
logged: list = []


class _Collector(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        logged.append(record.getMessage())


class _Server(uvicorn.Server):
    """In a thread there are no signals; older releases ask for them here, newer ones there."""

    def install_signal_handlers(self) -> None: ...

    @contextlib.contextmanager
    def capture_signals(self):
        yield


class Service:
    """A served app: `with Service(app) as service`."""

    def __init__(self, app) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.server = _Server(uvicorn.Config(app, log_config=None, access_log=False))
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.socket]}, daemon=True)

    def __enter__(self) -> "Service":
        logged.clear()
        logger = logging.getLogger("uvicorn.error")
        logger.handlers, logger.propagate, logger.level = [_Collector(logging.ERROR)], False, logging.INFO
        self.thread.start()
        wait_for(lambda: self.server.started or not self.thread.is_alive())
        return self

    def __exit__(self, *error: object) -> None:
        self.server.should_exit = True
        self.thread.join(2)
        self.server.force_exit = True

    def connect(self) -> "Connection":
        return Connection(self.port)

    def ask(self, request: str, body: bytes = b"", **headers: str) -> tuple:
        """Status and content of one request on a connection of its own."""
        with contextlib.closing(self.connect()) as connection:
            connection.send(request, body, **headers)
            return connection.read()


class Connection:
    """One connection, which stays open until it is closed."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=3)
        self.file = self.socket.makefile("rb")

    def send(self, request: str, body: bytes = b"", **headers: str) -> None:
        lines = [f"{request} HTTP/1.1", "Host: parcels.example", f"Content-Length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode() + body)

    def read(self) -> tuple:
        """The next answer, read to its end; the status is 0 where the connection was closed instead."""
        status = self.file.readline().split()
        if not status:
            return 0, b""
        headers = dict(line.split(b": ", 1) for line in iter(lambda: self.file.readline().strip(), b""))
        headers = {name.lower(): value for name, value in headers.items()}
        if b"chunked" in headers.get(b"transfer-encoding", b""):
            body = b""
            while size := int(self.file.readline(), 16):
                body += self.file.read(size)
                self.file.readline()
            self.file.readline()
        else:
            body = self.file.read(int(headers.get(b"content-length", 0)))
        return int(status[1]), body

    def ended(self) -> bool:
        """Whether the server closes the connection within half a second."""
        self.socket.settimeout(0.5)
        try:
            return self.socket.recv(1) == b""
        except OSError as error:
            return not isinstance(error, TimeoutError)

    def close(self) -> None:
        self.file.close()
        self.socket.close()


def wait_for(condition, seconds: float = 3) -> bool:
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.005)
    return bool(condition())


def answer_of(fact) -> str:
    """What a fact answers, its error's name where it has no answer, or that it hangs."""
    came: list = []

    def ask() -> None:
        try:
            came.append(str(fact()))
        except BaseException as error:
            came.append(f"{type(error).__name__}")

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(8)
    return came[0] if came else "hangs"


def tell(answers: dict) -> None:
    print(json.dumps(answers), flush=True)
