"""Exercise 8.2-guesses: a limit that holds over all processes."""

import contextlib
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import redis
from fastapi import FastAPI, HTTPException

from helpers.chapters.asking import ask, is_app, logged
from helpers.learning.model import Exercise
from helpers.live.server import running
from helpers.services.broker import Broker

LOOKS = {"GET", "MGET", "EXISTS", "HGET", "LLEN", "SCARD", "ZCARD", "ZCOUNT"}  # what counts without writing


def _check_guesses(make_codes: Callable[[redis.Redis], FastAPI]) -> str:
    with Broker() as broker:
        store = broker.client()
        before = set(store.scan_iter())
        looks = _Looks()
        first, second = (make_codes(looks.of(client)) for client in (broker.client(), broker.client()))
        for app in (first, second):
            is_app(app, "make_codes", "POST /codes/{name}")
        with running(first) as one, running(second) as other:
            _judge(one, other)
            _at_the_same_moment(one, other, looks)
            lasts, put_off = _lasts(
                one,
                lambda: {key: store.pttl(key) for key in set(store.scan_iter()) - before},
                lambda: {
                    key: _SIZES[kind](store, key)
                    for key in set(store.scan_iter()) - before
                    if (kind := store.type(key)) in _SIZES
                },
            )
        left = set(store.scan_iter()) - before
        waits = [store.ttl(key) for key in left]
        store.delete(*left)
    assert left, "the store holds nothing: where would another process find the count?"
    assert -1 not in waits, (
        "what you keep in the store has no end: after three requests nobody gets a code ever again. Let it expire after a "
        "minute."
    )
    assert max(waits) <= 60, f"a minute was asked for, but what you keep ends in {max(waits)} s."
    assert lasts >= 60 - 1, (
        f"a minute was asked for, but what you keep ends {lasts:.0f} s after the first request: then three more are taken."
    )
    assert not put_off, (
        "a request that was refused put the end off: who asks every few seconds never gets a code again. Set an end only "
        "where there is none, `nx=True`."
    )
    return "Two processes, one count for each name, a minute long; and who is refused learns when to come back."


class _Looks:
    """Lets two processes that only look meet behind their look: the moment that a busy day brings about by itself."""

    def __init__(self) -> None:
        self.meet = False
        self._both = threading.Barrier(2)

    def of(self, store: Any) -> Any:
        execute = store.execute_command

        def execute_and_meet(*command: Any, **options: Any) -> Any:
            came = execute(*command, **options)
            if self.meet and command[0] in LOOKS:
                with contextlib.suppress(threading.BrokenBarrierError):
                    self._both.wait(1.0)
            return came

        store.execute_command = execute_and_meet
        return store


def _at_the_same_moment(one: Any, other: Any, looks: _Looks) -> None:
    """Two of three are used, and both processes are asked for the third."""
    name = uuid.uuid4().hex
    for server in (one, other):
        ask(server, "POST", f"/codes/{name}")
    looks.meet = True
    with ThreadPoolExecutor(2) as clients:
        codes = sorted(clients.map(lambda server: ask(server, "POST", f"/codes/{name}").status_code, (one, other)))
    looks.meet = False
    assert codes != [202, 202], (
        "two requests came at the same moment, one to each process, when one more was allowed, and both were taken: both had looked "
        "before either had counted. Let one step count and tell, as `incr` does."
    )
    assert codes == [202, 429], (
        f"of two requests at the same moment one was the third, 202, and one the fourth, 429, but {codes} came."
    )


# What holds a moment for each request, and not one end for all.
_SIZES = {b"zset": redis.Redis.zcard, b"list": redis.Redis.llen}


def _by_the_clock(ends: dict) -> bool:
    return abs(max(ends.values(), default=0) / 1e3 - (60 - time.time() % 60)) < 2


