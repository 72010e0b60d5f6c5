"""The claims: complete, in the course's own sections, and shown the same way everywhere."""

import re
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from helpers.authoring.appendix import Proof, appendix, proofs
from helpers.authoring.stored import dumps
from helpers.course import CHAPTERS
from helpers.course import CLAIMS as APPENDIX
from helpers.errors import CourseError
from helpers.learning.claims import SOURCES, VERDICTS, load, myths, of_chapter
from helpers.notes import head

CLAIMS = load()
SECTIONS = {number for chapter in CHAPTERS for number in chapter.sections}
COUNTS = {"G": 14, "A": 52, "Q": 19}


def test_all_claims_of_the_three_texts_are_there_in_order():
    assert list(CLAIMS) == [f"{source}{n}" for source, count in COUNTS.items() for n in range(1, count + 1)]
    assert set(COUNTS) == set(SOURCES)


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS.keys())
def test_a_claim_is_well_formed(claim):
    assert claim.verdict in VERDICTS
    assert bool(claim.sections) == (claim.verdict != "opinion"), "an opinion cannot be measured, all else is"
    assert set(claim.sections) <= SECTIONS
    assert list(claim.sections) == sorted(set(claim.sections))
    for text in (claim.claim, claim.instead):
        assert text.endswith((".", "?")) and text == text.strip() and "\n" not in text and "|" not in text
        assert text.count("`") % 2 == 0
    assert len(claim.claim) < 110 and len(claim.instead) < 250, "one breath"


def test_no_two_claims_read_alike():
    for texts in ([claim.claim for claim in CLAIMS.values()], [claim.instead for claim in CLAIMS.values()]):
        assert len(set(texts)) == len(texts)


def test_myths_is_the_table_of_a_chapter():
    note = myths(1)
    rows = note.markdown.splitlines()[2:]
    assert [row.split(" | ")[0].strip("| ") for row in rows] == [claim.id for claim in of_chapter(1)]
    assert f"| {head('OUTDATED')} |" in note.markdown
    assert [line.split()[0] for line in note.text.splitlines()] == [claim.id for claim in of_chapter(1)]
    assert repr(note) == repr(myths(1))


def test_a_claim_that_two_chapters_settle_stands_in_both():
    assert "A16" in {claim.id for claim in of_chapter(4)} & {claim.id for claim in of_chapter(6)}
    assert CLAIMS["A16"].chapters == (4, 6)


def test_myths_of_no_chapter_is_told_the_chapters():
    assert "No claim" in myths(9).text
    for wrong in (0, 11, "1", None):
        with pytest.raises(CourseError, match="1 to 10"):
            myths(wrong)


def tagged(id: str, *tags: str) -> NotebookNode:
    return new_code_cell("...", id=id, metadata={"tags": list(tags)})


def chapter_four() -> NotebookNode:
    return new_notebook(
        cells=[
            tagged("hook", "claim-A9"),
            new_markdown_cell("## 4.3 Background Tasks"),
            tagged("order", "claim-A9", "claim-A48"),
            tagged("again", "claim-A9", "answers-prediction"),
            new_markdown_cell("## Exercises"),
            tagged("last", "claim-A47"),
        ]
    )


def test_cells_that_settle_a_claim_are_found_with_their_section():
    file = "04_advanced_features.ipynb"
    assert proofs({file: chapter_four()}) == {
        "A9": [Proof(file, "hook", ""), Proof(file, "order", "4.3"), Proof(file, "again", "4.3")],
        "A48": [Proof(file, "order", "4.3")],
        "A47": [Proof(file, "last", "Exercises")],
    }
    assert Proof(file, "order", "4.3").link == f"{file}#cell-id=order"


def rows(page: NotebookNode) -> dict[str, str]:
    found = (line for cell in page.cells for line in cell.source.splitlines())
    return {row[1]: row[0] for line in found if (row := re.match(r"\| ([GAQ]\d+) \| .*", line))}


def test_the_appendix_holds_every_claim_once_with_its_proofs():
    file = "04_advanced_features.ipynb"
    page = appendix({file: chapter_four()})
    found = rows(page)
    assert sorted(found) == sorted(CLAIMS)
    text = dumps(page)
    assert all(text.count(f"| {id} |") == 1 for id in CLAIMS)
    assert found["A9"].endswith(
        f"| [opening]({file}#cell-id=hook), [4.3]({file}#cell-id=order), [4.3 (2)]({file}#cell-id=again) |"
    )
    assert found["A1"].endswith("| not covered yet |")
    assert found["A17"].endswith("| nothing to measure |")
    assert {cell.cell_type for cell in page.cells} == {"markdown"}


def test_a_verdict_is_told_by_word_and_sign_an_opinion_too():
    found = rows(appendix({"04_advanced_features.ipynb": chapter_four()}))
    for id, claim in CLAIMS.items():
        assert f" | {head(claim.verdict.upper())} | " in found[id]
    assert "? OPINION" in found["A17"]


def test_totals_are_counted():
    page = appendix({"04_advanced_features.ipynb": chapter_four()})
    title, totals = page.cells[1].source, page.cells[2].source
    opinions = sum(claim.verdict == "opinion" for claim in CLAIMS.values())
    assert f"**3 of {len(CLAIMS) - opinions}** measurable claims" in title and f"{opinions} are opinions" in title
    assert totals.splitlines()[-1] == "| all | 14 | 52 | 19 | 85 |"
    false = sum(claim.verdict == "false" for claim in CLAIMS.values())
    assert re.search(rf"^\| false \| .* \| {false} \|$", totals, re.MULTILINE)


def test_the_appendix_is_the_same_whatever_the_order_of_the_files(tmp_path: Path):
    one, other = {"04_advanced_features.ipynb": chapter_four()}, {"00_start_here.ipynb": new_notebook()}
    assert dumps(appendix({**one, **other})) == dumps(appendix({**other, **one}))
    assert f"({APPENDIX})" not in dumps(appendix(one)), "it does not link to itself"
