"""What learners pass to 6.1-clock."""

from datetime import UTC, date, datetime, timedelta
from unittest.mock import Mock

from tests.chapters.answers import right, stub, wrong


def tries(*moments):
    def test_due_on(due_on):
        for moment in moments:
            found = due_on(lambda moment=moment: moment)
            assert found == (moment + timedelta(days=3)).date()

    return test_due_on


MORNING = datetime(2025, 11, 10, 8, tzinfo=UTC)


@stub("6.1-clock")
def clock_shipped():
    def test_due_on(due_on) -> None: ...

    return test_due_on


@wrong("6.1-clock", says="never asks `clock`")
def clock_of_the_machine():
    def test_due_on(due_on):
        now = datetime.now(UTC)
        assert due_on(lambda: now) == (now + timedelta(days=3)).date()

    return test_due_on


@wrong("6.1-clock", says="adds two days")
def clock_some_later_day():
    def test_due_on(due_on):
        assert MORNING.date() < due_on(lambda: MORNING) < date(2025, 11, 20)

    return test_due_on


@wrong("6.1-clock", says="and not the date alone")
def clock_by_day():
    def test_due_on(due_on):
        found = due_on(lambda: MORNING)
        assert (found.year, found.month, found.day) == (2025, 11, 13)

    return test_due_on


@wrong("6.1-clock", says="rounds up in the afternoon")
def clock_in_the_morning():
    return tries(MORNING)


@wrong("6.1-clock", says="never leaves the month")
def clock_in_the_middle():
    return tries(MORNING, MORNING.replace(hour=23))


@wrong("6.1-clock", says="the year changes, too")
def clock_at_a_months_end():
    return tries(MORNING.replace(hour=23), datetime(2026, 11, 29, tzinfo=UTC))


@wrong("6.1-clock", says="red for the right `due_on`")
def clock_expects_the_moment():
    def test_due_on(due_on):
        assert due_on(lambda: MORNING) == MORNING + timedelta(days=3)

    return test_due_on


@right("6.1-clock")
def clock_one_hard_moment():
    def test_due_on(due_on):
        assert due_on(lambda: datetime(2027, 12, 30, 22, tzinfo=UTC)) == date(2028, 1, 2)

    return test_due_on


@right("6.1-clock")
def clock_by_a_mock():
    def test_due_on(due_on):
        clock = Mock(return_value=datetime(2026, 12, 31, 23, 30, tzinfo=UTC))
        assert due_on(clock).isoformat() == "2027-01-03"
        assert clock.called

    return test_due_on


@right("6.1-clock")
def clock_every_day():
    async def test_due_on(due_on):
        for day in range(400):
            moment = datetime(2026, 1, 1, 20, tzinfo=UTC) + timedelta(days=day)
            assert due_on(lambda moment=moment: moment) == moment.date() + timedelta(days=3)

    return test_due_on
