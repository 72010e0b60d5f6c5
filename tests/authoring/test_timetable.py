"""The timetables: no day is longer than it may be, the minutes add up, and nothing disappears."""

import re

import pytest

from helpers.authoring import timetable
from helpers.authoring.refresh import NOTEBOOKS, read
from helpers.authoring.timetable import HALF, HOURS, ORDER, Lesson, arrange, chosen, table
from helpers.course import CHAPTERS
from helpers.errors import CourseError

SECTIONS = {section for chapter in CHAPTERS for section in chapter.sections}


@pytest.fixture(scope="module")
def known() -> list[Lesson]:
    return timetable.lessons({chapter.file: read(NOTEBOOKS / chapter.file) for chapter in CHAPTERS})


def test_the_order_names_every_section_and_opening_once():
    assert len(ORDER) == len(set(ORDER))
    assert set(ORDER) == SECTIONS | {f"{chapter.number}.0" for chapter in CHAPTERS}


@pytest.mark.parametrize("days", timetable.DAYS)
def test_no_half_day_is_too_long_and_nothing_is_lost(known, days):
    halves = chosen(known, days)
    assert len(halves) <= 2 * days
    assert all(sum(lesson.minutes for lesson in half) <= HALF == HOURS * 30 for half in halves)
    taught = [lesson for half in halves for lesson in half]
    assert taught == [lesson for lesson in known if lesson in taught], "they stand in the order of the course"
    shown = table(known, days)
    left = dict(re.findall(r"(\d+\.(?:\d+|x)) \((\d+)\)", shown.rpartition("Left out")[2]))
    assert {lesson.label for lesson in taught} | set(left) == {lesson.label for lesson in known}
    assert shown.count("**Day ") == (len(halves) + 1) // 2
    rows = [row.split("|") for row in shown.splitlines() if re.match(r"\| \d", row)]
    assert sum(int(row[3]) for row in rows) + sum(map(int, left.values())) == sum(one.minutes for one in known)
    assert sum(int(row[4].strip() or 0) for row in rows) == sum(one.exercises for one in taught)


def test_background_tasks_fit_into_one_day_and_nearly_everything_into_five(known):
    day = {lesson.label for half in chosen(known, 1) for lesson in half}
    assert {"1.0", "2.0", "2.1", "2.3", "4.0", "4.3"} <= day
    week = {lesson.label for half in chosen(known, 5) for lesson in half}
    assert day < week and len(week & SECTIONS) >= 44


def test_more_days_leave_less_out(known):
    minutes = [sum(lesson.minutes for half in chosen(known, days) for lesson in half) for days in (1, 2, 3, 4, 5, 6)]
    assert minutes == sorted(set(minutes))


def test_a_pause_comes_once_in_a_half_day():
    half = [Lesson(f"1.{number}", "A", 40, 0) for number in range(1, 5)]
    assert [f"{start // 60}:{start % 60:02}" for start in timetable._starts(half, 540)] == [
        "9:00", "9:40", "10:35", "11:15",
    ]  # fmt: skip


def test_what_is_longer_than_half_a_day_does_not_fit():
    assert arrange([Lesson("1.1", "A", HALF, 0), Lesson("1.2", "B", 1, 0)], 1) is not None
    assert arrange([Lesson("1.1", "A", HALF + 1, 0)], 1) is None
    assert arrange([Lesson(f"1.{number}", "A", HALF, 0) for number in (1, 2, 3)], 1) is None


def test_a_title_may_be_a_link(known):
    assert "[4.3 Background Tasks](#cell-tasks-index)" in table(known, 1, link="[{title}](#cell-{cell})")


def test_the_command_prints_a_table_or_says_why_not(capsys):
    assert timetable.main(["3"]) == 0
    assert capsys.readouterr().out.startswith("# The course in 3 days\n\n")
    assert timetable.main(["0"]) == 1
    assert capsys.readouterr().err == "A timetable is for 1 to 10 days; 0 came.\n"
    with pytest.raises(CourseError):
        table([], 11)
