"""What learners pass to 2.2-label."""

import copy
import threading
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import BackgroundTasks, Depends, FastAPI, Response
from starlette.background import BackgroundTask

from helpers.chapters.ch02.exercises.label import Parcel, print_label, printed, shelf
from tests.chapters.answers import right, stub, wrong


def correct(parcel_id: int, name: str, weight_kg: float) -> None:
    """As in the notebook."""
    shelf[parcel_id].to.name = name
    shelf[parcel_id].weight_kg = weight_kg


def label_app(order_label: Callable[..., Any]) -> tuple[FastAPI, list[str]]:
    """The notebook's app with this path operation, and its list of labels."""
    app = FastAPI()
    app.put("/parcels/{parcel_id}")(correct)
    app.post("/parcels/{parcel_id}/label", status_code=202)(order_label)
    return app, printed


@stub("2.2-label")
def label_shipped():
    def order_label(parcel_id: int, background_tasks: BackgroundTasks) -> None: ...

    return label_app(order_label)


@wrong("2.2-label", says="looks there too late")
def label_of_a_copy_that_the_task_makes():
    def copy_and_print(parcel_id: int) -> None:
        print_label(shelf[parcel_id].model_copy(deep=True))

    def order_label(parcel_id: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(copy_and_print, parcel_id)

    return label_app(order_label)


@wrong("2.2-label", says="shares the address inside it")
def label_of_a_shallow_copy():
    def order_label(parcel_id: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(print_label, shelf[parcel_id].model_copy())

    return label_app(order_label)


@wrong("2.2-label", says="'int' object has no attribute 'to'")
def label_of_an_id():
    def order_label(parcel_id: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(print_label, parcel_id)

    return label_app(order_label)


@wrong("2.2-label", says="'dict' object has no attribute 'to'")
def label_of_a_dump():
    def order_label(parcel_id: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(print_label, shelf[parcel_id].model_dump())

    return label_app(order_label)


@wrong("2.2-label", says="the client waited for the printer")
def label_inline():
    def order_label(parcel_id: int, background_tasks: BackgroundTasks) -> None:
        print_label(shelf[parcel_id])

    return label_app(order_label)


@wrong("2.2-label", says="calls the function at once")
def label_called():
    def order_label(parcel_id: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(print_label(shelf[parcel_id].model_copy(deep=True)))

    return label_app(order_label)


@wrong("2.2-label", says="no label was printed. Tasks run only when")
def label_own_list():
    def order_label(parcel_id: int) -> None:
        BackgroundTasks().add_task(print_label, shelf[parcel_id].model_copy(deep=True))

    return label_app(order_label)


@right("2.2-label")
def label_of_a_deep_copy():
    async def order_label(parcel_id: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(print_label, copy.deepcopy(shelf[parcel_id]))

    return label_app(order_label)


@right("2.2-label")
def label_of_a_new_parcel():
    def order_label(parcel_id: int, background_tasks: BackgroundTasks) -> None:
        parcel = Parcel.model_validate(shelf[parcel_id].model_dump())
        background_tasks.add_task(print_label, parcel=parcel)

    return label_app(order_label)


@wrong("2.2-label", says="did not run as a task")
def label_of_what_is_printed():
    def order_label(parcel_id: int, background_tasks: BackgroundTasks) -> None:
        parcel = shelf[parcel_id]
        text = f"{parcel.to.name}, {parcel.weight_kg:g} kg"
        background_tasks.add_task(printed.append, text)

    return label_app(order_label)


@wrong("2.2-label", says="by a thread or a task of your own")
def label_in_a_thread():
    def order_label(parcel_id: int) -> None:
        threading.Thread(target=print_label, args=(shelf[parcel_id].model_copy(deep=True),)).start()

    return label_app(order_label)


@wrong("2.2-label", says="`Lin, 4.5 kg` should stand on the label, but `Ada, 2 kg` does")
def label_always_the_same():
    def order_label(parcel_id: int, background_tasks: BackgroundTasks) -> None:
        ada = Parcel.model_validate({"id": 7, "to": {"name": "Ada", "city": "Bern"}, "weight_kg": 2})
        background_tasks.add_task(print_label, ada)

    return label_app(order_label)


@wrong("2.2-label", says="held the event loop")
def label_by_a_task_that_blocks():
    async def print_it(parcel: Parcel) -> None:
        print_label(parcel)

    def order_label(parcel_id: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(print_it, shelf[parcel_id].model_copy(deep=True))

    return label_app(order_label)


@right("2.2-label")
def label_on_the_response():
    def order_label(parcel_id: int) -> Response:
        parcel = shelf[parcel_id].model_copy(deep=True)
        return Response(status_code=202, background=BackgroundTask(print_label, parcel))

    return label_app(order_label)


@right("2.2-label")
def label_of_a_copy_by_a_dependency():
    def copied(parcel_id: int) -> Parcel:
        return shelf[parcel_id].model_copy(deep=True)

    def order_label(parcel: Annotated[Parcel, Depends(copied)], background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(print_label, parcel)

    return label_app(order_label)
