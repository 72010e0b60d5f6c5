"""What learners pass to 10.3-stopwatch."""

import time

from helpers.chapters.ch10.exercises.stopwatch import seconds
from tests.chapters.answers import right, stub, wrong


@stub("10.3-stopwatch")
def stopwatch_shipped():
    class Stopwatch:
        async def __call__(self, scope, receive, send) -> None: ...

    return Stopwatch, seconds


def stopwatch(call):
    class Stopwatch:
        def __init__(self, app):
            self.app = app

        async def __call__(self, scope, receive, send):
            await call(self.app, scope, receive, send)

    return Stopwatch, seconds


@wrong("10.3-stopwatch", says="`answer` contains the task")
def stopwatch_both_behind():
    async def call(app, scope, receive, send):
        begun = time.perf_counter()
        await app(scope, receive, send)
        seconds["answer"] = seconds["all"] = time.perf_counter() - begun

    return stopwatch(call)


@wrong("10.3-stopwatch", says="`all` ends before the task has")
def stopwatch_both_in_send():
    async def call(app, scope, receive, send):
        begun = time.perf_counter()

        async def timed(message):
            await send(message)
            seconds["answer"] = seconds["all"] = time.perf_counter() - begun

        await app(scope, receive, timed)

    return stopwatch(call)


@wrong("10.3-stopwatch", says="`seconds` has no 'answer'")
def stopwatch_without_answer():
    async def call(app, scope, receive, send):
        begun = time.perf_counter()
        await app(scope, receive, send)
        seconds["all"] = time.perf_counter() - begun

    return stopwatch(call)


@wrong("10.3-stopwatch", says="does not come through your middleware")
def stopwatch_swallows():
    async def call(app, scope, receive, send):
        async def timed(message):
            seconds["answer"] = 0.0
            if scope["type"] != "http":
                await send(message)

        await app(scope, receive, timed)
        seconds["all"] = 0.3

    return stopwatch(call)


@right("10.3-stopwatch")
def stopwatch_of_every_part():
    async def call(app, scope, receive, send):
        begun = time.perf_counter()

        async def timed(message):
            await send(message)
            seconds["answer"] = time.perf_counter() - begun

        await app(scope, receive, timed)
        seconds["all"] = time.perf_counter() - begun

    return stopwatch(call)


@wrong("10.3-stopwatch", says="not at the start of the response")
def stopwatch_at_the_start():
    async def call(app, scope, receive, send):
        begun = time.perf_counter()

        async def timed(message):
            await send(message)
            if message["type"] == "http.response.start":
                seconds["answer"] = time.perf_counter() - begun

        await app(scope, receive, timed)
        seconds["all"] = time.perf_counter() - begun

    return stopwatch(call)


@wrong("10.3-stopwatch", says="the client waited for the task")
def stopwatch_keeps_the_messages():
    async def call(app, scope, receive, send):
        begun, kept = time.perf_counter(), []

        async def keep(message):
            kept.append(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                seconds["answer"] = time.perf_counter() - begun

        if scope["type"] != "http":
            return await app(scope, receive, send)
        await app(scope, receive, keep)
        seconds["all"] = time.perf_counter() - begun
        for message in kept:
            await send(message)

    return stopwatch(call)


@wrong("10.3-stopwatch", says="`seconds` has no 'all'")
def stopwatch_without_all():
    async def call(app, scope, receive, send):
        begun = time.perf_counter()

        async def timed(message):
            await send(message)
            seconds["answer"] = time.perf_counter() - begun

        await app(scope, receive, timed)

    return stopwatch(call)


@right("10.3-stopwatch")
def stopwatch_before_the_last_part():
    async def call(app, scope, receive, send):
        if scope["type"] != "http":
            return await app(scope, receive, send)
        begun = time.monotonic()

        async def timed(message):
            if message.get("more_body") is not True:
                seconds["answer"] = time.monotonic() - begun
            await send(message)

        try:
            await app(scope, receive, timed)
        finally:
            seconds["all"] = time.monotonic() - begun

    return stopwatch(call)


@right("10.3-stopwatch")
def stopwatch_with_a_method():
    class Watch:
        def __init__(self, send):
            self.begun, self.send = time.perf_counter(), send

        def read(self) -> float:
            return time.perf_counter() - self.begun

        async def __call__(self, message):
            await self.send(message)
            seconds["answer"] = self.read()

    async def call(app, scope, receive, send):
        watch = Watch(send)
        await app(scope, receive, watch)
        seconds["all"] = watch.read()

    return stopwatch(call)


@wrong("10.3-stopwatch", says="what you keep on `self` is the other's")
def stopwatch_keeps_the_start_on_itself():
    class Stopwatch:
        def __init__(self, app):
            self.app = app

        async def __call__(self, scope, receive, send):
            if scope["type"] != "http":
                return await self.app(scope, receive, send)
            self.begun = time.perf_counter()

            async def timed(message):
                await send(message)
                if message["type"] == "http.response.body" and not message.get("more_body"):
                    seconds["answer"] = time.perf_counter() - self.begun

            await self.app(scope, receive, timed)
            seconds["all"] = time.perf_counter() - self.begun

    return Stopwatch, seconds
