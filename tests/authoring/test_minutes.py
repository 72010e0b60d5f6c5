"""A section's minutes: measured from its cells, written below its heading, read again; and the ways made of them."""

import re

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from helpers.authoring import minutes as minutes_module
from helpers.authoring.minutes import EXERCISE, LINES, WORDS, measure, total, write_minutes
from helpers.authoring.refresh import NOTEBOOKS, prepared, read
from helpers.authoring.stored import dumps
from helpers.authoring.ways import TAG, stops, ways, write_ways
from helpers.course import CHAPTERS, START, WAYS, Way
from helpers.errors import CourseError
from helpers.learning import catalogue
from helpers.learning.minutes import STATED, spoken, state, stated

FILE = CHAPTERS[3].file


def notebook(*cells):
    """A notebook of these cells: text for Markdown, a tuple of source and tags for code."""
    made = []
    for number, cell in enumerate(cells):
        if isinstance(cell, str):
            made.append(new_markdown_cell(cell, id=f"m{number}"))
        else:
            made.append(new_code_cell(cell[0], id=f"c{number}", metadata={"tags": list(cell[1:])}))
    return new_notebook(cells=made)


def words(count: int) -> str:
    return " ".join(["word"] * count)


def minutes(*cells) -> list[int]:
    return [section.minutes for section in measure(notebook(*cells))]


def test_words_lines_and_cells_take_time():
    assert minutes("# 4 Title\n\nLong", "## 4.1 One") == [1], "what stands above the first heading is not counted"
    assert minutes(f"## 4.1 One\n\n{words(WORDS * 3 - 3)}") == [3]
    assert minutes("## A", ("x = 1\n\n" * LINES,)) == [2], "a minute to read, a moment to run and look"
    assert minutes("## A", *[("x = 1",)] * 6) == [3]
    assert minutes("## A\n\n```python\n## none\n```\n\n### Deeper", "## B") == [1, 1]


def test_an_exercise_takes_what_its_text_states_once():
    stated = "**Exercise 4.1-caller** (2 of 3, 8 minutes). Do it."
    odd = "**Step 2, exercise 4.1-mail** (rules 1 and 3; difficulty 1, 5 minutes). Do it."
    found = measure(notebook("## A", stated, ("check('4.1-caller', app)",), ("check('4.1-caller', app)",), odd))
    assert found[0].exercises == [8]
    found = measure(notebook("## A", "## B", odd, ("check('4.1-mail', app)\ncheck('4.1-other', app)",)))
    assert [section.exercises for section in found] == [[], [5, EXERCISE]]
    group = (
        "### A group\n\n- **Exercise 4.1-caller** (chapter 2; 1 of 3, 8 minutes). Do it.\n"
        "- **Exercise 4.1-mail** (chapters 2 and 7; 2 of 3, 5 minutes). Do it, too."
    )
    found = measure(notebook("## A", group, ("check('4.1-caller', app)",), ("check('4.1-mail', app)",)))
    assert found[0].exercises == [8, 5], "one text states the minutes of a whole group"


def test_a_cell_may_say_that_it_takes_longer():
    assert minutes("## A", ("exam.start()", "minutes-60")) == [61]


def test_minutes_are_written_once_below_heading_and_title_and_add_up():
    page = notebook(
        "# 4 Title\n\nPromise.", f"Above\n\n## 4.1 One\n\n{words(500)}", "## 4.2 Two", ("check('4.2-x', app)",), "End."
    )
    before = total(measure(page))
    write_minutes(page, FILE)
    one, two = (section.minutes for section in measure(page))
    assert page.cells[0].source == f"# 4 Title\n\n*About {spoken(one + two)}, 1 exercise.*\n\nPromise."
    assert page.cells[1].source.startswith(f"Above\n\n## 4.1 One\n\n*About {one} minutes.*\n\nword")
    assert page.cells[2].source == f"## 4.2 Two\n\n*About {two} minutes, 1 exercise.*"
    assert total(measure(page)) == before, "its own words take no time"
    written = [cell.source for cell in page.cells]
    assert [cell.source for cell in write_minutes(page, FILE).cells] == written
    page.cells[2].source += f"\n\n{words(900)}"
    write_minutes(page, FILE)
    assert page.cells[2].source.count("*About") == 1 and "*About 16 minutes, 1 exercise.*" in page.cells[2].source


