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
