"""What learners pass to 10.3-together."""

import asyncio

from tests.chapters.answers import right, stub, wrong


@stub("10.3-together")
def together_shipped():
    async def tell_all(carriers, tell): ...

    return tell_all


@wrong("10.3-together", says="one after the other")
def together_in_a_loop():
    async def tell_all(carriers, tell):
        failed = []
        for carrier in carriers:
            try:
                await tell(carrier)
            except ConnectionError:
                failed.append(carrier)
        return failed

    return tell_all


@wrong("10.3-together", says="catch the failure inside")
def together_in_a_group():
    async def tell_all(carriers, tell):
        async with asyncio.TaskGroup() as group:
            for carrier in carriers:
                group.create_task(tell(carrier))
        return []

    return tell_all


@wrong("10.3-together", says="a ConnectionError, came out of `tell_all`")
def together_gathered():
    async def tell_all(carriers, tell):
        await asyncio.gather(*map(tell, carriers))
        return []

    return tell_all


@wrong("10.3-together", says="['south'], but [None,")
def together_raw():
    async def tell_all(carriers, tell):
        return await asyncio.gather(*map(tell, carriers), return_exceptions=True)

    return tell_all


@wrong("10.3-together", says="returned before all were told")
def together_not_waited_for():
    async def tell_all(carriers, tell):
        waiting = [asyncio.create_task(tell(carrier)) for carrier in carriers]
        await asyncio.sleep(0.05)
        return [carrier for carrier, one in zip(carriers, waiting) if one.done() and one.exception()]

    return tell_all


@right("10.3-together")
def together_caught_inside():
    async def tell_all(carriers, tell):
        failed = set()

        async def one(carrier):
            try:
                await tell(carrier)
            except Exception:
                failed.add(carrier)

        async with asyncio.TaskGroup() as group:
            for carrier in carriers:
                group.create_task(one(carrier))
        return [carrier for carrier in carriers if carrier in failed]

    return tell_all


@wrong("10.3-together", says="in the order of the list")
def together_in_the_order_of_failure():
    async def tell_all(carriers, tell):
        failed = []

        async def one(carrier):
            try:
                await tell(carrier)
            except Exception:
                failed.append(carrier)

        await asyncio.gather(*map(one, carriers))
        return failed

    return tell_all


@wrong("10.3-together", says="a Refused, came out of `tell_all`")
def together_one_kind_of_error():
    async def tell_all(carriers, tell):
        async def one(carrier):
            try:
                await tell(carrier)
            except ConnectionError:
                return carrier

        return [carrier for carrier in await asyncio.gather(*map(one, carriers)) if carrier]

    return tell_all


@wrong("10.3-together", says="Your code raised `AttributeError")
def together_misspelt():
    async def tell_all(carriers, tell):
        return await asyncio.gathr(*map(tel, carriers))  # noqa: F821

    return tell_all


@right("10.3-together")
def together_by_tasks():
    async def tell_all(carriers, tell):
        tasks = {carrier: asyncio.create_task(tell(carrier)) for carrier in carriers}
        await asyncio.wait(tasks.values())
        return [carrier for carrier, task in tasks.items() if task.exception()]

    return tell_all


@right("10.3-together")
def together_one_awaited_after_the_other():
    async def tell_all(carriers, tell):
        failed = []
        tasks = [asyncio.ensure_future(tell(carrier)) for carrier in carriers]
        for carrier, task in zip(carriers, tasks):
            try:
                await task
            except Exception:
                failed += [carrier]
        return failed

    return tell_all
