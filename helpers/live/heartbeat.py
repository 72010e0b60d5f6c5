"""`Heartbeat`: notices when an event loop stands still, for how long, and in which lines.

A callback of the loop beats every few milliseconds; a thread beside it looks whether it still does. While it does not,
the thread reads the stack of the loop's thread (`sys._current_frames`). A frame that stands in every look, or for `LEAST`
seconds, is one that holds the loop. A machine that is busy elsewhere can delay a beat, too, so no frame is blamed without
proof: it stood in several looks, or the loop's thread used the processor all the while (a call in C lets nobody look
before it is over).
"""

import asyncio
import contextlib
import sys
import threading
import time
from dataclasses import dataclass
from types import FrameType

__all__ = ["Heartbeat", "Hold", "Line"]

EVERY = 0.01  # seconds between two beats, and between two looks
LEAST = 0.1  # seconds without a beat that count
LOOKS = 5  # looks that prove a hold


@dataclass(frozen=True)
class Line:
    """A line of code on a stack: its file, its number, and the function that it belongs to."""

    file: str
    number: int
    function: str


@dataclass(frozen=True)
class Hold:
    """A time during which the loop did nothing else: `seconds`, and the `lines` that stood still, outermost first."""

    seconds: float
    lines: tuple[Line, ...]


class Heartbeat:
    """Watches `loop`, which runs in the thread with the id `thread`, from `start()` to `stop()`.

    `holds` are the times of at least `LEAST` seconds for which the loop stood still, in their order.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, thread: int):
        self.holds: list[Hold] = []
        self._loop, self._thread = loop, thread
        self._beaten = (
            time.monotonic(),
            0.0,
        )  # when, and how many processor seconds the loop's thread had used by then
        self._below: list[FrameType] = []  # what runs the loop itself stands below all that holds it
        self._over = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Begin to watch; called in any thread."""
        with contextlib.suppress(RuntimeError):  # the loop has ended already
            self._loop.call_soon_threadsafe(self._beat)
        self._beaten = (time.monotonic(), _busy(self._thread))
        self._watcher.start()

    def stop(self) -> None:
        """End the watching; a hold that lasts still is in `holds` then. Stopping twice does nothing."""
        self._over.set()
        if self._watcher.is_alive():
            self._watcher.join(1.0)

    def _beat(self) -> None:
        self._beaten = (time.monotonic(), time.thread_time())
        if not self._below:
            self._below = _stack(sys._getframe().f_back)
        if not self._over.is_set():
            self._loop.call_later(EVERY, self._beat)

    def _watch(self) -> None:
        late = _Late(*self._beaten)
        while not self._over.wait(EVERY):
            now, beaten = time.monotonic(), self._beaten
            if beaten[0] != late.since:
                self._keep(late, beaten[0])
                late = _Late(*beaten)
            if now - late.since > 2 * EVERY:
                stack = _stack(sys._current_frames().get(self._thread))
                late.look([frame for frame in stack if frame not in self._below])
        beaten = self._beaten[0]
        self._keep(late, beaten if beaten != late.since else time.monotonic())

    def _keep(self, late: "_Late", until: float) -> None:
        seconds = until - late.since
        if not late.looks or seconds < LEAST:
            return
        if late.looks >= LOOKS or _busy(self._thread) - late.busy >= LEAST:
            self.holds.append(Hold(seconds, tuple(late.lines())))


class _Late:
    """What was seen since the last beat, at `since`, when the loop's thread had used `busy` seconds of the processor."""

    def __init__(self, since: float, busy: float):
        self.since, self.busy, self.looks = since, busy, 0
        self._stood: dict[FrameType, list[float]] = {}  # when each frame was seen, in the order of the first time
        self._numbers: dict[FrameType, int] = {}

    def look(self, seen: list[FrameType]) -> None:
        self.looks += 1
        for frame in seen:
            self._stood.setdefault(frame, []).append(time.monotonic())
            self._numbers[frame] = frame.f_lineno or 0

    def lines(self) -> list[Line]:
        """The frames that stood in every look, or for long: what is late already may be held up by somebody else then."""
        held = [
            frame
            for frame, seen in self._stood.items()
            if len(seen) == self.looks or (len(seen) >= LOOKS and seen[-1] - seen[0] >= LEAST)
        ]
        return [Line(frame.f_code.co_filename, self._numbers[frame], frame.f_code.co_name) for frame in held]


def _stack(frame: FrameType | None) -> list[FrameType]:
    frames: list[FrameType] = []
    while frame is not None:
        frames.insert(0, frame)
        frame = frame.f_back
    return frames


def _busy(thread: int) -> float:
    """Processor seconds that a thread of this process has used; 0 where the system does not tell, or when it has ended."""
    try:
        return time.clock_gettime(time.pthread_getcpuclockid(thread))
    except (AttributeError, OSError):
        return 0.0
