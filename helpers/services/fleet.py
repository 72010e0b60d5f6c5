"""Several processes that belong together: started side by side, and started again where one was killed."""

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from helpers.errors import Interrupted
from helpers.services.process import Process, starting
from helpers.services.waiting import POLL

__all__ = ["Fleet", "side_by_side"]


class Fleet(dict[str, Process]):
    """Processes by name, e.g. `fleet["web"]`; each is started by `start_member(name)`, which returns it when it is ready."""

    def __init__(self, start_member: Callable[[str], Process]):
        super().__init__()
        self._start_member = start_member

    def start(self, *names: str) -> None:
        """Start those of `names` that do not run, or do not run any more; a cell that kills one can so be run again."""
        self.update(side_by_side(self._start_member, [n for n in names if n not in self or not self[n].running]))


def side_by_side(start: Callable[[str], Process], keys: Iterable[str]) -> dict[str, Process]:
    """Start one process for each key at the same time, and wait until all are ready.

    When one cannot start, or the cell is interrupted, those that did are ended, too.
    """
    started: dict[str, Process] = {}
    at_work: set[int] = set()
    over = threading.Event()

    def begin(key: str) -> None:
        at_work.add(threading.get_ident())
        try:
            if not over.is_set():
                started[key] = start(key)  # noted here: an interrupt may come before `submit` has returned its future
        finally:
            at_work.discard(threading.get_ident())

    keys = list(keys)
    with ThreadPoolExecutor() as pool:
        try:
            for future in [pool.submit(begin, key) for key in keys]:
                future.result()
        except BaseException as error:
            over.set()
            pool.shutdown(wait=False, cancel_futures=True)
            _kill_unready(at_work)
            for member in started.values():
                member.kill()
            if isinstance(error, KeyboardInterrupt):
                raise Interrupted("Interrupted while processes were starting: they were ended.") from None
            raise
    return {key: started[key] for key in keys}


def _kill_unready(at_work: set[int]) -> None:
    """Kill the members that are not ready, whose threads would wait for them, until no thread is at work."""
    while at_work:
        for member in [starting[thread] for thread in list(at_work) if thread in starting]:
            member.kill()
        time.sleep(POLL)
