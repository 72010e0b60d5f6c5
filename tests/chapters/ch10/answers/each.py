"""What learners pass to 10.3-each."""

import asyncio
import contextlib
import inspect

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool

from helpers.chapters.ch10.exercises.each import failed
from tests.chapters.answers import right, stub, wrong


@stub("10.3-each")
def each_shipped():
    def each(*tasks): ...

    return each, failed


@wrong("10.3-each", says="the task behind the failing one never ran")
def each_one_try():
    def each(*tasks):
        async def run_all():
            try:
                for task in tasks:
                    if asyncio.iscoroutinefunction(task):
                        await task()
                    else:
                        await run_in_threadpool(task)
            except Exception:
                failed.append("tell")

        return run_all

    return each, failed


@wrong("10.3-each", says="has to be awaited")
def each_never_awaited():
    def each(*tasks):
        def run_all():
            for task in tasks:
                try:
                    made = task()
                    if made is not None:
                        made.close()
                except Exception:
                    failed.append(task.__name__)

        return run_all

    return each, failed


@wrong("10.3-each", says="held it")
def each_blocking():
    def each(*tasks):
        async def run_all():
            for task in tasks:
                try:
                    made = task()
                    if made is not None:
                        await made
                except Exception:
                    failed.append(task.__name__)

        return run_all

    return each, failed


@wrong("10.3-each", says="a failure came out of the task")
def each_raises():
    def each(*tasks):
        async def run_all():
            for task in tasks:
                if asyncio.iscoroutinefunction(task):
                    await task()
                else:
                    await run_in_threadpool(task)

        return run_all

    return each, failed


@wrong("10.3-each", says="`failed` should hold the names")
def each_without_names():
    def each(*tasks):
        async def run_all():
            for task in tasks:
                try:
                    if asyncio.iscoroutinefunction(task):
                        await task()
                    else:
                        await asyncio.to_thread(task)
                except Exception as error:
                    failed.append(type(error).__name__)

        return run_all

    return each, failed


@right("10.3-each")
def each_as_tasks():
    def each(*tasks):
        async def run_all():
            for task in tasks:
                try:
                    await BackgroundTask(task)()
                except Exception:
                    failed.append(task.__name__)

        return run_all

    return each, failed


@wrong("10.3-each", says="holds ['tell', 'tell']")
def each_notes_a_constant():
    def each(*tasks):
        async def run_all():
            for task in tasks:
                try:
                    await BackgroundTask(task)()
                except Exception:
                    failed.append("tell")

        return run_all

    return each, failed


@wrong("10.3-each", says="in their order, but")
def each_defs_first():
    def each(*tasks):
        async def run_all():
            for task in sorted(tasks, key=inspect.iscoroutinefunction):
                try:
                    await BackgroundTask(task)()
                except Exception:
                    failed.append(task.__name__)

        return run_all

    return each, failed


@wrong("10.3-each", says="a failure came out of the task, which closes the client's connection: ValueError")
def each_expects_connections_to_fail():
    def each(*tasks):
        async def run_all():
            for task in tasks:
                try:
                    await BackgroundTask(task)()
                except ConnectionError:
                    failed.append(task.__name__)

        return run_all

    return each, failed


@right("10.3-each")
def each_in_a_thread_of_its_own():
    def each(*tasks):
        def run_all():
            for task in tasks:
                try:
                    made = task()
                    if inspect.iscoroutine(made):
                        asyncio.run(made)
                except Exception:
                    failed.append(task.__name__)

        return run_all

    return each, failed


@right("10.3-each")
def each_as_an_object():
    class Each:
        def __init__(self, tasks):
            self.tasks = tasks

        async def __call__(self):
            for task in self.tasks:
                with contextlib.suppress(Exception):
                    failed.append(task.__name__)
                    await (task() if inspect.iscoroutinefunction(task) else asyncio.to_thread(task))
                    failed.pop()

    return lambda *tasks: Each(tasks), failed
