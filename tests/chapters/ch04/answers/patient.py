"""What learners pass to 4.6-patient."""

import asyncio
import inspect
import time

from starlette.concurrency import run_in_threadpool

from helpers.chapters.ch04.exercises.patient import given_up
from tests.chapters.answers import right, stub, wrong


@stub("4.6-patient")
def patient_shipped():
    def patient(task): ...

    return patient, given_up


@wrong("4.6-patient", says="ran on the event loop")
def patient_on_the_loop():
    def patient(task):
        async def wrapper():
            for _ in range(3):
                try:
                    result = task()
                    if inspect.isawaitable(result):
                        await result
                    return
                except Exception:
                    pass
            given_up.append(task.__name__)

        return wrapper

    return patient, given_up


@wrong("4.6-patient", says="was never awaited")
def patient_not_awaited():
    def patient(task):
        def wrapper():
            for _ in range(3):
                try:
                    return task()
                except Exception:
                    time.sleep(0.01)
            given_up.append(task.__name__)

        return wrapper

    return patient, given_up


@wrong("4.6-patient", says="was not tried again")
def patient_only_catches():
    def patient(task):
        async def wrapper():
            try:
                if inspect.iscoroutinefunction(task):
                    await task()
                else:
                    await run_in_threadpool(task)
            except Exception:
                given_up.append(task.__name__)

        return wrapper

    return patient, given_up


@wrong("4.6-patient", says="error still comes out of the task")
def patient_catches_nothing():
    def patient(task):
        async def wrapper():
            if inspect.iscoroutinefunction(task):
                await task()
            else:
                await run_in_threadpool(task)

        return wrapper

    return patient, given_up


@wrong("4.6-patient", says="third failure came out")
def patient_raises_at_last():
    def patient(task):
        async def wrapper():
            for attempt in (1, 2, 3):
                try:
                    if inspect.iscoroutinefunction(task):
                        return await task()
                    return await run_in_threadpool(task)
                except Exception:
                    if attempt == 3:
                        given_up.append(task.__name__)
                        raise

        return wrapper

    return patient, given_up


@wrong("4.6-patient", says="a task that went well was run again")
def patient_never_stops():
    def patient(task):
        async def wrapper():
            for _ in range(3):
                try:
                    if inspect.iscoroutinefunction(task):
                        await task()
                    else:
                        await run_in_threadpool(task)
                except Exception:
                    await asyncio.sleep(0)

        return wrapper

    return patient, given_up


@wrong("4.6-patient", says="only the tasks that failed three times")
def patient_notes_each_failure():
    def patient(task):
        async def wrapper():
            for _ in range(3):
                try:
                    if inspect.iscoroutinefunction(task):
                        return await task()
                    return await run_in_threadpool(task)
                except Exception:
                    given_up.append(task.__name__)

        return wrapper

    return patient, given_up


@wrong("4.6-patient", says="three tries were asked for, but 4 were made")
def patient_tries_four_times():
    def patient(task):
        async def wrapper():
            for _ in range(4):
                try:
                    if inspect.iscoroutinefunction(task):
                        return await task()
                    return await run_in_threadpool(task)
                except Exception:
                    await asyncio.sleep(0)
            given_up.append(task.__name__)

        return wrapper

    return patient, given_up


@wrong("4.6-patient", says="does not hold its name")
def patient_notes_nothing():
    def patient(task):
        async def wrapper():
            for _ in range(3):
                try:
                    if inspect.iscoroutinefunction(task):
                        return await task()
                    return await run_in_threadpool(task)
                except Exception:
                    await asyncio.sleep(0)

        return wrapper

    return patient, given_up


@wrong("4.6-patient", says="It gave nothing to call")
def patient_calls_at_once():
    def patient(task):
        for _ in range(3):
            try:
                return task()
            except Exception:
                given_up.append(task.__name__)

    return patient, given_up


