"""What learners pass to 8.1-later."""

from collections.abc import Callable
from functools import partial
from typing import Annotated

from fastapi import BackgroundTasks, Depends, Request

from tests.chapters.answers import right, stub, wrong


@stub("8.1-later")
def later_shipped():
    async def get_run_later() -> Callable: ...

    return get_run_later


@wrong("8.1-later", says="it was added behind the answer")
def later_behind_the_answer():
    def get_run_later(background_tasks: BackgroundTasks):
        return background_tasks.add_task

    return get_run_later


@wrong("8.1-later", says="the injected one, is run")
def later_in_a_list_of_its_own():
    def get_run_later(request: Request):
        queue = request.state.queue
        return queue.enqueue if queue else BackgroundTasks().add_task

    return get_run_later


@wrong("8.1-later", says="the client waits for it")
def later_at_once():
    def get_run_later(request: Request):
        queue = request.state.queue
        return queue.enqueue if queue else lambda function, *arguments: function(*arguments)

    return get_run_later


@wrong("8.1-later", says="AttributeError")
def later_from_the_app():
    def get_run_later(request: Request, background_tasks: BackgroundTasks):
        queue = request.app.state.queue
        return queue.enqueue if queue else background_tasks.add_task

    return get_run_later


@wrong("8.1-later", says="with a queue, 202 was asked for")
def later_the_queue_itself():
    def get_run_later(request: Request, background_tasks: BackgroundTasks):
        return request.state.queue or background_tasks.add_task

    return get_run_later


@wrong("8.1-later", says="a queue of its own")
def later_the_first_queue():
    kept = []

    def get_run_later(request: Request, background_tasks: BackgroundTasks):
        if request.state.queue and not kept:
            kept.append(request.state.queue)
        return kept[0].enqueue if kept else background_tasks.add_task

    return get_run_later


@wrong("8.1-later", says="once, but holds 2 jobs")
def later_twice():
    def get_run_later(request: Request, background_tasks: BackgroundTasks):
        def run_later(function, *arguments):
            for _ in range(2):
                request.state.queue.enqueue(function, *arguments)

        return run_later if request.state.queue else background_tasks.add_task

    return get_run_later


@right("8.1-later")
def later_by_two_branches():
    def get_run_later(request: Request, background_tasks: BackgroundTasks):
        if request.state.queue is None:
            return background_tasks.add_task
        return request.state.queue.enqueue

    return get_run_later


@right("8.1-later")
def later_as_a_class():
    class RunLater:
        def __init__(self, request: Request, background_tasks: BackgroundTasks):
            self.queue, self.tasks = request.state.queue, background_tasks

        def __call__(self, function, *arguments):
            hand_over = self.queue.enqueue if self.queue else self.tasks.add_task
            hand_over(function, *arguments)

    return RunLater


@right("8.1-later")
def later_below_another_dependency():
    async def get_queue(request: Request):
        return request.state.queue

    async def get_run_later(queue: Annotated[object, Depends(get_queue)], background_tasks: BackgroundTasks):
        return partial(queue.enqueue if queue else background_tasks.add_task)

    return get_run_later
