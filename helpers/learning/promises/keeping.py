"""Three promises on accepted work: it survives SIGTERM and SIGKILL, and a repeated request brings it in once."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from helpers.learning.promises.bench import STUCK, Bench, Broken, Service, wrong
from helpers.learning.promises.plan import inside
from helpers.services.launch import POSIX
from helpers.services.waiting import until

CLIENTS = 3
EACH = 3  # orders of a client
SOONER = 3  # so many are accepted when the process is ended, and others are under way
GRACE = 30.0  # seconds that Kubernetes waits after SIGTERM
REPEATS = 8


def terminated(bench: Bench) -> str:
    """SIGTERM ends the process while orders come in; started again, it does all that was accepted."""
    service = bench.calm()

    def end() -> None:
        service.process.signal("SIGTERM" if POSIX else "SIGINT")

    ids = _accepted_until(service, end)
    if not until(lambda: not service.process.running, GRACE):
        raise Broken(f"After SIGTERM the process still ran for {GRACE:g} s.")
    service.again()
    _all_done(service, ids, "SIGTERM")
    return "Ended by SIGTERM while orders came in and started again, it did all that it had accepted."


def killed(bench: Bench) -> str:
    """SIGKILL ends the process twice, while orders come in and while it works; all that was accepted is done."""
    service = bench.calm()
    ids = _accepted_until(service, service.kill)
    service.again()
    until(lambda: service.done(ids[0]), 10)  # and so the next one is under way
    time.sleep(0.1)
    service.again()  # which ends the process at once, too
    _all_done(service, ids, "kill -9")
    return "Killed while orders came in, and again soon after its new start, it did all that it had accepted."


def _accepted_until(service: Service, end: Any) -> list[Any]:
    """Several clients order, and `end()` is called while they do. The ids of what was accepted, whenever that was."""
    ids: list[Any] = []
    enough = threading.Event()
    service.headers(service.users[0])

    def order(_: int) -> None:
        for _ in range(EACH):
            try:
                answer = service.order()
            except Broken:  # nobody is there any more
                return
            if answer.is_success:
                ids.append(service.accepted(answer))
            if len(ids) >= SOONER:
                enough.set()

    with ThreadPoolExecutor(CLIENTS) as pool:
        orders = [pool.submit(order, number) for number in range(CLIENTS)]
        enough.wait(15)
        _runs(service)
        end()
    for one in orders:
        one.result()  # or what was wrong with a client would stay untold
    if len(ids) < SOONER:
        wrong(f"{service.plan.work.path} accepted {len(ids)} of the first {SOONER} orders")
    return ids


def _runs(service: Service) -> None:
    """`Broken` when the process has ended before anybody ended it."""
    if not service.process.running:
        raise Broken(f"Its process ended by itself ({service.process.ended}) while orders came in.")


def _all_done(service: Service, ids: list[Any], what: str) -> None:
    if left := service.undone(ids):
        raise Broken(
            f"After {what} and a new start, {len(left)} of {len(ids)} accepted orders were not done, and in {STUCK:g} s none of them was."
        )


def once(bench: Bench) -> str:
    """A request that is repeated, at the same moment and later, brings in one piece of work."""
    service, plan = bench.calm(), bench.plan
    before = _listed(service)
    with ThreadPoolExecutor(REPEATS) as pool:
        answers = list(pool.map(lambda _: service.order("asked-twice"), range(REPEATS)))
    if unknown := {answer.status_code for answer in answers if not answer.is_success} - {409, 425, 429}:
        raise Broken(f"One of {REPEATS} equal requests at the same moment got a {min(unknown)}.")
    answers = [answer for answer in answers if answer.is_success]  # an answer of 409 says "it is under way": so be it
    later = service.order("asked-twice")
    ids = {str(service.accepted(answer)) for answer in [*answers, later]}
    if len(ids) != 1:
        raise Broken(f"Equal requests with the same key brought in {len(ids)} pieces of work.")
    if (more := len(_listed(service) - before)) != 1:
        raise Broken(f"Equal requests with the same key are {more} more in the list.")
    if (other := service.order("asked-twice", plan.work.other)).status_code not in (400, 409, 422):
        raise Broken(f"The same key with another body got a {other.status_code}, as if it were the same request.")
    return f"{REPEATS} equal requests at the same moment and one later brought in one piece of work; another body was refused."


def _listed(service: Service) -> set[str]:
    pages = service.plan.pages
    return {str(inside(item, pages.id)) for item in service.page(pages.first, limit=pages.most)}
