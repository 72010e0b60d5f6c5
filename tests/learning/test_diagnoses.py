"""The two slips that everybody makes are told in the same words, whatever an exercise's own check says."""

import pytest
from fastapi import FastAPI

from helpers.learning.exercises import NOT_YET, SOLVED, Exercise, judge
from helpers.live.recording import record
from helpers.live.server import running
from tests.learning.slips import (
    adds_a_task_that_blocks,
    app_with,
    blocks,
    blocks_a_thread,
    computes,
    forgets,
    forgets_too,
    holds_and_forgets,
    wrong,
)


def check_parcels(app: FastAPI) -> str:
    """Accepts every 200, and says little of anything else."""
    with running(app) as server:
        with record():
            answer = server.client.get("/parcels")
    if answer.status_code != 200:  # no plain assert, which pytest rewrites in this file
        raise AssertionError(f"200 was asked for, and {answer.status_code} came.")
    return "The parcels came."


def solution() -> FastAPI:
    app = FastAPI()

    @app.get("/parcels")
    def list_parcels() -> dict[str, int]:
        return {"parcels": 1}

    return app


EXERCISE = Exercise("1.1-parcels", "parcels", "Answer.", check_parcels, ("Look.",), solution, routes=("GET /parcels",))


@pytest.mark.parametrize("endpoint", [forgets, forgets_too])
def test_a_forgotten_return_is_named(endpoint):
    verdict = judge(EXERCISE, (app_with(endpoint),))
    assert verdict.state == NOT_YET
    assert f"your function `{endpoint.__name__}` returned `None`" in verdict.message


def test_another_misfit_is_no_forgotten_return():
    assert judge(EXERCISE, (app_with(wrong),)).message == "200 was asked for, and 500 came."


@pytest.mark.parametrize(
    ("endpoint", "where"),
    [(blocks, "blocks"), (computes, "computes"), (adds_a_task_that_blocks, "print_labels")],
)
def test_who_holds_the_event_loop_is_named_though_the_answer_is_right(endpoint, where):
    verdict = judge(EXERCISE, (app_with(endpoint),))
    assert verdict.state == NOT_YET
    assert "your code held the event loop for " in verdict.message and f"in `{where}`" in verdict.message


def test_a_thread_may_be_held():
    assert judge(EXERCISE, (app_with(blocks_a_thread),)).state == SOLVED


def test_an_exercise_may_be_about_holding_it():
    allowed = Exercise("1.1-x", "x", "Hold.", check_parcels, ("Look.",), solution, may_hold=True)
    assert judge(allowed, (app_with(blocks),)).state == SOLVED


def test_both_are_told():
    told = judge(EXERCISE, (app_with(holds_and_forgets),)).message
    assert "returned `None`" in told and "Your code held the event loop" in told
