"""The thread behind a `Mailbox`: an event loop with aiosmtpd's SMTP protocol on a socket of loopback."""

import asyncio
import contextlib
import email
import email.policy
import logging
import socket
import threading
import time
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP

from helpers.errors import CourseError
from helpers.live import sockets
from helpers.live.peers import Admitting

__all__ = ["Post", "Server", "listen"]

# aiosmtpd logs every command, and a client's slip as a warning, which Python prints to stderr when nobody listens.
logging.getLogger("mail.log").addHandler(logging.NullHandler())
logging.getLogger("mail.log").propagate = False


class Post:
    """What the server's thread and the reader share; the thread holds this and never the `Mailbox` itself."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.messages: list[EmailMessage] = []
        self.arrivals: list[float] = []
        self.delay = 0.0
        self.fail_with: str | None = None
        self.fail_times: int | None = None

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        """aiosmtpd's hook for a message that has come in full; what it returns is the answer to the client."""
        await asyncio.sleep(self.delay)
        # SMTP's line ends are of the wire: a message read back has those that it was written with.
        message = email.message_from_bytes(envelope.content.replace(b"\r\n", b"\n"), policy=email.policy.default)
        with self.lock:
            if (failure := self._failure()) is not None:
                return failure
            self.messages.append(message)
            self.arrivals.append(time.perf_counter())
        return "250 OK"

    def _failure(self) -> str | None:
        if self.fail_with is None or self.fail_times == 0:
            return None
        if self.fail_times is not None:
            self.fail_times -= 1
        return self.fail_with


class Server:
    """The thread, and the event loop in it.

    Not aiosmtpd's Controller, which cannot take a free port by itself (it connects to the port that it was given to see
    whether it started), and whose greeting asks DNS for this machine's name at every connection (aiosmtpd/smtp.py).
    """

    def __init__(self, listener: socket.socket, post: Post):
        self._loop = asyncio.new_event_loop()
        self._over = asyncio.Event()
        # No wait for the thread: the socket listens already, and a client that is faster queues at it.
        self._thread = threading.Thread(target=self._run, args=(listener, post), name="mailbox", daemon=True)
        self._thread.start()

    def _run(self, listener: socket.socket, post: Post) -> None:
        # Not asyncio.run, which nest-asyncio replaces.
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve(listener, post))

    async def _serve(self, listener: socket.socket, post: Post) -> None:
        def protocol() -> Any:
            return Admitting(lambda: SMTP(post, hostname="mailbox", enable_SMTPUTF8=True, loop=self._loop))

        self._loop.set_exception_handler(_ignore_hang_ups)
        server = await self._loop.create_server(protocol, sock=listener)
        await self._over.wait()
        server.close()  # open connections close when the Runner cancels their tasks

    def stop(self) -> None:
        """End the thread with its listening socket and every connection, and wait for that; once or more often."""
        with contextlib.suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(self._over.set)
        if threading.current_thread() is not self._thread:  # garbage is collected in any thread
            self._thread.join(5.0)


def listen(port: int) -> socket.socket:
    """A socket that listens on loopback, at a free port for 0; raises `CourseError`."""
    try:
        return sockets.listen(port)
    except PermissionError:
        raise CourseError(f"This system does not let you open port {port}: Mailbox() takes a free one.") from None
    except OSError:
        raise CourseError(f"Port {port} is taken by another program: Mailbox() takes a free one.") from None


def _ignore_hang_ups(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """A client that vanishes is none of the reader's errors; anything else is reported as usual."""
    if not isinstance(context.get("exception"), ConnectionError):
        loop.default_exception_handler(context)
