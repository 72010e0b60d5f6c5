"""What learners pass to the exercises of chapter 2."""

import asyncio
import copy
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Annotated, Any

import anyio
from fastapi import BackgroundTasks, Depends, FastAPI

from helpers.chapters.ch02.exercises import (
    Parcel,
    deliver,
    notes,
    print_label,
    printed,
    shelf,
    write_down,
)
from helpers.chapters.post import mailbox
from tests.chapters.answers import right, stub, wrong

# 2.1-all


@stub("2.1-all")
def all_shipped():
    async def send_all(emails: list[str]) -> None: ...

    return send_all, mailbox()


@wrong("2.1-all", says="had to wait for your task")
def all_blocking():
    async def send_all(emails: list[str]) -> None:
        async def send(email: str) -> None:
            deliver(email)

        await asyncio.gather(*(send(email) for email in emails))

    return send_all, mailbox()


@wrong("2.1-all", says="one after the other")
def all_in_a_row():
    async def send_all(emails: list[str]) -> None:
        for email in emails:
            await asyncio.to_thread(deliver, email)

    return send_all, mailbox()


@wrong("2.1-all", says="nothing happens before somebody awaits it")
def all_never_awaited():
    async def send_all(emails: list[str]) -> None:
        for email in emails:
            asyncio.to_thread(deliver, email)

    return send_all, mailbox()


@wrong("2.1-all", says="with nobody to wait for them")
def all_forgotten():
    async def send_all(emails: list[str]) -> None:
        for email in emails:
            asyncio.get_running_loop().run_in_executor(None, deliver, email)

    return send_all, mailbox()


@wrong("2.1-all", says="asyncio.run() cannot be called")
def all_with_another_loop():
    async def send_all(emails: list[str]) -> None:
        for email in emails:
            coroutine = asyncio.to_thread(deliver, email)
            try:
                asyncio.run(coroutine)
            finally:
                coroutine.close()

    return send_all, mailbox()


@wrong("2.1-all", says="a coroutine was expected, got None")
def all_called():
    async def send_all(emails: list[str]) -> None:
        async with asyncio.TaskGroup() as group:
            for email in emails:
                group.create_task(deliver(email))

    return send_all, mailbox()


@wrong("2.1-all", says="but 1 came")
def all_but_two():
    async def send_all(emails: list[str]) -> None:
        await asyncio.to_thread(deliver, emails[0])

    return send_all, mailbox()


@right("2.1-all")
def all_gathered():
    async def send_all(emails: list[str]) -> None:
        await asyncio.gather(*(asyncio.to_thread(deliver, email) for email in emails))

    return send_all, mailbox()


@right("2.1-all")
def all_with_anyio():
    async def send_all(emails: list[str]) -> None:
        async with anyio.create_task_group() as group:
            for email in emails:
                group.start_soon(anyio.to_thread.run_sync, deliver, email)

    return send_all, mailbox()


@right("2.1-all")
def all_in_threads():
    def send_all(emails: list[str]) -> None:
        with ThreadPoolExecutor() as pool:
            list(pool.map(deliver, emails))

    return send_all, mailbox()


# 2.2-label


def correct(parcel_id: int, name: str, weight_kg: float) -> None:
    """As in the notebook."""
    shelf[parcel_id].to.name = name
    shelf[parcel_id].weight_kg = weight_kg


def label_app(order_label: Callable[..., Any]) -> tuple[FastAPI, list[str]]:
    """The notebook's app with this path operation, and its list of labels."""
    app = FastAPI()
    app.put("/parcels/{parcel_id}")(correct)
    app.post("/parcels/{parcel_id}/label", status_code=202)(order_label)
    return app, printed


@stub("2.2-label")
def label_shipped():
    def order_label(parcel_id: int, background_tasks: BackgroundTasks) -> None: ...

    return label_app(order_label)


