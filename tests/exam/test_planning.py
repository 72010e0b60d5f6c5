"""The plan's arithmetic: each section's part of the exam, what is known and how sure, and what there is to gain."""

from collections import Counter

import pytest

from helpers.course import CHAPTERS
from helpers.exam import planning
from helpers.exam.planning import Row
from helpers.learning import catalogue


def test_the_parts_of_the_exam_are_a_hundred_percent_by_chapter_and_section():
    first, second = CHAPTERS[0], CHAPTERS[1]
    one, *others = first.sections
    parts = planning._parts({first.number: 3.0, second.number: 1.0}, {one: 2.0})
    assert sum(parts.values()) == pytest.approx(100) and set(parts) == {s for c in CHAPTERS for s in c.sections}
    share = 75 / (len(others) + 2)
    assert parts[one] == pytest.approx(2 * share) and all(parts[other] == pytest.approx(share) for other in others)
    assert all(parts[section] == 0 for section in CHAPTERS[2].sections)


def test_weights_that_leave_nothing_leave_no_part():
    assert set(planning._parts({}, {}).values()) == {0.0}
    first = CHAPTERS[0]
    assert not any(planning._parts({first.number: 1.0}, dict.fromkeys(first.sections, 0.0)).values())


def test_what_is_done_is_counted_by_section():
    work = [one.id for chapter in CHAPTERS for one in catalogue.exercises(chapter.number)]
    work += [one.id for chapter in CHAPTERS for one in catalogue.predictions(chapter.number)]
    first = catalogue.exercises(1)[0]
    found = planning.done({first.id: "solved", "1.1-gone": "solved"})
    own = first.id.partition("-")[0]
    assert {section: of for section, (_, of) in found.items()} == Counter(id.partition("-")[0] for id in work)
    assert {section: made for section, (made, _) in found.items() if made} == {own: 1}


@pytest.mark.parametrize(
    ("right", "wrong", "mean", "deviation"),
    [(0, 0, 1 / 2, (1 / 12) ** 0.5), (1, 0, 2 / 3, (1 / 18) ** 0.5), (0, 3, 1 / 5, (4 / 150) ** 0.5)],
)
def test_what_is_known_is_a_beta_distribution_that_began_with_no_idea(right, wrong, mean, deviation):
    assert planning._belief(right, wrong) == pytest.approx((mean, deviation))


def test_the_gain_is_the_weight_of_what_may_be_missing_and_never_more_than_all():
    def gain(known: float, doubt: float) -> float:
        return Row("1.1", 8.0, known, doubt, 0, 0, 0, 0).gain

    assert gain(0.75, 0.125) == 3.0 and gain(0.0, 0.5) == 8.0


def test_its_table_to_the_letter():
    rows = [Row("1.1", 8.25, 0.5, 0.25, 1, 7, 3, 2), Row("4.3", 1.0, 1.0, 0.0, 0, 0, 0, 0)]
    assert planning.table(rows, {"1.1": "[1.1](link)"}).splitlines()[2:] == [
        "| 1 | [1.1](link) | 8.2 % | 50 % ± 25 | 1 of 7 | 3 | 2 |",
        f"| 2 | 4.3 {planning.SECTIONS['4.3']} | 1.0 % | 100 % ± 0 | 0 of 0 | 0 | 0 |",
    ]


def test_a_rule_of_background_tasks_belongs_to_its_section():
    assert [planning._section(id) for id in ("rule-slot-1", "4.3-order", "10.2-a-b")] == ["4.3", "4.3", "10.2"]
