"""What learners pass to 2.1-all."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import anyio

from helpers.chapters.ch02.exercises.all import deliver
from helpers.chapters.post import mailbox
from tests.chapters.answers import right, stub, wrong


@stub("2.1-all")
def all_shipped():
    async def send_all(emails: list[str]) -> None: ...

    return send_all, mailbox()


@wrong("2.1-all", says="held the event loop")
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


@wrong("2.1-all", says="one mail for each of the 4 addresses was asked for, but 3 came")
def all_of_three():
    async def send_all(emails: list[str]) -> None:
        async with asyncio.TaskGroup() as group:
            for place in range(3):
                group.create_task(asyncio.to_thread(deliver, emails[place]))

    return send_all, mailbox()


@wrong("2.1-all", says="each address should get its own mail")
def all_to_the_first():
    async def send_all(emails: list[str]) -> None:
        await asyncio.gather(*(asyncio.to_thread(deliver, emails[0]) for _ in emails))

    return send_all, mailbox()


@right("2.1-all")
def all_by_an_object():
    class Sender:
        async def __call__(self, emails: list[str]) -> None:
            loop = asyncio.get_running_loop()
            await asyncio.wait([loop.run_in_executor(None, deliver, email) for email in emails])

    return Sender(), mailbox()