@wrong("2.2-label", says="the label shows the correction")
def label_of_the_shelf():
    def order_label(parcel_id: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(print_label, shelf[parcel_id])

    return label_app(order_label)


@wrong("2.2-label", says="shares the address inside it")
def label_of_a_shallow_copy():
    def order_label(parcel_id: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(print_label, shelf[parcel_id].model_copy())

    return label_app(order_label)


@wrong("2.2-label", says="'int' object has no attribute 'to'")
def label_of_an_id():
    def order_label(parcel_id: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(print_label, parcel_id)

    return label_app(order_label)


@wrong("2.2-label", says="'dict' object has no attribute 'to'")
def label_of_a_dump():
    def order_label(parcel_id: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(print_label, shelf[parcel_id].model_dump())

    return label_app(order_label)


@wrong("2.2-label", says="the client waited for the printer")
def label_inline():
    def order_label(parcel_id: int, background_tasks: BackgroundTasks) -> None:
        print_label(shelf[parcel_id])

    return label_app(order_label)


@wrong("2.2-label", says="calls the function at once")
def label_called():
    def order_label(parcel_id: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(print_label(shelf[parcel_id].model_copy(deep=True)))

    return label_app(order_label)


@wrong("2.2-label", says="no task was added")
def label_own_list():
    def order_label(parcel_id: int) -> None:
        BackgroundTasks().add_task(print_label, shelf[parcel_id].model_copy(deep=True))

    return label_app(order_label)


@right("2.2-label")
def label_of_a_deep_copy():
    async def order_label(parcel_id: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(print_label, copy.deepcopy(shelf[parcel_id]))

    return label_app(order_label)


@right("2.2-label")
def label_of_a_new_parcel():
    def order_label(parcel_id: int, background_tasks: BackgroundTasks) -> None:
        parcel = Parcel.model_validate(shelf[parcel_id].model_dump())
        background_tasks.add_task(print_label, parcel=parcel)

    return label_app(order_label)


@wrong("2.2-label", says="did not run as a task")
def label_of_what_is_printed():
    def order_label(parcel_id: int, background_tasks: BackgroundTasks) -> None:
        parcel = shelf[parcel_id]
        text = f"{parcel.to.name}, {parcel.weight_kg:g} kg"
        background_tasks.add_task(printed.append, text)

    return label_app(order_label)


# 2.3-notify


@stub("2.3-notify")
def notify_shipped():
    def get_notify(background_tasks: BackgroundTasks) -> Callable[[str], None]: ...

    return get_notify, notes


@wrong("2.3-notify", says="the client waited until the note was written")
def notify_inline():
    def get_notify(background_tasks: BackgroundTasks) -> Callable[[str], None]:
        return write_down

    return get_notify, notes


@wrong("2.3-notify", says="here the text came first")
def notify_add_task():
    def get_notify(background_tasks: BackgroundTasks) -> Callable[[str], None]:
        return background_tasks.add_task

    return get_notify, notes


@wrong("2.3-notify", says="what your dependency returns cannot be called")
def notify_nothing():
    def get_notify(background_tasks: BackgroundTasks) -> Callable[[str], None]:
        return background_tasks.add_task(write_down, "parcel 7 is here")

    return get_notify, notes


@wrong("2.3-notify", says="separated by a comma")
def notify_called():
    def get_notify(background_tasks: BackgroundTasks) -> Callable[[str], None]:
        return lambda text: background_tasks.add_task(write_down(text))

    return get_notify, notes


@wrong("2.3-notify", says="looked at by nobody")
def notify_own_list():
    def get_notify() -> Callable[[str], None]:
        return partial(BackgroundTasks().add_task, write_down)

    return get_notify, notes


@wrong("2.3-notify", says="recognised by its type alone")
def notify_injected():
    def get_notify(background_tasks: Annotated[BackgroundTasks, Depends()]) -> Callable[[str], None]:
        return partial(background_tasks.add_task, write_down)

    return get_notify, notes


@wrong("2.3-notify", says="answers 422")
def notify_with_the_text():
    def get_notify(text: str, background_tasks: BackgroundTasks) -> Callable[[str], None]:
        return lambda _: background_tasks.add_task(write_down, text)

    return get_notify, notes


@wrong("2.3-notify", says="it was not `write_down`")
def notify_by_another_task():
    def get_notify(background_tasks: BackgroundTasks) -> Callable[[str], None]:
        return lambda text: background_tasks.add_task(notes.append, text)

    return get_notify, notes


@right("2.3-notify")
def notify_partial():
    def get_notify(background_tasks: BackgroundTasks) -> Callable[[str], None]:
        return partial(background_tasks.add_task, write_down)

    return get_notify, notes


@right("2.3-notify")
def notify_lambda():
    async def get_notify(background_tasks: BackgroundTasks) -> Callable[[str], None]:
        return lambda text: background_tasks.add_task(write_down, text)

    return get_notify, notes
