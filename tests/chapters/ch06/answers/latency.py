"""What learners pass to 6.4-latency."""

import time

from tests.chapters.answers import right, stub, wrong


def timed_by(ends):
    """A clock that appends when `ends` says so of a message."""

    async def timed(app, scope, receive, send, waits):
        begun = time.perf_counter()

        async def look(message):
            await send(message)
            if ends(message):
                waits.append(time.perf_counter() - begun)

        await app(scope, receive, look)

    return timed


@stub("6.4-latency")
def latency_shipped():
    async def timed(app, scope, receive, send, waits) -> None: ...

    return timed


@wrong("6.4-latency", says="the task was counted")
def latency_around_the_app():
    async def timed(app, scope, receive, send, waits):
        begun = time.perf_counter()
        await app(scope, receive, send)
        waits.append(time.perf_counter() - begun)

    return timed


@wrong("6.4-latency", says="until its start only")
def latency_until_the_start():
    return timed_by(lambda message: message["type"] == "http.response.start")


@wrong("6.4-latency", says="once for each part")
def latency_each_part():
    return timed_by(lambda message: message["type"] == "http.response.body")


@wrong("6.4-latency", says="should append one number, but more came")
def latency_each_message():
    return timed_by(lambda message: True)


@wrong("6.4-latency", says="nothing was appended")
def latency_never():
    async def timed(app, scope, receive, send, waits):
        await app(scope, receive, send)

    return timed


@wrong("6.4-latency", says="hands on every message")
def latency_swallows():
    async def timed(app, scope, receive, send, waits):
        begun = time.perf_counter()

        async def look(message):
            if message["type"] == "http.response.body" and not message.get("more_body"):
                waits.append(time.perf_counter() - begun)

        await app(scope, receive, look)

    return timed


@wrong("6.4-latency", says="the clock starts when the request comes in")
def latency_from_the_answer():
    async def timed(app, scope, receive, send, waits):
        begun = {}

        async def look(message):
            begun.setdefault("at", time.perf_counter())
            await send(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                waits.append(time.perf_counter() - begun["at"])

        await app(scope, receive, look)

    return timed


@right("6.4-latency")
def latency_before_sending():
    async def timed(app, scope, receive, send, waits):
        begun = time.monotonic()

        async def look(message):
            if message["type"] == "http.response.body" and not message.get("more_body", False):
                waits.append(time.monotonic() - begun)
            await send(message)

        await app(scope, receive, look)

    return timed
