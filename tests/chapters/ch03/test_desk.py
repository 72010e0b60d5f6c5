"""The parcel desk's steps stand for themselves, and together they are a whole API."""

import pytest
from fastapi import APIRouter

from helpers.chapters.ch03.exercises import correction, desk, intake, listing, picture
from helpers.learning.exercises import NOT_STARTED, SOLVED, judge
from helpers.live.server import running

STEPS = {"list": listing.EXERCISE, "create": intake.EXERCISE, "change": correction.EXERCISE, "photo": picture.EXERCISE}


@pytest.fixture(autouse=True)
def no_steps():
    """As the notebook ships the desk: each step's router has path operations that do nothing yet."""
    before = dict(desk.desk)
    for word, exercise in STEPS.items():
        router = APIRouter()
        for route in exercise.routes:
            method, path = route.split()
            router.add_api_route(path, unwritten(), methods=[method])
        desk.desk[word] = router
    yield
    desk.desk.clear()
    desk.desk.update(before)


def unwritten():
    def to_be_written(): ...

    return to_be_written


@pytest.mark.parametrize("word", STEPS)
def test_a_step_is_solved_while_the_others_are_still_to_be_written(word):
    shipped = judge(STEPS[word], (desk.desk_app(), desk.stock))
    assert shipped.state == NOT_STARTED and "`to_be_written`" in shipped.message
    assert judge(STEPS[word], STEPS[word].solution()).state == SOLVED


def test_all_steps_together_are_one_api():
    for exercise in STEPS.values():
        app, stock = exercise.solution()
    for exercise in STEPS.values():
        assert judge(exercise, (app, stock)).state == SOLVED
    with desk.holding(stock), running(app) as server:
        made = server.client.post("/parcels", json={"to": "Ada", "weight_kg": 3})
        address = made.headers["Location"]
        assert server.client.get(address).json() == made.json()
        assert server.client.patch(address, json={"state": "travelling"}).json()["state"] == "travelling"
        assert made.json()["id"] in [p["id"] for p in server.client.get("/parcels?state=travelling").json()["items"]]
        assert server.client.delete(address).status_code == 204
        assert server.client.get(address).status_code == 404
    assert sorted(stock) == [1, 2], "a check leaves the stock as it found it"
