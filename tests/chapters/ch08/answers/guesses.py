"""What learners pass to 8.2-guesses."""

import time
import uuid
from collections import Counter

from fastapi import Depends, FastAPI, HTTPException

from tests.chapters.answers import right, stub, wrong


def made(limit):
    """`make_codes` whose path operation begins with `limit(store, name)`."""

    def make_codes(store):
        app = FastAPI()

        @app.post("/codes/{name}", status_code=202)
        def ask_for_code(name: str) -> None:
            limit(store, name)

        return app

    return make_codes


def refuse(wait: object = 30) -> None:
    raise HTTPException(429, "too many requests", headers={"Retry-After": str(wait)})


@stub("8.2-guesses")
def guesses_shipped():
    def make_codes(store) -> FastAPI: ...

    return make_codes


@wrong("8.2-guesses", says="in the memory of one process")
def guesses_in_memory():
    def make_codes(store):
        counts = Counter()

        def limit(store, name):
            counts[name] += 1
            if counts[name] > 3:
                refuse()

        return made(limit)(store)

    return make_codes


@wrong("8.2-guesses", says="Does the key hold the name?")
def guesses_of_all():
    def limit(store, name):
        store.set("codes", 0, ex=60, nx=True)
        if store.incr("codes") > 3:
            refuse()

    return made(limit)


@wrong("8.2-guesses", says="has no end")
def guesses_for_ever():
    def limit(store, name):
        if store.incr(f"codes:{name}") > 3:
            refuse()

    return made(limit)


@wrong("8.2-guesses", says="three are the limit")
def guesses_one_more():
    def limit(store, name):
        tries, _ = store.pipeline().incr(f"codes:{name}").expire(f"codes:{name}", 60).execute()
        if tries > 4:
            refuse()

    return made(limit)


@wrong("8.2-guesses", says="the first three requests should be taken")
def guesses_one_less():
    def limit(store, name):
        tries, _ = store.pipeline().incr(f"codes:{name}").expire(f"codes:{name}", 60).execute()
        if tries >= 3:
            refuse()

    return made(limit)


@wrong("8.2-guesses", says="does not say when to come back")
def guesses_without_a_word():
    def limit(store, name):
        tries, _ = store.pipeline().incr(f"codes:{name}").expire(f"codes:{name}", 60).execute()
        if tries > 3:
            raise HTTPException(429)

    return made(limit)


@wrong("8.2-guesses", says="a number from 1 to 60, but is '60 s'")
def guesses_with_a_unit():
    def limit(store, name):
        tries, _ = store.pipeline().incr(f"codes:{name}").expire(f"codes:{name}", 60).execute()
        if tries > 3:
            refuse("60 s")

    return made(limit)


@wrong("8.2-guesses", says="should be told 429, but 403 came")
def guesses_say_403():
    def limit(store, name):
        tries, _ = store.pipeline().incr(f"codes:{name}").expire(f"codes:{name}", 60).execute()
        if tries > 3:
            raise HTTPException(403)

    return made(limit)


@wrong("8.2-guesses", says="what you keep ends in 3")
def guesses_an_hour():
    def limit(store, name):
        tries, _ = store.pipeline().incr(f"codes:{name}").expire(f"codes:{name}", 3600).execute()
        if tries > 3:
            refuse()

    return made(limit)


@wrong("8.2-guesses", says="a request that was refused put the end off")
def guesses_put_off_by_each():
    def limit(store, name):
        tries, _ = store.pipeline().incr(f"codes:{name}").expire(f"codes:{name}", 60).execute()
        if tries > 3:
            refuse(store.ttl(f"codes:{name}"))

    return made(limit)


@right("8.2-guesses")
def guesses_with_an_end_at_the_first():
    def limit(store, name):
        tries = store.incr(f"codes:{name}")
        if tries == 1:
            store.expire(f"codes:{name}", 60)
        if tries > 3:
            refuse(store.ttl(f"codes:{name}"))

    return made(limit)


@right("8.2-guesses")
def guesses_in_a_sliding_minute():
    def limit(store, name):
        key, now = f"codes:{name}", time.time()
        with store.lock(f"counting:{name}", timeout=5, sleep=0.02):
            store.zremrangebyscore(key, 0, now - 60)
            if store.zcard(key) >= 3:
                oldest = store.zrange(key, 0, 0, withscores=True)[0][1]
                refuse(max(1, round(oldest + 60 - now)))
            store.zadd(key, {uuid.uuid4().hex: now})
            store.expire(key, 60)

    return made(limit)


@right("8.2-guesses")
def guesses_by_a_dependency():
    def make_codes(store):
        def limit(name: str) -> None:
            key = f"codes:{name}"
            store.set(key, 0, ex=60, nx=True)
            if store.incr(key) > 3:
                refuse(max(1, store.pttl(key) // 1000))

        app = FastAPI()
        app.post("/codes/{name}", status_code=202, dependencies=[Depends(limit)])(lambda name: None)
        return app

    return make_codes


@wrong("8.2-guesses", says="both had looked before either had counted")
def guesses_looked_up_first():
    def limit(store, name):
        key = f"codes:{name}"
        tries = int(store.get(key) or 0)
        if tries >= 3:
            refuse(max(1, store.ttl(key)))
        store.set(key, tries + 1, ex=60)

    return made(limit)


@wrong("8.2-guesses", says="s after the first request: then three more are taken")
def guesses_for_six_seconds():
    def limit(store, name):
        tries, _ = store.pipeline().incr(f"codes:{name}").expire(f"codes:{name}", 6, nx=True).execute()
        if tries > 3:
            refuse(max(1, store.ttl(f"codes:{name}")))

    return made(limit)


@right("8.2-guesses")
def guesses_by_the_minute_of_the_clock():
    def limit(store, name):
        minute, second = divmod(time.time(), 60)
        key = f"codes:{name}:{minute:.0f}"
        tries, _ = store.pipeline().incr(key).expireat(key, round(60 * (minute + 1))).execute()
        if tries > 3:
            refuse(max(1, round(60 - second)))

    return made(limit)


@right("8.2-guesses")
def guesses_in_a_sliding_minute_of_one_pipeline():
    def limit(store, name):
        key, now, mine = f"codes:{name}", time.time(), uuid.uuid4().hex
        steps = store.pipeline()
        steps.zremrangebyscore(key, 0, now - 60).zadd(key, {mine: now}).zcard(key).expire(key, 60)
        count = steps.execute()[2]
        if count > 3:
            store.zrem(key, mine)
            oldest = store.zrange(key, 0, 0, withscores=True)[0][1]
            refuse(max(1, round(oldest + 60 - now)))

    return made(limit)
