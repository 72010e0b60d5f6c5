"""What learners pass to 3.4-change."""

from fastapi import BackgroundTasks, FastAPI

from helpers.chapters.ch03.exercises.change import Address, tell_carrier, told
from tests.chapters.answers import right, stub, wrong


def change_app() -> tuple[FastAPI, dict[int, str]]:
    """The part that the notebook gives: an app that reads addresses, and the addresses."""
    app, addresses = FastAPI(), {}

    @app.get("/parcels/{number}/address")
    def read_address(number: int) -> Address:
        return Address(address=addresses.get(number, "unknown"))

    return app, addresses


def change_with(change):
    """The notebook's app with a PUT that calls `change(addresses, number, new, background_tasks)` and returns the address."""
    app, addresses = change_app()

    @app.put("/parcels/{number}/address")
    def change_address(number: int, new: Address, background_tasks: BackgroundTasks) -> Address:
        change(addresses, number, new.address, background_tasks)
        return new

    return app, told


@stub("3.4-change")
def change_shipped():
    app, _ = change_app()

    @app.put("/parcels/{number}/address")
    def change_address(number: int, new: Address, background_tasks: BackgroundTasks) -> Address: ...

    return app, told


@wrong("3.4-change", says="the client waited for the carrier")
def change_inline():
    def change(addresses, number, new, background_tasks):
        addresses[number] = new
        tell_carrier(number)

    return change_with(change)


@wrong("3.4-change", says="got the old one: the change belongs before the answer")
def change_in_the_task():
    def change(addresses, number, new, background_tasks):
        def replace():
            tell_carrier(number)
            addresses[number] = new

        background_tasks.add_task(replace)

    return change_with(change)


@wrong("3.4-change", says="the carrier was never told")
def change_untold():
    def change(addresses, number, new, background_tasks):
        addresses[number] = new
        if addresses[number] != new:
            background_tasks.add_task(tell_carrier, number)

    return change_with(change)


@wrong("3.4-change", says="the same PUT again changed nothing")
def change_always_told():
    def change(addresses, number, new, background_tasks):
        addresses[number] = new
        background_tasks.add_task(tell_carrier, number)

    return change_with(change)


@wrong("3.4-change", says="nobody told the carrier: compare the addresses")
def change_told_the_first_time():
    def change(addresses, number, new, background_tasks):
        if number not in addresses:
            background_tasks.add_task(tell_carrier, number)
        addresses[number] = new

    return change_with(change)


@wrong("3.4-change", says="one move, but the carrier was told 2 times")
def change_told_twice():
    def change(addresses, number, new, background_tasks):
        if addresses.get(number) != new:
            addresses[number] = new
            background_tasks.add_task(tell_carrier, number)
            background_tasks.add_task(tell_carrier, number)

    return change_with(change)


@wrong("3.4-change", says="missing 1 required positional argument: 'number'")
def change_without_argument():
    def change(addresses, number, new, background_tasks):
        addresses[number] = new
        background_tasks.add_task(tell_carrier)

    return change_with(change)


@wrong("3.4-change", says="answered with 500")
def change_returns_text():
    app, addresses = change_app()

    @app.put("/parcels/{number}/address")
    def change_address(number: int, new: Address, background_tasks: BackgroundTasks) -> Address:
        addresses[number] = new.address
        background_tasks.add_task(tell_carrier, number)
        return "changed"

    return app, told


@right("3.4-change")
def change_with_204():
    app, addresses = change_app()

    @app.put("/parcels/{number}/address", status_code=204)
    async def change_address(number: int, new: Address, background_tasks: BackgroundTasks) -> None:
        before, addresses[number] = addresses.get(number), new.address
        if before != new.address:
            background_tasks.add_task(tell_carrier, number=number)

    return app, told
