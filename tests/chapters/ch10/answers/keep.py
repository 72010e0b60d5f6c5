"""What learners pass to 10.3-keep."""

from fastapi import BackgroundTasks, Depends, FastAPI, Response
from fastapi.responses import JSONResponse
from starlette.background import BackgroundTask
from starlette.background import BackgroundTasks as Several

from helpers.chapters.ch10.exercises.keep import audit, print_label, ran
from tests.chapters.answers import right, stub, wrong


def keep_app(function):
    app = FastAPI(dependencies=[Depends(audit)])
    app.post("/parcels/{number}")(function)
    return app, ran


def keep_answer(number, **options):
    return JSONResponse({}, 202, headers={"X-Parcel": str(number)}, **options)


@stub("10.3-keep")
def keep_shipped():
    def hand_in(number: int, background_tasks: BackgroundTasks) -> Response: ...

    return keep_app(hand_in)


@wrong("10.3-keep", says="takes the place of the injected tasks")
def keep_replaced():
    def hand_in(number: int) -> Response:
        return keep_answer(number, background=BackgroundTask(print_label, number))

    return keep_app(hand_in)


@wrong("10.3-keep", says="the label was never printed")
def keep_own_list():
    def hand_in(number: int) -> Response:
        BackgroundTasks().add_task(print_label, number)
        return keep_answer(number)

    return keep_app(hand_in)


@wrong("10.3-keep", says="the label was printed before the answer")
def keep_called():
    def hand_in(number: int) -> Response:
        print_label(number)
        return keep_answer(number)

    return keep_app(hand_in)


@wrong("10.3-keep", says="202 was asked for, but 200 came")
def keep_with_200():
    def hand_in(number: int, background_tasks: BackgroundTasks) -> Response:
        background_tasks.add_task(print_label, number)
        return JSONResponse({}, headers={"X-Parcel": str(number)})

    return keep_app(hand_in)


@wrong("10.3-keep", says="with the header `X-Parcel: 7`")
def keep_without_header():
    def hand_in(number: int, background_tasks: BackgroundTasks) -> Response:
        background_tasks.add_task(print_label, number)
        return JSONResponse({}, 202)

    return keep_app(hand_in)


@right("10.3-keep")
def keep_passed_on():
    async def hand_in(number: int, background_tasks: BackgroundTasks) -> Response:
        background_tasks.add_task(print_label, number)
        return keep_answer(number, background=background_tasks)

    return keep_app(hand_in)


@wrong("10.3-keep", says="`X-Parcel: 12`, but the header is 7")
def keep_seven():
    def hand_in(number: int, background_tasks: BackgroundTasks) -> Response:
        background_tasks.add_task(print_label, number)
        return keep_answer(7)

    return keep_app(hand_in)


@wrong("10.3-keep", says="a task then failed: TypeError")
def keep_without_number():
    def hand_in(number: int, background_tasks: BackgroundTasks) -> Response:
        background_tasks.add_task(print_label)
        return keep_answer(number)

    return keep_app(hand_in)


@wrong("10.3-keep", says="the answer is no JSON")
def keep_plain():
    def hand_in(number: int, background_tasks: BackgroundTasks) -> Response:
        background_tasks.add_task(print_label, number)
        return Response("{}", 202, headers={"X-Parcel": str(number)})

    return keep_app(hand_in)


@right("10.3-keep")
def keep_both_in_a_list():
    def hand_in(number: int, background_tasks: BackgroundTasks) -> Response:
        both = Several([*background_tasks.tasks, BackgroundTask(print_label, number)])
        return keep_answer(number, background=both)

    return keep_app(hand_in)


@right("10.3-keep")
def keep_set_later():
    def hand_in(number: int, background_tasks: BackgroundTasks) -> JSONResponse:
        answer = keep_answer(number)
        background_tasks.add_task(print_label, number=number)
        answer.background = background_tasks
        return answer

    return keep_app(hand_in)
