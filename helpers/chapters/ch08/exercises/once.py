"""Exercise 8.3-once: one works it out, everybody has it."""

import threading
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import redis
from fastapi import FastAPI

from helpers.chapters.asking import is_app, logged
from helpers.learning.model import Exercise
from helpers.live.server import running
from helpers.services.broker import Broker
from helpers.services.waiting import until
from helpers.wording import code

CLIENTS = 24  # at each of the two apps, half of them for either depot
TOGETHER = 2.0  # seconds for the other depot's plan to begin
PATIENCE = 20.0  # seconds for everybody's request to arrive


class _Plans:
    """Plans each of which waits until the other depot's has begun, and until all who ask have come in."""

    def __init__(self, depots: list[str]):
        self.made: Counter[str] = Counter()
        self.alone = False
        self.expected, self.arrived = 0, list[str]()  # requests
        self._begun = {depot: threading.Event() for depot in depots}

    def __call__(self, depot: str) -> str:
        self.made[depot] += 1
        self._begun[depot].set()
        for other, begun in self._begun.items():
            if other != depot and not begun.wait(TOGETHER):
                self.alone = True
        until(lambda: len(self.arrived) >= self.expected, PATIENCE)  # a busy machine lets the crowd in slowly
        come = 0
        while come < self.made[depot]:
            come = self.made[depot]
            threading.Event().wait(0.2)
        return f"by rail to {depot}"


class _Door:
    """Middleware that notes which requests have arrived."""

    def __init__(self, app: Any, arrived: list[str]):
        self.app, self.arrived = app, arrived

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            self.arrived.append(scope["path"])
        await self.app(scope, receive, send)


def _check_once(make_routes: Callable[[redis.Redis, Callable[[str], str]], FastAPI]) -> str:
    depots = [uuid.uuid4().hex, uuid.uuid4().hex]
    plans = _Plans(depots)
    with Broker() as broker:
        store = broker.client()
        before = set(store.scan_iter())
        apps = [make_routes(broker.client(decode_responses=True), plans) for _ in range(2)]
        for app in apps:
            is_app(app, "make_routes", "GET /routes/{depot}")
            app.add_middleware(_Door, arrived=plans.arrived)
        with running(apps[0]) as one, running(apps[1]) as other:
            _judge([one, other], depots, plans)
            left = set(store.scan_iter()) - before
            waits = [store.ttl(key) for key in left]
            assert left, "the store holds nothing: every process would plan for itself."
            assert -1 not in waits, (
                "what you keep in the store has no end, so an old route is told for ever. A minute was asked for."
            )
            assert 30 < max(waits) <= 60, f"a minute was asked for, but what you keep ends in {max(waits)} s."
            store.delete(*left)
            made = plans.made[depots[0]]
            answer = one.client.get(f"/routes/{depots[0]}")
        assert answer.status_code == 200 and plans.made[depots[0]] == made + 1, (
            "the entry was gone from the store, and the route was not planned anew: another copy is kept in the process, "
            "where nobody can call it back."
        )
        store.delete(*(set(store.scan_iter()) - before))
    return f"{2 * CLIENTS} clients at two processes: each depot was planned once, and both at the same time."


def _judge(servers: list[Any], depots: list[str], plans: _Plans) -> None:
    urls = [(server, f"/routes/{depot}") for server in servers for depot in depots] * (CLIENTS // 2)

    def ask(where: tuple[Any, str]) -> Any:
        server, path = where
        return server.client.get(path, headers={"Connection": "close"})  # a failed one takes its connection with it

    plans.expected = len(urls)
    with ThreadPoolExecutor(len(urls)) as clients:
        answers = list(clients.map(ask, urls))
    for answer, (server, path) in zip(answers, urls):
        assert answer.status_code == 200, f"200 was asked for, but {answer.status_code} came: {logged(server)}."
        assert answer.json() == f"by rail to {path.rpartition('/')[2]}", (
            f"a client was told {code(answer.text[:12])}, which is not the text that `plan` gave for its depot: does each depot "
            "have a key of its own?"
        )
    most = max(plans.made.values())
    assert most < CLIENTS // 2, (
        "nearly everybody who came while the route was missing planned it again. Keep what was planned, and let one client "
        "at a time look and plan."
    )
    assert not plans.alone, (
        "one depot's plan began only when the other's was done: one lock for all makes them wait for each other. Give each "
        "depot its own."
    )
    assert most != 2, (
        "each of two processes planned a depot once: a lock of Python's holds in its own process alone. `store.lock(...)` "
        "holds in all of them."
    )
    assert most == 1, (
        "a depot was planned more than once: who had to wait for the lock should look again before it plans."
    )


def _solve_once() -> Callable[[redis.Redis, Callable[[str], str]], FastAPI]:
    def make_routes(store: redis.Redis, plan: Callable[[str], str]) -> FastAPI:
        app = FastAPI()

        @app.get("/routes/{depot}")
        def read_route(depot: str) -> str:
            if known := store.get(f"route:{depot}"):
                return str(known)
            with store.lock(f"planning:{depot}", timeout=10, sleep=0.02):
                if known := store.get(f"route:{depot}"):
                    return str(known)
                route = plan(depot)
                store.set(f"route:{depot}", route, ex=60)
                return route

        return app

    return make_routes


EXERCISE = Exercise(
    id="8.3-once",
    title="one works it out, everybody has it",
    task="`make_routes(store, plan)` should make an app whose `GET /routes/{depot}` answers with `plan(depot)`, kept in "
    "`store` for a minute; each depot is planned once, however many ask at once, in all processes.",
    check=_check_once,
    hints=(
        "Between looking and putting, others look, too. What lets one of them through at a time, in every process?",
        "`store.lock(name, timeout=10)` is used with `with`. Who had to wait should look again before it plans.",
        "The name of the lock holds the depot, and so does the key; `store.set(key, route, ex=60)` gives it an end.",
    ),
    solution=_solve_once,
    wants="function",
)
