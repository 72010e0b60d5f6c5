"""Slips that are told in the same words as another one, and so have no place among a file's wrong answers."""

import pytest
from fastapi import BackgroundTasks

from helpers.chapters.ch02.exercises.label import EXERCISE as LABEL
from helpers.chapters.ch02.exercises.label import print_label, printed, shelf
from helpers.chapters.ch03.exercises.change import EXERCISE as CHANGE
from helpers.chapters.ch03.exercises.change import Address, tell_carrier, told
from helpers.learning.exercises import NOT_YET, judge
from tests.chapters.ch02.answers.label import label_app
from tests.chapters.ch03.answers.change import change_app


def of_the_shelf(parcel_id: int, background_tasks: BackgroundTasks) -> None:
    background_tasks.add_task(print_label, shelf[parcel_id])


def of_a_copy_in_a_lambda(parcel_id: int, background_tasks: BackgroundTasks) -> None:
    background_tasks.add_task(lambda: print_label(shelf[parcel_id].model_copy(deep=True)))


@pytest.mark.parametrize("order_label", [of_the_shelf, of_a_copy_in_a_lambda])
def test_a_label_of_what_the_parcel_became(order_label):
    assert label_app(order_label)[1] is printed
    verdict = judge(LABEL, label_app(order_label))
    assert verdict.state == NOT_YET and "looks there too late" in verdict.message


def test_a_change_behind_the_call_in_the_task():
    app, addresses = change_app()

    @app.put("/parcels/{number}/address")
    def change_address(number: int, new: Address, background_tasks: BackgroundTasks) -> Address:
        def tell_and_change():
            tell_carrier(number)
            addresses[number] = new.address

        background_tasks.add_task(tell_and_change)
        return new

    verdict = judge(CHANGE, (app, told))
    assert verdict.state == NOT_YET and "the change belongs before the answer" in verdict.message
