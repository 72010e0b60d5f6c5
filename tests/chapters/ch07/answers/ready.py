"""What learners pass to exercise 7.1-ready."""

import asyncio

import anyio
from fastapi import Depends, FastAPI, HTTPException, Response
from fastapi.responses import JSONResponse

from helpers.chapters.ch07.lesson import Part
from tests.chapters.answers import right, stub, wrong


def ready_app(make):
    """An app whose `GET /ready` is `make(parts)`, and the parts."""
    parts, app = {"broker": Part(), "database": Part()}, FastAPI()
    app.get("/ready")(make(parts))
    return app, parts


async def state(part: Part, limit: float | None = 0.3) -> str:
    try:
        await asyncio.wait_for(part.ping(), limit)
    except (ConnectionError, TimeoutError):
        return "down"
    return "up"


def coded(response: Response, states: dict[str, str]) -> dict[str, str]:
    response.status_code = 503 if "down" in states.values() else 200
    return states


@stub("7.1-ready")
def ready_shipped():
    def make(parts):
        async def ready(response: Response) -> dict[str, str]: ...

        return ready

    return ready_app(make)


@wrong("7.1-ready", says="the database takes the connection and says nothing, and `/ready` waited until it spoke")
def ready_without_a_limit():
    def make(parts):
        async def ready(response: Response) -> dict[str, str]:
            return coded(response, {name: await state(part, None) for name, part in parts.items()})

        return ready

    return ready_app(make)


@wrong("7.1-ready", says="the broker refuses the connection, and 503 was asked for, but 200 came")
def ready_with_200():
    def make(parts):
        async def ready() -> dict[str, str]:
            return {name: await state(part) for name, part in parts.items()}

        return ready

    return ready_app(make)


@wrong("7.1-ready", says="the broker refuses the connection, and the database was never asked")
def ready_until_the_first_fails():
    def make(parts):
        async def ready(response: Response) -> dict[str, str]:
            for name, part in parts.items():
                if await state(part) == "down":
                    response.status_code = 503
                    return {name: "down"}
            return dict.fromkeys(parts, "up")

        return ready

    return ready_app(make)


@wrong("7.1-ready", says="the broker refuses the connection, and `/ready` failed itself, by `ConnectionError`")
def ready_uncaught():
    def make(parts):
        async def ready() -> dict[str, str]:
            for part in parts.values():
                await asyncio.wait_for(part.ping(), 0.3)
            return dict.fromkeys(parts, "up")

        return ready

    return ready_app(make)


@wrong("7.1-ready", says="says nothing, and `/ready` failed itself, by `TimeoutError`")
def ready_timeout_uncaught():
    async def asked(part: Part) -> str:
        try:
            await asyncio.wait_for(part.ping(), 0.3)
        except ConnectionError:
            return "down"
        return "up"

    def make(parts):
        async def ready(response: Response) -> dict[str, str]:
            return coded(response, {name: await asked(part) for name, part in parts.items()})

        return ready

    return ready_app(make)


@wrong("7.1-ready", says="both parts answer, and the database was never asked")
def ready_by_the_broker_alone():
    def make(parts):
        async def ready(response: Response) -> dict[str, str]:
            return coded(response, dict.fromkeys(parts, await state(parts["broker"])))

        return ready

    return ready_app(make)


@wrong("7.1-ready", says="the broker refuses the connection, and `/ready` says that the database is down")
def ready_blames_all():
    def make(parts):
        async def ready(response: Response) -> dict[str, str]:
            found = [await state(part) for part in parts.values()]
            return coded(response, dict.fromkeys(parts, "down" if "down" in found else "up"))

        return ready

    return ready_app(make)


@wrong("7.1-ready", says='`{"broker": "down", "database": "up"}` was asked for')
def ready_in_a_detail():
    def make(parts):
        async def ready() -> dict[str, str]:
            states = {name: await state(part) for name, part in parts.items()}
            if "down" in states.values():
                raise HTTPException(503, states)
            return states

        return ready

    return ready_app(make)


@wrong("7.1-ready", says="the broker refuses the connection, and the broker was never asked")
def ready_as_it_was_at_first():
    known: dict[str, str] = {}

    def make(parts):
        async def ready(response: Response) -> dict[str, str]:
            for name, part in parts.items():
                if name not in known:
                    known[name] = await state(part)
            return coded(response, dict(known))

        return ready

    return ready_app(make)


@wrong(
    "7.1-ready", says="the database takes the connection and says nothing, and `/ready` says that the broker is down"
)
def ready_one_limit_for_both():
    def make(parts):
        async def ready(response: Response) -> dict[str, str]:
            states = dict.fromkeys(parts, "down")
            tasks = {name: asyncio.create_task(state(part, None)) for name, part in parts.items()}
            try:
                async with asyncio.timeout(0.3):
                    states |= dict(zip(tasks, await asyncio.gather(*tasks.values())))
            except TimeoutError:
                pass
            return coded(response, states)

        return ready

    return ready_app(make)


@right("7.1-ready")
def ready_one_after_the_other():
    def make(parts):
        async def ready(response: Response) -> dict[str, str]:
            return coded(response, {name: await state(part) for name, part in parts.items()})

        return ready

    return ready_app(make)


@right("7.1-ready")
def ready_in_a_task_group():
    def make(parts):
        async def ready() -> JSONResponse:
            async with asyncio.TaskGroup() as group:
                tasks = {name: group.create_task(state(part)) for name, part in parts.items()}
            states = {name: task.result() for name, task in tasks.items()}
            return JSONResponse(states, 503 if "down" in states.values() else 200)

        return ready

    return ready_app(make)


@right("7.1-ready")
def ready_with_anyio_and_dependencies():
    parts, app = {"broker": Part(), "database": Part()}, FastAPI()

    def state_of(name: str):
        async def asked() -> str:
            with anyio.move_on_after(0.3), anyio.fail_after(5):
                try:
                    await parts[name].ping()
                except OSError:
                    return "down"
                return "up"
            return "down"

        return asked

    @app.get("/ready")
    async def ready(
        response: Response,
        broker: str = Depends(state_of("broker")),
        database: str = Depends(state_of("database")),
    ):
        return coded(response, {"broker": broker, "database": database})

    return app, parts


@right("7.1-ready")
def ready_with_asyncio_timeout():
    def make(parts):
        async def ready(response: Response) -> dict[str, str]:
            states = {}
            for name, part in parts.items():
                try:
                    async with asyncio.timeout(0.5):
                        await part.ping()
                    states[name] = "up"
                except (TimeoutError, OSError):
                    states[name] = "down"
            return coded(response, states)

        return ready

    return ready_app(make)


@wrong("7.1-ready", says="far longer than half a second")
def ready_after_three_seconds():
    def make(parts):
        async def ready(response: Response) -> dict[str, str]:
            states = await asyncio.gather(*(state(part, 3) for part in parts.values()))
            return coded(response, dict(zip(parts, states)))

        return ready

    return ready_app(make)


def ready_within(limit: float):
    def make(parts):
        async def ready(response: Response) -> dict[str, str]:
            found = await asyncio.gather(*(state(part, limit) for part in parts.values()))
            return coded(response, dict(zip(parts, found)))

        return ready

    return ready_app(make)


@wrong("7.1-ready", says="the database answers after 0.8 s, and `/ready` says that the database is up")
def ready_within_a_second():
    return ready_within(1.0)


@wrong("7.1-ready", says="the database answers after 0.2 s, and `/ready` says that the database is down")
def ready_within_a_twentieth():
    return ready_within(0.05)
