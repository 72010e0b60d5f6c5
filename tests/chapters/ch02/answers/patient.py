"""What learners pass to 2.1-patient."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import anyio

from tests.chapters.answers import right, stub, wrong

Ask = Callable[[], Awaitable[str]]


@stub("2.1-patient")
def patient_shipped():
    async def ask_patiently(ask: Ask) -> str: ...

    return ask_patiently


@wrong("2.1-patient", says="nothing limits it")
def patient_without_a_limit():
    async def ask_patiently(ask: Ask) -> str:
        for pause in (0.1, 0.3):
            try:
                return await ask()
            except ConnectionError:
                await asyncio.sleep(pause)
        return await ask()

    return ask_patiently


@wrong("2.1-patient", says="only makes a coroutine")
def patient_never_awaited():
    async def ask_patiently(ask: Ask) -> str:
        coroutine = ask()
        coroutine.close()
        return "4.50"

    return ask_patiently


@wrong("2.1-patient", says="is there a `return`?")
def patient_without_a_return():
    async def ask_patiently(ask: Ask) -> str:
        for pause in (0.1, 0.3):
            try:
                async with asyncio.timeout(0.1):
                    await ask()
                    return
            except (TimeoutError, ConnectionError):
                await asyncio.sleep(pause)

    return ask_patiently


@wrong("2.1-patient", says="counts like one that is too slow")
def patient_with_slow_ones_alone():
    async def ask_patiently(ask: Ask) -> str:
        for pause in (0.1, 0.3, 0.9):
            try:
                async with asyncio.timeout(0.1):
                    return await ask()
            except TimeoutError:
                await asyncio.sleep(pause)
        raise TimeoutError

    return ask_patiently


@wrong("2.1-patient", says="let the last error go on")
def patient_in_silence():
    async def ask_patiently(ask: Ask) -> str | None:
        for pause in (0.1, 0.3, 0.9):
            try:
                return await asyncio.wait_for(ask(), 0.1)
            except (TimeoutError, ConnectionError):
                await asyncio.sleep(pause)
        return None

    return ask_patiently


@wrong("2.1-patient", says="three calls were the most")
def patient_for_ever():
    async def ask_patiently(ask: Ask) -> str:
        while True:
            try:
                return await asyncio.wait_for(ask(), 0.1)
            except (TimeoutError, ConnectionError):
                await asyncio.sleep(0.1)

    return ask_patiently


@wrong("2.1-patient", says="the next call followed at once")
def patient_without_a_pause():
    async def ask_patiently(ask: Ask) -> str:
        for _ in range(2):
            try:
                return await asyncio.wait_for(ask(), 0.1)
            except (TimeoutError, ConnectionError):
                pass
        return await asyncio.wait_for(ask(), 0.1)

    return ask_patiently


@wrong("2.1-patient", says="should be longer than the first")
def patient_with_equal_pauses():
    async def ask_patiently(ask: Ask) -> str:
        for _ in range(2):
            try:
                return await asyncio.wait_for(ask(), 0.1)
            except (TimeoutError, ConnectionError):
                await asyncio.sleep(0.1)
        return await asyncio.wait_for(ask(), 0.1)

    return ask_patiently


@wrong("2.1-patient", says="calling again hides it")
def patient_with_everything():
    async def ask_patiently(ask: Ask) -> str:
        for pause in (0.1, 0.3):
            try:
                return await asyncio.wait_for(ask(), 0.1)
            except Exception:
                await asyncio.sleep(pause)
        return await asyncio.wait_for(ask(), 0.1)

    return ask_patiently


@wrong("2.1-patient", says="has to go through")
def patient_with_its_own_end():
    async def ask_patiently(ask: Ask) -> str:
        for pause in (0.1, 0.3):
            try:
                async with asyncio.timeout(0.1):
                    return await ask()
            except (TimeoutError, ConnectionError, asyncio.CancelledError):
                await asyncio.sleep(pause)
        async with asyncio.timeout(0.1):
            return await ask()

    return ask_patiently


@wrong("2.1-patient", says="`time.sleep` stops everybody")
def patient_with_a_held_loop():
    async def ask_patiently(ask: Ask) -> str:
        for pause in (0.1, 0.3):
            try:
                return await asyncio.wait_for(ask(), 0.1)
            except (TimeoutError, ConnectionError):
                time.sleep(pause)
        return await asyncio.wait_for(ask(), 0.1)

    return ask_patiently


@wrong("2.1-patient", says="left running")
def patient_with_a_shield():
    async def ask_patiently(ask: Ask) -> str:
        for pause in (0.1, 0.3):
            try:
                return await asyncio.wait_for(asyncio.shield(ask()), 0.1)
            except (TimeoutError, ConnectionError):
                await asyncio.sleep(pause)
        return await asyncio.wait_for(ask(), 0.1)

    return ask_patiently


@wrong("2.1-patient", says="has to stay `async def`")
def patient_as_a_def():
    def ask_patiently(ask: Ask) -> str:
        return "4.50"

    return ask_patiently


@right("2.1-patient")
def patient_with_wait_for():
    async def ask_patiently(ask: Ask) -> str:
        for attempt in range(3):
            try:
                return await asyncio.wait_for(ask(), timeout=0.1)
            except (TimeoutError, ConnectionError):
                if attempt == 2:
                    raise
                await asyncio.sleep(0.1 * 3**attempt)
        raise AssertionError("never reached")

    return ask_patiently


@right("2.1-patient")
def patient_with_anyio():
    async def ask_patiently(ask: Ask) -> str:
        for pause in (0.1, 0.3, None):
            try:
                with anyio.fail_after(0.1):
                    return await ask()
            except (TimeoutError, ConnectionError):
                if pause is None:
                    raise
                await anyio.sleep(pause)
        raise AssertionError("never reached")

    return ask_patiently


@right("2.1-patient")
def patient_by_recursion():
    async def ask_patiently(ask: Ask, pauses: tuple[float, ...] = (0.1, 0.3)) -> str:
        try:
            async with asyncio.timeout(0.1):
                return await ask()
        except (TimeoutError, ConnectionError):
            if not pauses:
                raise
        await asyncio.sleep(pauses[0])
        return await ask_patiently(ask, pauses[1:])

    return ask_patiently
