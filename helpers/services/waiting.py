"""When a process is ready: waiting without a fixed pause, a first answer, the owner of a port, a line in a log."""

import re
import socket
import time
from collections.abc import Callable, Iterable

from helpers.given import shown
from helpers.surroundings import checked

POLL = 0.005  # seconds between two looks
LONG = 2.0  # seconds of waiting after which a reader is told what for


def until(condition: Callable[[], bool], timeout: float, what: str = "") -> bool:
    """Look until `condition()` is true, for at most `timeout` seconds; returns whether it became true.

    A wait that is long for a reader says once what for, as `what` does: "web to be ready". Not with COURSE_RUN=ci, where
    outputs are compared.
    """
    begun = time.monotonic()
    said = not what or checked()
    while not condition():
        waited = time.monotonic() - begun
        if waited >= timeout:
            return False
        if not said and waited >= LONG:
            print(f"Waiting for {what}, at most {timeout:g} s.")
            said = True
        time.sleep(POLL)
    return True


def holds(log: str, wanted: str | re.Pattern[str]) -> bool:
    """Whether a log holds a text, or something that a compiled pattern finds."""
    return wanted in log if isinstance(wanted, str) else wanted.search(log) is not None


def quoted(wanted: str | re.Pattern[str]) -> str:
    """What was awaited, for a message."""
    return shown(wanted if isinstance(wanted, str) else wanted.pattern)


def answers(port: int, path: str | None, timeout: float) -> bool:
    """Whether 127.0.0.1:`port` gives any HTTP answer to GET `path`, or, without a path, accepts a connection."""
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=max(timeout, 0.01))
    try:
        if path is None:
            socket.create_connection(("127.0.0.1", port), timeout=max(timeout, 0.01)).close()
        else:
            import httpx

            # As a browser sends it: http.client refuses "/größe" and "/a b" as they are.
            connection.request("GET", httpx.URL(f"http://127.0.0.1{path}").raw_path.decode("ascii"))
            connection.getresponse()
        return True
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def any_listens(pids: Iterable[int], port: int) -> bool:
    """Whether one of these processes listens on `port`, or the system does not tell."""
    import psutil

    for pid in pids:
        try:
            connections = psutil.Process(pid).net_connections("tcp")
        except psutil.NoSuchProcess:
            continue
        except psutil.AccessDenied:
            return True
        if any(c.status == psutil.CONN_LISTEN and c.laddr.port == port for c in connections):
            return True
    return False
