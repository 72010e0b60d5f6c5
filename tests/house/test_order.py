"""Who runs what first when the tests run side by side: `conftest.py` of the whole course."""

from types import SimpleNamespace

import pytest

NOTEBOOKS = [f"notebooks/{number}.ipynb::Cell 0" for number in range(2)]
PROOFS = [f"tests/a.py::test_is_proved_in_both_directions[1.{number}-x]" for number in range(3)]
FILES = [f"tests/{name}.py::test_{number}" for name in "ab" for number in range(6)]


class Worker:
    """Takes down which tests it is sent."""

    shutting_down = False

    def __init__(self):
        self.gateway, self.sent = SimpleNamespace(id="gw"), []

    def send_runtest_some(self, indices: list[int]) -> None:
        self.sent += indices

    def shutdown(self) -> None:
        self.shutting_down = True


def begin(scheduler, nodes: list[Worker], collected: list[str]) -> None:
    """Let all workers come, and say what they have collected."""
    for node in nodes:
        scheduler.add_node(node)
    for node in nodes:
        scheduler.add_node_collection(node, collected)
    scheduler.schedule()


def complete_all(scheduler, nodes: list[Worker]) -> None:
    """Let each worker complete a test in turn, until none has one left."""
    done = dict.fromkeys(nodes, 0)
    while busy := [node for node in nodes if done[node] < len(node.sent)]:
        for node in busy:
            scheduler.mark_test_complete(node, node.sent[done[node]])
            done[node] += 1


@pytest.mark.parametrize("workers", [1, 3])
def test_notebooks_begin_and_one_worker_of_three_proves(pytestconfig, workers):
    pytest.importorskip("xdist")
    (course,) = [one for one in pytestconfig.pluginmanager.get_plugins() if hasattr(one, "PROOF")]
    options = SimpleNamespace(loadscopereorder=True)
    config = SimpleNamespace(
        getoption=lambda name: "loadfile", getvalue=lambda name: ["popen"] * workers, option=options
    )
    scheduler = course.pytest_xdist_make_scheduler(config, None)
    nodes, collected = [Worker() for _ in range(workers)], [*FILES, *PROOFS, *NOTEBOOKS]
    begin(scheduler, nodes, collected)
    begun = [collected[node.sent[0]] for node in nodes]
    assert begun == [*NOTEBOOKS, PROOFS[0]][:workers]
    complete_all(scheduler, nodes)
    run = [collected[index] for node in nodes for index in node.sent]
    assert sorted(run) == sorted(collected), "each runs, and once"
    files = [node for node in nodes for index in node.sent if collected[index] == FILES[0]]
    assert [index in files[0].sent for index in range(6)] == [True] * 6, "a file stays with one worker"
