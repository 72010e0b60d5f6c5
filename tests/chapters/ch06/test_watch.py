"""Exercise 6.3-watch where a busy machine held the loop before the check did."""

import pytest

from helpers.chapters.ch06.exercises import watch


@pytest.mark.parametrize(("quiet", "says"), [([0.2], "A watch goes on"), ([], "Your own sleep must be short")])
def test_a_watch_that_has_found_something_and_nothing_more_has_stopped(quiet, says):
    with pytest.raises(AssertionError, match=f"the first hold, of 0.3 s, left no entry. {says}"):
        watch._judge(quiet, sum(quiet), {0.3: [], 0.6: []}, {0.3: 0.3, 0.6: 0.6})