def _lasts(server: Any, ends: Callable[[], dict], sizes: Callable[[], dict]) -> tuple[float, bool]:
    """How many seconds a count is kept, and whether a request that is refused makes it last longer.

    `ends` are in milliseconds from now. A count that ends with the minute of the clock is kept for a minute.
    """
    name = uuid.uuid4().hex
    began = time.monotonic()
    for _ in range(4):
        ask(server, "POST", f"/codes/{name}")
    first, pause = ends(), 0.5
    lasts = max(first.values(), default=0) / 1e3 + time.monotonic() - began
    by_the_clock, held = _by_the_clock(first), sizes()
    time.sleep(pause)
    ask(server, "POST", f"/codes/{name}")
    then, holds = ends(), sizes()
    put_off = any(
        end > 0 and then.get(key, 0) > end - pause * 1e3 / 2 and (key not in held or holds.get(key) != held[key])
        for key, end in first.items()
    )
    if by_the_clock:
        time.sleep(4.1)  # six seconds that began at second 54 look the same, and now no more
        ask(server, "POST", f"/codes/{uuid.uuid4().hex}")
        if _by_the_clock(ends()):
            lasts = 60.0
    return lasts, put_off


def _judge(one: Any, other: Any) -> None:
    def asked(server: Any, name: str) -> Any:
        answer = ask(server, "POST", f"/codes/{name}")
        assert answer.status_code != 500, f"`POST /codes/{{name}}` failed: {logged(server)}."
        return answer

    name, friend = uuid.uuid4().hex, uuid.uuid4().hex
    codes = [asked(server, name).status_code for server in (one, one, one)]
    assert codes == [202, 202, 202], f"the first three requests should be taken, but {codes} came."
    refused = asked(one, name)
    assert refused.status_code != 202, (
        "a fourth request for the same name, in the same minute, was taken: three are the limit."
    )
    assert refused.status_code == 429, f"the fourth request should be told 429, but {refused.status_code} came."
    assert asked(other, name).status_code == 429, (
        "three requests at one process, and the other begins anew: the count stands in the memory of one process. Keep it "
        "in `store`."
    )
    codes = [asked(server, friend).status_code for server in (other, one, other, one)]
    assert codes == [202, 202, 202, 429], (
        f"another name should have three requests of its own, at both processes together, but {codes} came. Does the key "
        "hold the name?"
    )
    wait = refused.headers.get("Retry-After", "")
    assert wait, "the 429 does not say when to come back: that is the header `Retry-After`, in seconds."
    assert wait.isdecimal() and 0 < int(wait) <= 60, (
        f"`Retry-After` should be the seconds until the minute is over, a number from 1 to 60, but is {wait!r}."
    )


def _solve_guesses() -> Callable[[redis.Redis], FastAPI]:
    def make_codes(store: redis.Redis) -> FastAPI:
        app = FastAPI()

        @app.post("/codes/{name}", status_code=202)
        def ask_for_code(name: str) -> None:
            key = f"codes:{name}"
            steps = store.pipeline()
            steps.incr(key)
            steps.expire(key, 60, nx=True)
            steps.ttl(key)
            tries, _, wait = steps.execute()
            if tries > 3:
                raise HTTPException(429, "too many requests", headers={"Retry-After": str(max(wait, 1))})

        return app

    return make_codes


EXERCISE = Exercise(
    id="8.2-guesses",
    title="a limit that holds over all processes",
    task="`make_codes(store)` should make an app whose `POST /codes/{name}` answers 202 three times a minute for each name, "
    "in all processes together, and then 429 with `Retry-After` in seconds.",
    check=_check_guesses,
    hints=(
        "Where can two processes count together? What has to be part of the key?",
        "`store.incr(key)` counts and gives the number. `store.expire(key, 60, nx=True)` sets an end, if there is none.",
        '`store.ttl(key)` says how many seconds are left: `HTTPException(429, headers={"Retry-After": "..."})`.',
    ),
    solution=_solve_guesses,
    wants="function",
)