def test_only_chapters_state_minutes():
    for file in (START, "appendix_versions.ipynb", "mine.ipynb"):
        page = notebook("# Title", "## Part")
        assert [cell.source for cell in write_minutes(page, file).cells] == ["# Title", "## Part"]


# The course's own


@pytest.fixture(scope="module")
def chapters():
    return {chapter.file: read(NOTEBOOKS / chapter.file) for chapter in CHAPTERS}


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.number)
def test_a_chapter_states_the_minutes_of_its_sections_and_their_sum(chapter, chapters):
    sections = {section.heading: section.minutes for section in measure(chapters[chapter.file])}
    assert stated(NOTEBOOKS / chapter.file) == sections, "`make refresh CHAPTER=0` writes them anew"
    title = next(cell.source for cell in chapters[chapter.file].cells if cell.source.startswith("# "))
    assert title.split("\n")[2].startswith(f"*About {spoken(sum(sections.values()))}")


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.title)
def test_a_ways_minutes_add_up_to_what_its_title_promises(way, chapters):
    listed = stops(way, [(chapter, measure(chapters[chapter.file])) for chapter in CHAPTERS])
    takes = sum(minutes for _, _, minutes in listed)
    assert not way.promises or 0.85 * way.promises <= takes <= way.promises, f"{takes} minutes"
    places = []
    for _, link, _ in listed:
        file, _, cell = link.partition("#cell-id=")
        ids = [one.id for one in chapters[file].cells]
        places.append((file, ids.index(cell) if cell else 0))
    assert places == sorted(set(places)), "each once, in the order of the course"


def test_the_start_page_shows_the_ways_of_today(chapters):
    page = prepared(NOTEBOOKS / START)
    (cell,) = (cell for cell in page.cells if TAG in cell.metadata.get("tags", []))
    assert cell.source == ways(chapters)
    for title, minutes, block in re.findall(r"### (.+)\n\n(.+)\n\n((?:1\. .*\n?)+)", cell.source):
        parts = re.findall(r"\) (?:(\d+) h ?)?(?:(\d+) minutes?)?$", block, re.MULTILINE)
        assert state(sum(60 * int(hours or 0) + int(rest or 0) for hours, rest in parts)) == minutes, title
    assert cell.source.count("### ") == len(WAYS)


def test_a_way_to_nowhere_is_named(chapters):
    measured = [(chapter, measure(chapters[chapter.file])) for chapter in CHAPTERS]
    for label in ("11.0", "4.9", "x"):
        with pytest.raises(CourseError, match=f"leads to {label}, which no chapter has"):
            stops(Way("x", 1, (label,)), measured)


def test_the_ways_stand_in_their_own_cell_and_on_the_start_page_alone(chapters, tmp_path):
    page = notebook("## Here", "stale")
    page.cells[1].metadata["tags"] = [TAG]
    path = tmp_path / FILE
    path.write_text(dumps(page), encoding="utf-8")
    assert [cell.source for cell in prepared(path).cells if "navigation" not in cell.metadata.get("tags", [])][
        1
    ] == "stale"
    assert [cell.source for cell in write_ways(page, chapters).cells] == ["## Here", ways(chapters)]


def test_the_line_is_recognised():
    assert STATED.fullmatch("*About 1 h 1 minute, 12 exercises.*") and not STATED.fullmatch("*About you.*")


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.stem)
def test_every_exercise_states_its_minutes(chapter):
    text = "\n".join(cell.source for cell in read(NOTEBOOKS / chapter.file).cells if cell.cell_type == "markdown")
    stated = {id for id, _ in minutes_module._EXERCISE.findall(text)}
    assert {exercise.id for exercise in catalogue.exercises(chapter.number)} - stated == set()
