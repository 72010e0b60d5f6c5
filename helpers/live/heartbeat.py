"""`Heartbeat`: notices when an event loop stands still, for how long, and in which lines.

A callback of the loop beats every few milliseconds; a thread beside it looks whether it still does. While it does not,
the thread reads the stack of the loop's thread (`innermost`). A frame that stands in most looks is one that
holds the loop. A machine that is busy elsewhere can delay a beat, too, so no frame is blamed without proof: it stood at
one instruction, as a call that sleeps does, or the loop's thread used the processor (a call in C lets nobody look before
it is over). Nor is anybody blamed for what stopped the whole process, which stops the looks too; for waiting for the
interpreter's lock, which wakes the thread every 5 ms where Linux counts that (Python/ceval_gil.c); or for Python's garbage
collector, which runs in whatever thread made the last object.

This file also runs beside the app of a reader (helpers/services/agent.py), on Pythons from 3.9: it imports nothing of the course.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

__all__ = ["Heartbeat", "Hold", "Line", "innermost"]

EVERY = 0.01  # seconds between two beats, and between two looks
LEAST = 0.1  # seconds without a beat that count
A_LOOK = 0.025  # seconds for which a look can speak at most: the looks were held up with the rest if it comes later


@dataclass(frozen=True)
class Line:
    """A line of code on a stack: its file, its number, and the function that it belongs to."""

    file: str
    number: int
    function: str


@dataclass(frozen=True)
class Hold:
    """A time during which the loop did nothing else: `seconds`, and the `lines` that stood still, outermost first.

    `since`: when it began, by `time.monotonic()`.
    """

    seconds: float
    lines: tuple[Line, ...]
    since: float


# On a busy machine a thread starts late, whoever asks for it; and all executors share one lock while they start one.
HANDS_TO_A_THREAD = (threading.Thread.start.__code__, ThreadPoolExecutor.submit.__code__)


class Heartbeat:
    """Watches `loop`, which runs in the thread with the id `thread`, from `start()` to `stop()`.

    `holds` are the times of at least `LEAST` seconds for which the loop stood still, in their order.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, thread: int):
        self.holds: list[Hold] = []
        self._loop, self._thread = loop, thread
        self._native = next((one.native_id for one in threading.enumerate() if one.ident == thread), None)
        self._clock = None if self._native is None else _clock(thread)
        # When, and how many processor seconds the loop's thread had used by then, but for the collector's.
        self._beaten = (time.monotonic(), 0.0)
        self._below = 0  # frames that run the loop itself, below all that holds it
        self._collected = 0.0  # processor seconds that the collector has used there
        self._collects: float | None = None  # since when it runs
        self._over = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="heartbeat", daemon=True)

    @property
    def beaten(self) -> float:
        """When the loop last beat, by `time.monotonic()`."""
        return self._beaten[0]

    def start(self) -> None:
        """Begin to watch; called in any thread."""
        with contextlib.suppress(RuntimeError):  # the loop has ended already
            self._loop.call_soon_threadsafe(self._beat)
        self._beaten = (time.monotonic(), _read(self._clock))
        gc.callbacks.append(self._collector)
        self._watcher.start()

    def stop(self) -> None:
        """End the watching; a hold that lasts still is in `holds` then. Stopping twice does nothing."""
        self._over.set()
        with contextlib.suppress(ValueError):
            gc.callbacks.remove(self._collector)
        if self._watcher.is_alive():
            self._watcher.join(1.0)

    def _collector(self, phase: str, info: object) -> None:
        """Called by Python before and after each garbage collection, in the thread that it interrupts."""
        if threading.get_ident() != self._thread:
            return
        if phase == "start":
            self._collects = time.thread_time()
        elif self._collects is not None:  # else it had begun before it was watched
            self._collected += time.thread_time() - self._collects

    def _used(self) -> float:
        """Processor seconds that the loop's thread has used for what it was asked to do."""
        return _read(self._clock) - self._collected

    def _switches(self) -> int:
        """How often the system has taken the processor from the loop's thread: never while it sleeps in one call.

        0 where the system does not tell, or when the thread has ended.
        """
        try:
            status = Path(f"/proc/self/task/{self._native}/status").read_text(encoding="ascii")
        except OSError:
            return 0
        return sum(int(line.split()[1]) for line in status.splitlines() if "voluntary_ctxt_switches" in line)

    def _beat(self) -> None:
        self._beaten = (time.monotonic(), time.thread_time() - self._collected)
        self._below = self._below or len(_stack(sys._getframe().f_back))
        if not self._over.is_set():
            self._loop.call_later(EVERY, self._beat)

    def _watch(self) -> None:
        late = _Late(*self._beaten)
        while not self._over.wait(EVERY):
            now, beaten = time.monotonic(), self._beaten
            if beaten[0] != late.beaten:
                self._keep(late, beaten[0])
                late = _Late(*beaten)
            if now - late.since > 2 * EVERY:
                stack = _stack(innermost().get(self._thread))[self._below :]
                if late.left_by(stack):  # coroutines that block one after the other: a hold each
                    self._keep(late, now)
                    late = _Late(late.beaten, self._used(), since=now)
                late.look(stack, self._switches())
        beaten = self._beaten[0]
        self._keep(late, beaten if beaten != late.beaten else time.monotonic())

    def _keep(self, late: _Late, until: float) -> None:
        seconds = until - late.since
        if late.lines() and seconds >= LEAST and (late.stood >= LEAST or self._used() - late.busy >= LEAST):
            self.holds.append(Hold(seconds, tuple(late.lines()), late.since))


