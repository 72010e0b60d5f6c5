"""What learners pass to 3.4-change."""

import asyncio

from fastapi import BackgroundTasks, FastAPI, Response
from starlette.background import BackgroundTask

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
            addresses[number] = new  # at once, but behind the answer
            tell_carrier(number)

        background_tasks.add_task(replace)

    return change_with(change)


@wrong("3.4-change", says="the carrier was never told")
def change_untold():
    def change(addresses, number, new, background_tasks):
        addresses[number] = new
        if addresses[number] != new:
            background_tasks.add_task(tell_carrier, number)

    return change_with(change)


@wrong("3.4-change", says="from none to one is a change too")
def change_without_the_first():
    def change(addresses, number, new, background_tasks):
        old = addresses.get(number)
        if old is not None and old != new:
            background_tasks.add_task(tell_carrier, number)
        addresses[number] = new

    return change_with(change)


@wrong("3.4-change", says="the same PUT again changed nothing")
def change_always_told():
    def change(addresses, number, new, background_tasks):
        addresses[number] = new
        background_tasks.add_task(tell_carrier, number)

    return change_with(change)


@wrong("3.4-change", says="Grace moved a second time")
def change_told_the_first_time():
    def change(addresses, number, new, background_tasks):
        if number not in addresses:
            background_tasks.add_task(tell_carrier, number)
        addresses[number] = new

    return change_with(change)


@wrong("3.4-change", says="but the carrier was told of 100 and 100")
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


@wrong("3.4-change", says="moved back to where she had been")
def change_told_of_new_addresses_only():
    seen = set()

    def change(addresses, number, new, background_tasks):
        addresses[number] = new
        if (number, new) not in seen:
            background_tasks.add_task(tell_carrier, number)
        seen.add((number, new))

    return change_with(change)


@wrong("3.4-change", says="parcel 100 moved once, but the carrier was told of 7")
def change_always_of_parcel_7():
    def change(addresses, number, new, background_tasks):
        if addresses.get(number) != new:
            addresses[number] = new
            background_tasks.add_task(tell_carrier, 7)

    return change_with(change)


@wrong("3.4-change", says="parcel 7 with it")
def change_of_all_parcels():
    app, kept = FastAPI(), {"address": "unknown"}

    @app.get("/parcels/{number}/address")
    def read_address(number: int) -> Address:
        return Address(address=kept["address"])

    @app.put("/parcels/{number}/address")
    def change_address(number: int, new: Address, background_tasks: BackgroundTasks) -> Address:
        if kept["address"] != new.address:
            kept["address"] = new.address
            background_tasks.add_task(tell_carrier, number)
        return new

    return app, told


@wrong("3.4-change", says="the carrier was told of 1 Harbour Road")
def change_tells_the_address():
    def change(addresses, number, new, background_tasks):
        if addresses.get(number) != new:
            addresses[number] = new
            background_tasks.add_task(tell_carrier, new)

    return change_with(change)


@wrong("3.4-change", says="by a thread or a task of your own")
def change_told_by_a_loose_task():
    app, addresses = change_app()
    running = set()

    @app.put("/parcels/{number}/address")
    async def change_address(number: int, new: Address) -> Address:
        if addresses.get(number) != new.address:
            addresses[number] = new.address
            running.add(asyncio.create_task(asyncio.to_thread(tell_carrier, number)))
        return new

    return app, told


@wrong("3.4-change", says="your function `change_address` returned `None`")
def change_without_a_return():
    app, addresses = change_app()

    @app.put("/parcels/{number}/address")
    def change_address(number: int, new: Address, background_tasks: BackgroundTasks) -> Address:
        if addresses.get(number) != new.address:
            addresses[number] = new.address
            background_tasks.add_task(tell_carrier, number)

    return app, told


@right("3.4-change")
def change_on_the_response():
    app, addresses = change_app()

    @app.put("/parcels/{number}/address")
    def change_address(number: int, new: Address) -> Response:
        moved = addresses.get(number, "unknown") != new.address
        addresses[number] = new.address
        task = BackgroundTask(tell_carrier, number) if moved else None
        return Response(new.model_dump_json(), media_type="application/json", background=task)

    return app, told


@right("3.4-change")
def change_told_by_a_coroutine():
    async def tell(number: int) -> None:
        await asyncio.to_thread(tell_carrier, number)

    def change(addresses, number, new, background_tasks):
        if addresses.setdefault(number, "") != new:
            background_tasks.add_task(tell, number)
        addresses[number] = new

    return change_with(change)
