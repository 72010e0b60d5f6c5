"""What learners pass to 8.3-once."""

import threading
import time
import uuid
from collections import defaultdict

from fastapi import FastAPI

from tests.chapters.answers import right, stub, wrong


def made(read):
    """`make_routes` whose path operation gives `read(store, plan, depot)`."""

    def make_routes(store, plan):
        app = FastAPI()

        @app.get("/routes/{depot}")
        def read_route(depot: str) -> str:
            return read(store, plan, depot)

        return app

    return make_routes


def kept(store, depot):
    return store.get(f"route:{depot}")


def renewed(store, plan, depot, **end):
    route = plan(depot)
    store.set(f"route:{depot}", route, **(end or {"ex": 60}))
    return route


@stub("8.3-once")
def once_shipped():
    def make_routes(store, plan) -> FastAPI: ...

    return make_routes


@wrong("8.3-once", says="planned it again")
def once_without_a_lock():
    return made(lambda store, plan, depot: kept(store, depot) or renewed(store, plan, depot))


@wrong("8.3-once", says="a lock of Python's holds in its own process alone")
def once_in_a_process():
    def make_routes(store, plan):
        locks = defaultdict(threading.Lock)

        def read(store, plan, depot):
            with locks[depot]:
                return kept(store, depot) or renewed(store, plan, depot)

        return made(read)(store, plan)

    return make_routes


@wrong("8.3-once", says="Give each depot its own")
def once_with_one_lock():
    def read(store, plan, depot):
        with store.lock("planning", timeout=10, sleep=0.01):
            return kept(store, depot) or renewed(store, plan, depot)

    return made(read)


@wrong("8.3-once", says="has no end")
def once_for_ever():
    def read(store, plan, depot):
        with store.lock(f"planning:{depot}", timeout=10, sleep=0.01):
            return kept(store, depot) or renewed(store, plan, depot, px=None)

    return made(read)


@wrong("8.3-once", says="what you keep ends in 3")
def once_an_hour():
    def read(store, plan, depot):
        with store.lock(f"planning:{depot}", timeout=10, sleep=0.01):
            return kept(store, depot) or renewed(store, plan, depot, ex=3600)

    return made(read)


@wrong("8.3-once", says="a minute was asked for, but what you keep ends in")
def once_for_seconds():
    def read(store, plan, depot):
        with store.lock(f"planning:{depot}", timeout=10, sleep=0.01):
            return kept(store, depot) or renewed(store, plan, depot, ex=6)

    return made(read)


@wrong("8.3-once", says="does each depot have a key of its own?")
def once_for_every_depot():
    def read(store, plan, depot):
        with store.lock(f"planning:{depot}", timeout=10, sleep=0.01):
            if known := store.get("route"):
                return known
            route = plan(depot)
            store.set("route", route, ex=60)
            return route

    return made(read)


@wrong("8.3-once", says="200 was asked for, but 500 came")
def once_in_bytes():
    def read(store, plan, depot):
        with store.lock(f"planning:{depot}", timeout=10, sleep=0.01):
            known = store.get(f"route:{depot}")
            return known.decode() if known else renewed(store, plan, depot)

    return made(read)


@wrong("8.3-once", says="where nobody can call it back")
def once_with_a_copy():
    def make_routes(store, plan):
        copies = {}

        def read(store, plan, depot):
            if depot not in copies:
                with store.lock(f"planning:{depot}", timeout=10, sleep=0.01):
                    copies[depot] = kept(store, depot) or renewed(store, plan, depot)
            return copies[depot]

        return made(read)(store, plan)

    return make_routes


@wrong("8.3-once", says="the store holds nothing")
def once_in_memory():
    copies, locks = {}, defaultdict(threading.Lock)

    def read(store, plan, depot):
        with locks[depot]:
            if depot not in copies:
                copies[depot] = plan(depot)
        return copies[depot]

    return made(read)


@right("8.3-once")
def once_by_a_lock_alone():
    def read(store, plan, depot):
        with store.lock(f"planning:{depot}", timeout=10, sleep=0.01):
            return kept(store, depot) or renewed(store, plan, depot)

    return made(read)


@right("8.3-once")
def once_by_who_is_first():
    def read(store, plan, depot):
        end = time.monotonic() + 8
        while time.monotonic() < end:
            if known := kept(store, depot):
                return known
            if store.set(f"planning:{depot}", 1, nx=True, ex=10):
                try:
                    return kept(store, depot) or renewed(store, plan, depot)
                finally:
                    store.delete(f"planning:{depot}")
            time.sleep(0.01)
        raise TimeoutError

    return made(read)


@right("8.3-once")
def once_by_a_token_of_its_own():
    def read(store, plan, depot):
        known, token = kept(store, depot), uuid.uuid4().hex
        while known is None:
            if store.set(f"planner:{depot}", token, nx=True, ex=10) or store.get(f"planner:{depot}") == token:
                known = kept(store, depot) or renewed(store, plan, depot)
                store.delete(f"planner:{depot}")
            else:
                time.sleep(0.01)
                known = kept(store, depot)
        return known

    return made(read)