class _Late:
    """What was seen from `since` on, when the loop's thread had used `busy` seconds of the processor.

    The last beat was at `beaten`, which is `since` for what came first behind it. `stood` is for how many seconds, by the
    looks, one and the same instruction was under way.
    """

    def __init__(self, beaten: float, busy: float, since: float | None = None):
        self.beaten, self.busy, self.stood = beaten, busy, 0.0
        self.since = beaten if since is None else since
        self._looks = 0
        self._seen: dict[FrameType, Counter[int]] = {}  # each frame's looks, by its line; outermost first
        self._at: tuple[FrameType, int] | None = None  # the innermost frame and its instruction
        self._looked, self._stands = self.since, 0.0  # when it was last seen, and for how long it has stood by then
        self._switches = 0

    def left_by(self, stack: list[FrameType]) -> bool:
        """Whether none of the frames that were seen so far stands any more, and others do."""
        return bool(self._seen and stack) and not any(frame in self._seen for frame in stack)

    def look(self, stack: list[FrameType], switches: int) -> None:
        """Note what stands, when the system had switched the thread off `switches` times."""
        if not stack:  # too early or too late: the loop is between two callbacks
            return
        if any(frame.f_code in HANDS_TO_A_THREAD for frame in stack):
            self._at = None
            return
        now, at = time.monotonic(), (stack[-1], stack[-1].f_lasti)
        if at != self._at:
            self._stands = 0.0
        elif switches == self._switches:
            self._stands += min(now - self._looked, A_LOOK)
        self._at, self._looked, self._switches = at, now, switches
        self.stood = max(self.stood, self._stands)
        self._looks += 1
        for frame in stack:
            self._seen.setdefault(frame, Counter())[frame.f_lineno or 0] += 1

    def lines(self) -> list[Line]:
        """The frames that stood in most of the looks, each at its most frequent line.

        The first look may have been too early, and the last too late.
        """
        held = {frame: numbers for frame, numbers in self._seen.items() if 2 * sum(numbers.values()) > self._looks}
        return [
            Line(frame.f_code.co_filename, numbers.most_common(1)[0][0], frame.f_code.co_name)
            for frame, numbers in held.items()
        ]


_looking = threading.RLock()


def innermost() -> dict[int, FrameType]:
    """The innermost frame of each thread, by the thread's id; ended threads are not in it.

    `sys._current_frames`, without a garbage collection inside of it: up to Python 3.11 that can stop the whole process for
    good, because it holds a lock that a starting thread wants while the collector lets that thread run (cpython#106883).
    """
    if sys.version_info >= (3, 12):
        return sys._current_frames()
    with _looking:  # else two that look at once leave the collector off
        collects = gc.isenabled()
        try:
            gc.disable()
            return sys._current_frames()
        finally:
            if collects:
                gc.enable()


def _stack(frame: FrameType | None) -> list[FrameType]:
    frames: list[FrameType] = []
    while frame is not None:
        frames.insert(0, frame)
        frame = frame.f_back
    return frames


def _clock(thread: int) -> int | None:
    """The clock that counts the processor seconds of a thread of this process; None where the system has none.

    The thread must be there still: with the id of one that has ended this stops the whole process
    (docs.python.org/3/library/time.html#time.pthread_getcpuclockid).
    """
    try:
        return time.pthread_getcpuclockid(thread)
    except (AttributeError, OSError):
        return None


def _read(clock: int | None) -> float:
    """What such a clock says; 0 where there is none, or when its thread has ended."""
    try:
        return 0.0 if clock is None else time.clock_gettime(clock)
    except OSError:
        return 0.0
