"""The change that a curious reader tries first ends in one error, which says what it did."""

import pytest
from nbformat.v4 import new_code_cell

from tests.notebooks.kernels import code_of, run
from tests.notebooks.needs import needed, selected

DROPPED = """\
    try:
        send_letter(letter)
    except Exception as error:  # whatever it is, the client has to learn of it
        job.status, job.problem = "failed", type(error).__name__
    else:
        job.status = "done"\
"""
PLAIN = '    send_letter(letter)\n    job.status = "done"'
KEPT = "if parcels.pop(number, None) is None:"
# The chapter, the cell that is changed, how, the cell that then fails, and words of its error.
EXPERIMENTS = [
    (3, "post-jobs", DROPPED, PLAIN, "post-followed", "after 5 s the job is still running: who sets its status"),
    (
        3,
        "delete-app",
        KEPT,
        "if number not in parcels:",
        "delete-stale",
        "after DELETE /parcels/7 the parcel can still be read",
    ),
    (5, "db-hook-app", "session.get_one", "session.get_won", "pool-runs-dry", "[500, 500, 500] came"),
    (5, "db-hook-model", "pool_size=2", "pool_size=3", "pool-runs-dry", "[200, 200, 200] came"),
    (5, "db-hook-model", "pool_size=2", "pool_size=3", "db-hook-why", "found none of 3 connections"),
    (5, "db-hook-app", "at_printer.add", "print", "mends-timed", "[(2, 0, 503)"),
]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "changed", "old", "new", "failing", "words"),
    [pytest.param(*case, id=f"{case[1]} {case[4]}") for case in EXPERIMENTS],
)
def test_the_error_of_an_obvious_experiment_names_its_cause(number, changed, old, new, failing, words):
    cells = code_of(number)
    sources, ids = [cell.source for cell in cells], [cell.id for cell in cells]
    place = ids.index(changed)
    assert old in sources[place], f"{changed} was written anew: this experiment has to follow"
    whole = {0: True, **needed(sources, ids.index(failing))}
    cells[place] = new_code_cell(sources[place].replace(old, new), id=changed)
    chosen = selected(cells, whole)
    last = run(chosen)[-1]
    said = [f"{out.ename}: {out.evalue}" for out in last.outputs if out.output_type == "error"]
    assert len(said) == 1 and words in said[0], said
