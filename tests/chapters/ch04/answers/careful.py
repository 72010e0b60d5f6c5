"""What learners pass to 4.3-careful."""

import contextlib

from tests.chapters.answers import right, stub, wrong


@stub("4.3-careful")
def careful_shipped():
    async def careful(task, parcel, on_failure): ...

    return careful


@wrong("4.3-careful", says="every `Exception` is meant")
def careful_of_nothing():
    async def careful(task, parcel, on_failure):
        await task(parcel)

    return careful


@wrong("4.3-careful", says="a KeyError came out")
def careful_of_one_class():
    async def careful(task, parcel, on_failure):
        try:
            await task(parcel)
        except ConnectionError as error:
            await on_failure(parcel, error)

    return careful


@wrong("4.3-careful", says="nobody was told")
def careful_and_silent():
    async def careful(task, parcel, on_failure):
        with contextlib.suppress(Exception):
            await task(parcel)

    return careful


@wrong("4.3-careful", says="called and not awaited")
def careful_without_await():
    async def careful(task, parcel, on_failure):
        try:
            await task(parcel)
        except Exception as error:
            on_failure(parcel, error)

    return careful


@wrong("4.3-careful", says="`on_failure` failed itself")
def careful_only_once():
    async def careful(task, parcel, on_failure):
        try:
            await task(parcel)
        except Exception as error:
            await on_failure(parcel, error)

    return careful


@wrong("4.3-careful", says="the parcel and then the error")
def careful_with_the_text():
    async def careful(task, parcel, on_failure):
        with contextlib.suppress(Exception):
            try:
                await task(parcel)
            except Exception as error:
                await on_failure(parcel, str(error))

    return careful


@wrong("4.3-careful", says="for a task that went well")
def careful_in_any_case():
    async def careful(task, parcel, on_failure):
        problem = None
        with contextlib.suppress(Exception):
            try:
                await task(parcel)
            except Exception as error:
                problem = error
            await on_failure(parcel, problem)

    return careful


@wrong("4.3-careful", says="the task ran 2 times")
def careful_with_a_second_try():
    async def careful(task, parcel, on_failure):
        with contextlib.suppress(Exception):
            try:
                await task(parcel)
            except Exception as error:
                await on_failure(parcel, error)
                await task(parcel)

    return careful


@wrong("4.3-careful", says="the task was not run")
def careful_never_awaited():
    async def careful(task, parcel, on_failure):
        try:
            task(parcel)
        except Exception as error:
            await on_failure(parcel, error)

    return careful


@wrong("4.3-careful", says="an exception still came out")
def careful_and_raising_again():
    async def careful(task, parcel, on_failure):
        try:
            await task(parcel)
        except Exception as error:
            await on_failure(parcel, error)
            raise

    return careful


@right("4.3-careful")
def careful_by_suppress():
    async def careful(task, parcel, on_failure):
        with contextlib.suppress(Exception):
            try:
                await task(parcel)
            except Exception as error:
                await on_failure(parcel, error)

    return careful


@right("4.3-careful")
def careful_one_inside_the_other():
    async def careful(task, parcel, on_failure):
        try:
            await task(parcel)
        except Exception as error:
            try:
                await on_failure(parcel=parcel, error=error)
            except Exception:
                pass

    return careful


@right("4.3-careful")
def careful_afterwards():
    async def careful(task, parcel, on_failure):
        problem = None
        try:
            await task(parcel)
        except Exception as error:
            problem = error
        try:
            if problem is not None:
                await on_failure(parcel, problem)
        except Exception:
            return

    return careful
