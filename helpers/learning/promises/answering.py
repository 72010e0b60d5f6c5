"""Three promises on who waits. The service is made slow first, so that an order of events decides and no clock.

In the plan's slow environments the work, and whoever the service asks, take half a minute. Who is answered within
`PATIENCE` has therefore not waited for them.
"""

import time
from concurrent.futures import ThreadPoolExecutor

import httpx

from helpers.learning.promises.bench import PATIENCE, Bench, Broken, Service, wrong
from helpers.services.waiting import until

LOOKS, PAUSE = 20, 0.05  # requests, and the seconds between two: work that begins within a second is met
CROWD = 50  # more than the 40 worker threads and the 15 connections of a pool
FEW = 20  # more than the 15 connections alone
LISTED = 10


def computing(bench: Bench) -> str:
    """While its work is under way, the service answers one request after the other."""
    service = bench.slow()
    number = service.accepted(service.order())
    live = f"GET {bench.plan.health.live}"
    for count in range(LOOKS):
        try:
            answer = service.ask(live)
        except Broken:
            raise Broken(
                f"While the work was under way, {live} was answered {count} times and then not within {PATIENCE:g} s."
            ) from None
        if not answer.is_success:
            raise Broken(f"{live} answered {answer.status_code} while the work was under way.")
        time.sleep(PAUSE)
    if service.done(number):
        wrong("the work was done within seconds, though `work.slow` should make it take half a minute")
    return f"{LOOKS} requests to {bench.plan.health.live}, one after the other, were answered before the work was done."


def sessions(bench: Bench) -> str:
    """Whoever orders is answered, however many there are and however long their work takes."""
    service = bench.slow()
    answers, meanwhile = _ordered_at_once(service, CROWD), "while their work was still to be done"
    codes = _codes(answers)
    if all(map(_good, codes)):
        ids = [service.accepted(answer) for answer in answers if answer is not None]
        if until(lambda: any(map(service.done, ids)), LOOKS * PAUSE):
            wrong("the work was done within seconds, though `work.slow` should make it take half a minute")
    elif not _lives(service):
        meanwhile = f"within {PATIENCE:g} s, while whoever the service asks was slow"
        bench.discard()  # the work blocks the event loop, which is another promise's: look whether anything is held, too
        with bench.fresh(bench.plan.slow.env) as service:
            codes = _codes(_ordered_at_once(service, FEW))
    if failed := [code for code in codes if not _good(code)]:
        said = "no answer" if not failed[0] else f"a {failed[0]}"
        raise Broken(
            f"Of {len(codes)} who ordered at once, {len(codes) - len(failed)} were answered within {PATIENCE:g} s, others got {said}: "
            "something is held until the work is done."
        )
    return f"{len(codes)} ordered at once, and all were answered {meanwhile}."


def _codes(answers: list[httpx.Response | None]) -> list[int]:
    """The status codes of answers, 0 for none."""
    return [0 if answer is None else answer.status_code for answer in answers]


def _ordered_at_once(service: Service, count: int) -> list[httpx.Response | None]:
    """The answers that so many got, None for no answer in time."""
    service.headers(service.users[0])

    def order(_: int) -> httpx.Response | None:
        try:
            return service.order()
        except Broken:
            return None

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(order, range(count)))


def _good(code: int) -> bool:
    return 200 <= code < 300


def _lives(service: Service) -> bool:
    try:
        return service.ask(f"GET {service.plan.health.live}").is_success
    except Broken:
        return False


def crowd(bench: Bench) -> str:
    """While many wait for somebody else, the rest of the service goes on."""
    service, pages = bench.slow(), bench.plan.pages
    headers = service.headers(service.users[0])
    path, answered = bench.plan.slow.path, []

    def wait_in_line(_: int) -> None:
        try:
            answered.append(service.ask(path, headers).status_code)
        except Broken:
            pass

    with ThreadPoolExecutor(CROWD) as pool:
        for number in range(CROWD):
            pool.submit(wait_in_line, number)
        time.sleep(LOOKS * PAUSE)  # all are in line, and those that are served have their threads
        listed = 0
        try:
            while listed < LISTED:
                service.page(pages.first, limit=10)
                listed += 1
        except Broken as error:
            raise Broken(f"While {CROWD} waited for {path}, the list was read {listed} times. Then: {error}") from None
        finally:
            early = [code for code in answered if code < 500 and code != 429]  # whoever is turned away need not wait
            bench.discard()  # which ends those that wait
    if len(early) > CROWD // 2:
        wrong(f"{path} answered {early[0]} within seconds, though `slow.env` should make it take half a minute")
    return f"The list was read {LISTED} times while {CROWD} asked for {path}."
