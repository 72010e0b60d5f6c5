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


@wrong("6.4-latency", says="two requests at the same time are mixed up")
def latency_with_one_beginning():
    begun = {}

    async def timed(app, scope, receive, send, waits):
        begun["at"] = time.perf_counter()

        async def look(message):
            await send(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                waits.append(time.perf_counter() - begun["at"])

        await app(scope, receive, look)

    return timed


@wrong("6.4-latency", says="`waits` holds seconds")
def latency_in_milliseconds():
    async def timed(app, scope, receive, send, waits):
        begun = time.perf_counter()

        async def look(message):
            await send(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                waits.append((time.perf_counter() - begun) * 1000 + 1)

        await app(scope, receive, look)

    return timed


@wrong("6.4-latency", says="held the event loop")
def latency_waits_for_a_thread():
    async def timed(app, scope, receive, send, waits):
        begun = time.perf_counter()

        async def look(message):
            await send(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                waits.append(time.perf_counter() - begun)
                time.sleep(0.15)  # writes to a slow dashboard

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


@right("6.4-latency")
def latency_by_an_object():
    class Send:
        def __init__(self, send, waits):
            self.send, self.waits, self.begun = send, waits, time.perf_counter()

        async def __call__(self, message):
            await self.send(message)
            match message:
                case {"type": "http.response.body", "more_body": True}:
                    pass
                case {"type": "http.response.body"}:
                    self.waits.append(time.perf_counter() - self.begun)

    async def timed(app, scope, receive, send, waits):
        await app(scope, receive, Send(send, waits))

    return timed


@right("6.4-latency")
def latency_when_the_app_returns():
    """Keeps the time of the last part, and appends it when the tasks are over."""

    async def timed(app, scope, receive, send, waits):
        begun, sent = time.time(), []

        async def look(message):
            await send(message)
            if message["type"] == "http.response.body":
                sent.append(time.time())

        await app(scope, receive, look)
        waits.append(sent[-1] - begun)

    return timed
