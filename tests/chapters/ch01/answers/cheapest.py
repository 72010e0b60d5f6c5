"""What learners pass to 1.2-cheapest."""

import asyncio
import time

import anyio

from tests.chapters.answers import right, stub, wrong


@stub("1.2-cheapest")
def cheapest_shipped():
    async def cheapest(carriers, ask): ...

    return cheapest


@wrong("1.2-cheapest", says="an `await` in a loop waits in each round")
def cheapest_one_by_one():
    async def cheapest(carriers, ask):
        prices = {carrier: await ask(carrier) for carrier in carriers}
        return min(prices, key=prices.get)

    return cheapest


@wrong("1.2-cheapest", says="a price was returned")
def cheapest_price():
    async def cheapest(carriers, ask):
        return min(await asyncio.gather(*(ask(carrier) for carrier in carriers)))

    return cheapest


@wrong("1.2-cheapest", says="asks least, but")
def cheapest_is_the_fastest():
    async def cheapest(carriers, ask):
        tasks = {asyncio.create_task(ask(carrier)): carrier for carrier in carriers}
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return tasks[min(done, key=lambda task: task.result())]

    return cheapest


@wrong("1.2-cheapest", says="only makes a coroutine")
def cheapest_without_await():
    async def cheapest(carriers, ask):
        questions = [ask(carrier) for carrier in carriers]
        for question in questions:
            question.close()
        return carriers[0]

    return cheapest


@wrong("1.2-cheapest", says="your function failed: TypeError")
def cheapest_of_coroutines():
    async def cheapest(carriers, ask):
        return min(carriers, key=lambda carrier: ask(carrier) + 0)

    return cheapest


@wrong("1.2-cheapest", says="which is the dearest")
def cheapest_is_the_dearest():
    async def cheapest(carriers, ask):
        prices = await asyncio.gather(*(ask(carrier) for carrier in carriers))
        return max(zip(prices, carriers))[1]

    return cheapest


@wrong("1.2-cheapest", says="only in an `async def` function can `await` be used")
def cheapest_in_a_def():
    def cheapest(carriers, ask):
        return asyncio.run(ask(carriers[0]))

    return cheapest


@wrong("1.2-cheapest", says="is there a `return`?")
def cheapest_without_a_return():
    async def cheapest(carriers, ask):
        await asyncio.gather(*(ask(carrier) for carrier in carriers))

    return cheapest


@wrong("1.2-cheapest", says="there were 6 questions")
def cheapest_asked_twice():
    async def cheapest(carriers, ask):
        first = await asyncio.gather(*(ask(carrier) for carrier in carriers))
        second = await asyncio.gather(*(ask(carrier) for carrier in carriers))
        return min(zip(first, second, carriers))[2]

    return cheapest


@wrong("1.2-cheapest", says="held the event loop")
def cheapest_and_blocking():
    async def cheapest(carriers, ask):
        prices = await asyncio.gather(*(ask(carrier) for carrier in carriers))
        time.sleep(0.5)
        return min(zip(prices, carriers))[1]

    return cheapest


@right("1.2-cheapest")
def cheapest_in_a_group():
    async def cheapest(carriers, ask):
        async with asyncio.TaskGroup() as group:
            tasks = {carrier: group.create_task(ask(carrier)) for carrier in carriers}
        return min(tasks, key=lambda carrier: tasks[carrier].result())

    return cheapest


@right("1.2-cheapest")
def cheapest_by_tasks():
    async def cheapest(carriers, ask):
        tasks = [asyncio.create_task(ask(carrier)) for carrier in carriers]
        prices = {carrier: await task for carrier, task in zip(carriers, tasks)}
        return sorted(carriers, key=lambda carrier: prices[carrier])[0]

    return cheapest


@right("1.2-cheapest")
def cheapest_by_anyio():
    async def cheapest(carriers, ask):
        prices = {}

        async def note(carrier):
            prices[carrier] = await ask(carrier)

        async with anyio.create_task_group() as group:
            for carrier in carriers:
                group.start_soon(note, carrier)
        return min(prices, key=prices.get)

    return cheapest