@wrong("4.6-patient", says="held the event loop")
def patient_sleeps_on_the_loop():
    def patient(task):
        async def wrapper():
            for _ in range(3):
                try:
                    if inspect.iscoroutinefunction(task):
                        return await task()
                    return await run_in_threadpool(task)
                except Exception:
                    time.sleep(0.05)
            given_up.append(task.__name__)

        return wrapper

    return patient, given_up


@wrong("4.6-patient", says="only some errors are tried again")
def patient_with_one_class():
    def patient(task):
        async def wrapper():
            for _ in range(3):
                try:
                    if inspect.iscoroutinefunction(task):
                        return await task()
                    return await run_in_threadpool(task)
                except ConnectionError:
                    await asyncio.sleep(0.01)
            given_up.append(task.__name__)

        return wrapper

    return patient, given_up


@wrong("4.6-patient", says="should stay cancelled")
def patient_swallows_a_cancellation():
    def patient(task):
        async def wrapper():
            for _ in range(3):
                try:
                    if inspect.iscoroutinefunction(task):
                        return await task()
                    return await run_in_threadpool(task)
                except BaseException:
                    await asyncio.sleep(0.01)
            given_up.append(task.__name__)

        return wrapper

    return patient, given_up


@wrong("4.6-patient", says="before it had called its task, with NameError: name 'tsak' is not defined")
def patient_with_a_typo():
    def patient(task):
        async def wrapper():
            for _ in range(3):
                if inspect.iscoroutinefunction(tsak):  # noqa: F821
                    return await task()

        return wrapper

    return patient, given_up


@wrong("4.6-patient", says="was never called")
def patient_for_async_tasks_only():
    def patient(task):
        async def wrapper():
            for _ in range(3):
                if not inspect.iscoroutinefunction(task):
                    return
                try:
                    return await task()
                except Exception:
                    await asyncio.sleep(0)
            given_up.append(task.__name__)

        return wrapper

    return patient, given_up


@right("4.6-patient")
def patient_with_two_wrappers():
    def patient(task):
        async def call():
            await (task() if inspect.iscoroutinefunction(task) else asyncio.to_thread(task))

        async def wrapper():
            tries_left = 3
            while tries_left:
                try:
                    await call()
                    break
                except Exception:
                    tries_left -= 1
            else:
                given_up.append(task.__name__)

        return wrapper

    return patient, given_up


@right("4.6-patient")
def patient_as_a_class():
    class Patient:
        def __init__(self, task):
            self.task = task

        async def __call__(self):
            for pause in (0.01, 0.02, 0):
                try:
                    outcome = self.task() if inspect.iscoroutinefunction(self.task) else asyncio.to_thread(self.task)
                    return await outcome
                except Exception:
                    await asyncio.sleep(pause)
            given_up.append(self.task.__name__)

    return Patient, given_up


@right("4.6-patient")
def patient_by_calling_itself():
    def patient(task, tries=3):
        async def wrapper():
            if not tries:
                return given_up.append(task.__name__)
            try:
                await (task() if inspect.iscoroutinefunction(task) else run_in_threadpool(task))
            except Exception:
                await patient(task, tries - 1)()

        return wrapper

    return patient, given_up


@wrong("4.6-patient", says="anew for each run")
def patient_once_for_all():
    def patient(task):
        tries = 0

        async def wrapper():
            nonlocal tries
            while tries < 3:
                try:
                    if inspect.iscoroutinefunction(task):
                        await task()
                    else:
                        await run_in_threadpool(task)
                    return
                except Exception:
                    tries += 1
                    await asyncio.sleep(0.05)
            given_up.append(task.__name__)

        return wrapper

    return patient, given_up


@right("4.6-patient")
def patient_for_a_second():
    def patient(task):
        async def wrapper():
            for attempt in range(3):
                if attempt:
                    await asyncio.sleep(1)
                try:
                    if inspect.iscoroutinefunction(task):
                        await task()
                    else:
                        await run_in_threadpool(task)
                    return
                except Exception:
                    pass
            given_up.append(task.__name__)

        return wrapper

    return patient, given_up
