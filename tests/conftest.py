"""What all tests need, however they are started."""

import signal
from collections import Counter
from collections.abc import Iterator

import pytest

from helpers.live import server

# A shell lets its background jobs ignore Ctrl+C, and whatever they start inherits that: the tests of interrupts would wait.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def nothing_served_afterwards() -> Iterator[None]:
    """What a test has served is served to no other: `serve` leaves it running, as the next cell expects."""
    before = server._current  # what a fixture of the whole file has served
    yield
    if server._current not in (None, before):
        server._current.stop(0.2)


PLANTED = "planted fault"  # what a test says of one: the package, the fault, and what each cell objected


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter):
    """The table of planted faults: said here, because a worker of a run in parallel prints to nobody."""
    reports = [one for kind in ("passed", "failed") for one in terminalreporter.stats.get(kind, [])]
    rows = sorted(value for report in reports for name, value in report.user_properties if name == PLANTED)
    if not rows:
        return
    terminalreporter.section("planted faults and the cells that caught them")
    width = max(len(fault) for _, fault, _ in rows)
    for _, fault, cells in rows:
        terminalreporter.write_line(f"{fault:{width}}  {cells}")
    by_package = Counter(package for package, _ in {(package, fault) for package, fault, _ in rows})
    counts = ", ".join(f"{package} {count}" for package, count in by_package.most_common())
    terminalreporter.write_line(f"{by_package.total()} faults by package: {counts}")
