"""Endpoints that never end by themselves, and who still runs in them: for the tests of what ends them."""

from fastapi import BackgroundTasks, FastAPI

from tests.interrupting import inside


def spin() -> None:
    while True:
        pass


async def spin_on_the_loop() -> None:
    while True:
        pass


def endpoint_spins() -> None:
    spin()


async def endpoint_spins_on_the_loop() -> None:
    await spin_on_the_loop()


def task_spins(tasks: BackgroundTasks) -> None:
    tasks.add_task(spin)


def app_of(endpoint) -> FastAPI:
    app = FastAPI()
    app.get("/go")(endpoint)
    return app


def spinning() -> set[int]:
    """The threads that spin, by their numbers."""
    return inside(spin) | inside(spin_on_the_loop)
