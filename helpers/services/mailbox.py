"""A real SMTP server in a thread of the kernel, whose messages are read like a list."""

import re
import weakref
from collections.abc import Sequence
from email.message import EmailMessage
from typing import overload

from helpers import given
from helpers.errors import CourseError, Interrupted, NoSuchMessage
from helpers.given import shown
from helpers.live.sockets import HOST
from helpers.services.mail_server import Post, Server, listen
from helpers.services.waiting import until

__all__ = ["Mailbox"]

MOST = 1_000_000  # messages that somebody may wait for


class Mailbox(Sequence[EmailMessage]):
    """A mail server on loopback that keeps what it accepts: `len(mailbox)`, `mailbox[-1]["Subject"]`, `for m in mailbox`.

    `delay`: seconds between the end of a message and the answer to it; other connections do not wait. `fail_with`: the
    answer that refuses every message, such as "451 try again later"; None accepts. `fail_times`: refuse only so many
    messages, then accept. All three can be set later. `port`: 0 takes a free one; a port that an earlier `Mailbox` of
    this kernel holds is taken over from it, so that a cell can be run again.

    Attributes: `host` and `port` for `smtplib.SMTP(mailbox.host, mailbox.port)`; `arrivals`, the moment in
    `time.perf_counter()` seconds when each message was accepted, which is after the delay and right before the answer.
    It stops with `stop()`, at the end of a `with` block, when nothing refers to it any more, and with the kernel.

    smtplib greets with `socket.getfqdn()` (docs.python.org/3/library/smtplib.html), which asks DNS for this machine's
    name; where that is slow, pass `local_hostname="localhost"`. Raises `CourseError` for a port that is taken.
    """

    host = HOST

    def __init__(
        self,
        *,
        delay: float = 0.0,
        fail_with: str | None = None,
        fail_times: int | None = None,
        port: int = 0,
    ):
        self._post = Post()
        self.delay = delay
        self.fail_with = fail_with
        self.fail_times = fail_times
        if isinstance(port, bool) or not isinstance(port, int) or not 0 <= port <= 65535:
            raise CourseError(f"A mailbox's port is a whole number from 0 (any free one) to 65535, not {shown(port)}.")
        if port in _live:
            _live[port].stop()
        listener = listen(port)
        self.port: int = listener.getsockname()[1]
        server = Server(listener, self._post)
        self._stop = weakref.finalize(self, server.stop)
        _live[self.port] = self

    def __repr__(self) -> str:
        count = len(self)
        stopped = "" if self._stop.alive else ", stopped"
        return f"mailbox with {count} message{'' if count == 1 else 's'}{stopped}"

    def __len__(self) -> int:
        return len(self._post.messages)

    @overload
    def __getitem__(self, index: int) -> EmailMessage: ...
    @overload
    def __getitem__(self, index: slice) -> list[EmailMessage]: ...
    def __getitem__(self, index: int | slice) -> EmailMessage | list[EmailMessage]:
        if isinstance(index, slice):
            return self._post.messages[index]
        if not isinstance(index, int):
            raise CourseError(f"a message is asked for by its place, mailbox[0], not by {shown(index)}.")
        try:
            return self._post.messages[index]
        except IndexError:
            raise NoSuchMessage(
                f"no message {shown(index)}: {len(self)} came so far. wait_for(1) waits for one."
            ) from None

    @property
    def arrivals(self) -> list[float]:
        """When each message came, in seconds of `time.perf_counter`."""
        return list(self._post.arrivals)

    @property
    def delay(self) -> float:
        """Seconds between the end of a message and the answer to it."""
        return self._post.delay

    @delay.setter
    def delay(self, seconds: float) -> None:
        self._post.delay = given.seconds("A mailbox's delay", seconds)

    @property
    def fail_with(self) -> str | None:
        """The SMTP answer that refuses every message, or None, which accepts."""
        return self._post.fail_with

    @fail_with.setter
    def fail_with(self, answer: str | None) -> None:
        if answer is not None and not (isinstance(answer, str) and re.fullmatch(r"[45]\d\d( [^\r\n]*)?", answer)):
            raise CourseError(
                f"A mailbox's fail_with is an SMTP answer such as '451 try again later', or None, not {shown(answer)}."
            )
        self._post.fail_with = answer

    @property
    def fail_times(self) -> int | None:
        """How many more messages are refused, or None for all."""
        return self._post.fail_times

    @fail_times.setter
    def fail_times(self, count: int | None) -> None:
        if count is not None and (isinstance(count, bool) or not isinstance(count, int) or count < 0):
            raise CourseError(f"A mailbox's fail_times is a whole number from 0 on, or None, not {shown(count)}.")
        self._post.fail_times = count

    def wait_for(self, count: int = 1, timeout: float = 5.0) -> None:
        """Wait until at least `count` messages are here; `CourseError` after `timeout` seconds."""
        if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= MOST:
            raise CourseError(f"wait_for() takes a number of messages from 0 to {MOST}, not {shown(count)}.")
        timeout = given.seconds("wait_for(timeout=...)", timeout)
        try:
            came = until(
                lambda: len(self) >= count, timeout, f"mail, {count} message{'' if count == 1 else 's'} in all"
            )
        except KeyboardInterrupt:
            raise Interrupted(f"Interrupted while waiting for mail: {len(self)} of {count} came.") from None
        if not came:
            raise CourseError(f"{len(self)} of {count} messages came within {timeout:g} s.")

    def clear(self) -> None:
        """Throw the messages away; the server stays."""
        with self._post.lock:
            self._post.messages.clear()
            self._post.arrivals.clear()

    def stop(self) -> None:
        """Close the server and its connections; the messages stay readable. Stopping twice does nothing."""
        self._stop()

    def __enter__(self) -> "Mailbox":
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()


_live: "weakref.WeakValueDictionary[int, Mailbox]" = weakref.WeakValueDictionary()
