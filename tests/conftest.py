"""What all tests need, however they are started."""

import signal
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
