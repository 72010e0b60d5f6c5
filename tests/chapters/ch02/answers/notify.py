"""What learners pass to 2.3-notify."""

import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Annotated

from fastapi import BackgroundTasks, Depends

from helpers.chapters.ch02.exercises.notify import notes, write_down
from tests.chapters.answers import right, stub, wrong


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


@wrong("2.3-notify", says="your `notify` is `async def`")
def notify_async():
    def get_notify(background_tasks: BackgroundTasks) -> Callable[[str], None]:
        async def notify(text: str) -> None:
            background_tasks.add_task(write_down, text)

        return notify

    return get_notify, notes


@wrong("2.3-notify", says="by a thread or a task of your own")
def notify_in_a_thread():
    def get_notify() -> Callable[[str], None]:
        return lambda text: threading.Thread(target=write_down, args=(text,)).start()

    return get_notify, notes


@wrong("2.3-notify", says="should be noted, but")
def notify_always_the_same():
    def get_notify(background_tasks: BackgroundTasks) -> Callable[[str], None]:
        return lambda text: background_tasks.add_task(write_down, "parcel 7 is here")

    return get_notify, notes


@right("2.3-notify")
def notify_class():
    class Notify:
        def __init__(self, background_tasks: BackgroundTasks) -> None:
            self.tasks = background_tasks

        def __call__(self, text: str) -> None:
            self.tasks.add_task(write_down, text)

    return Notify, notes


@right("2.3-notify")
def notify_with_yield():
    def get_notify(background_tasks: BackgroundTasks) -> Iterator[Callable[[str], None]]:
        yield partial(background_tasks.add_task, write_down)

    return get_notify, notes
