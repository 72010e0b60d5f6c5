"""What two kernels have recorded of one exam, as one of them writes it: whoever entered something since counts."""

import pytest

from helpers.exam.state import State, merged


def state(token: str = "a", **more: object) -> State:
    """An exam of four questions; exams with other tokens are others."""
    rules = {"seed": "7", "minutes": 30, "chapters": [4], "count": 4, "weights": {4: 1.0}, "ids": list("wxyz")}
    return State.model_validate({**rules, "token": token, **more})


MINE = state(answers={1: "a", 2: "b"}, flagged=[1, 3], begun=20.0, late=[2])
THEIRS = state(answers={1: "c", 3: "d"}, flagged=[1, 2], begun=10.0, late=[3])


def test_without_another_exam_mine_stays():
    assert merged(MINE, None) is MINE and merged(MINE, state("b", answers={4: "e"})) is MINE


@pytest.mark.parametrize("kept", [None, state("b", answers={1: "a"}, flagged=[1])])
def test_where_nothing_was_read_before_all_of_mine_is_new(kept):
    both = merged(MINE, THEIRS, kept)
    assert both.answers == {1: "a", 2: "b", 3: "d"} and both.flagged == [1, 2, 3]
    assert both.begun == 10.0 and both.late == [2, 3]


def test_what_was_read_before_is_as_old_as_it_was():
    both = merged(MINE, THEIRS, state(answers={1: "a"}, flagged=[1, 2]))
    assert both.answers == {1: "c", 2: "b", 3: "d"}, "they have answered 1 since"
    assert both.flagged == [1, 3], "3 was flagged here since, and 2 was not any more"


def test_a_late_answer_is_late_where_it_was_given():
    mine, theirs = state(answers={1: "a"}, late=[1]), state(answers={1: "b"})
    assert merged(mine, theirs, state()).late == [1] and merged(mine, theirs, mine).late == []
    assert merged(theirs, mine, state()).late == [] and merged(theirs, mine, theirs).late == [1]


def test_a_clock_that_runs_anywhere_runs_and_what_is_handed_in_stays_so():
    assert merged(state(), THEIRS).begun == 10.0 and merged(MINE, state()).begun == 20.0
    assert merged(state(), state()).begun is None and not merged(state(), state()).handed_in
    done = state(handed_in=True)
    assert merged(state(), done).handed_in and merged(done, state()).handed_in
