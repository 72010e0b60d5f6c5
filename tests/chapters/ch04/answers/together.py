"""What learners pass to 4.3-together."""

import asyncio

import anyio

from tests.chapters.answers import right, stub, wrong


@stub("4.3-together")
def together_shipped():
    async def tell_all(carriers, call, said): ...

    return tell_all


@wrong("4.3-together", says="one after the other")
def together_in_a_loop():
    async def tell_all(carriers, call, said):
        for carrier in carriers:
            said[carrier] = await call(carrier)

    return tell_all


@wrong("4.3-together", says="has to be awaited")
def together_never_called():
    async def tell_all(carriers, call, said):
        for carrier in carriers:
            call(carrier)

    return tell_all


@wrong("4.3-together", says="over before it is done")
def together_not_awaited():
    tasks = set()

    async def tell_all(carriers, call, said):
        async def tell(carrier):
            said[carrier] = await call(carrier)

        for carrier in carriers:
            tasks.add(asyncio.create_task(tell(carrier)))
        await asyncio.sleep(0.01)

    return tell_all


@wrong("4.3-together", says="should be sorted by carrier")
def together_by_number():
    async def tell_all(carriers, call, said):
        said.update(enumerate(await asyncio.gather(*map(call, carriers))))

    return tell_all


@wrong("4.3-together", says="what `call` gave")
def together_keeps_tasks():
    async def tell_all(carriers, call, said):
        async with asyncio.TaskGroup() as group:
            for carrier in carriers:
                said[carrier] = group.create_task(call(carrier))

    return tell_all


@wrong("4.3-together", says="at most 2 were called")
def together_in_pairs():
    async def tell_all(carriers, call, said):
        for start in range(0, len(carriers), 2):
            pair = carriers[start : start + 2]
            said.update(zip(pair, await asyncio.gather(*map(call, pair))))

    return tell_all


@wrong("4.3-together", says="the task failed")
def together_runs_a_loop_in_the_loop():
    async def tell_all(carriers, call, said):
        for carrier in carriers:
            said[carrier] = asyncio.get_running_loop().run_until_complete(call(carrier))

    return tell_all


@right("4.3-together")
def together_by_gather():
    async def tell_all(carriers, call, said):
        said |= dict(zip(carriers, await asyncio.gather(*map(call, carriers))))

    return tell_all


@right("4.3-together")
def together_reads_results():
    async def tell_all(carriers, call, said):
        async with asyncio.TaskGroup() as group:
            tasks = {carrier: group.create_task(call(carrier)) for carrier in carriers}
        for carrier, task in tasks.items():
            said[carrier] = task.result()

    return tell_all


@right("4.3-together")
def together_by_anyio():
    async def tell_all(carriers, call, said):
        async def tell(carrier):
            said[carrier] = await call(carrier)

        async with anyio.create_task_group() as group:
            for carrier in carriers:
                group.start_soon(tell, carrier)

    return tell_all


@wrong("4.3-together", says="what another carrier said")
def together_in_the_order_of_the_answers():
    async def tell_all(carriers, call, said):
        tasks = [asyncio.create_task(call(carrier)) for carrier in carriers]
        for carrier, done in zip(carriers, asyncio.as_completed(tasks)):
            said[carrier] = await done

    return tell_all
