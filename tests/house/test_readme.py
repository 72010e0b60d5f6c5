"""The README and what it leads to: what they say of claims, links, pictures and totals is so."""

import json
import re

import pytest

import make
from helpers.course import CHAPTERS
from helpers.exam import bank
from helpers.learning import asked, claims, history
from tests.notebooks.faults import FAULTS

README = (make.ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (make.ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", ["README.md", "helpers/authoring/site/teaching.md"])
def test_every_link_leads_somewhere(page):
    text = (make.ROOT / page).read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#]+)", text)
    assert targets
    for target in targets:
        assert target.startswith("http") or ((make.ROOT / page).parent / target).exists(), target


def test_the_readme_fits_on_three_screens():
    assert len(README.splitlines()) <= 75 and len(README.split()) <= 1_000


def test_the_claims_carry_their_verdicts_and_their_cells():
    rows = re.findall(r"^\| .+ \| ([a-z-]+) \| \[([GAQ]\d+), chapter (\d+)\]\((.+)\) \|$", README, re.M)
    assert len(rows) >= 3
    for verdict, name, chapter, file in rows:
        assert verdict == claims.load()[name].verdict, name
        assert file == f"notebooks/{CHAPTERS[int(chapter) - 1].file}"
        cells = json.loads((make.ROOT / file).read_text(encoding="utf-8"))["cells"]
        assert any(f"claim-{name}" in cell["metadata"].get("tags", []) for cell in cells), name


def test_the_totals_are_counted():
    verdicts = [claim.verdict for claim in claims.load().values()]
    total, false, half = len(verdicts), verdicts.count("false"), verdicts.count("half-true")
    assert f"{total} claims, of which {false} are false and {half} half true" in README
    assert f"[All {total}]" in README
    assert f"{len(list(asked.every()))} questions from public threads" in README
    measured = history.load()
    assert f"{len(measured.questions)} facts asked of {len(measured.releases)} releases" in README
    assert f"| {len(bank.load())} questions: each" in CONTRIBUTING
    assert f"| {len(FAULTS)} faults planted" in CONTRIBUTING


def test_the_picture_is_one_that_chapter_1_stores():
    notebook = json.loads((make.ROOT / "notebooks" / CHAPTERS[0].file).read_text(encoding="utf-8"))
    stored = [
        "".join(output["data"]["image/svg+xml"])
        for cell in notebook["cells"]
        for output in cell.get("outputs", [])
        if "image/svg+xml" in output.get("data", {})
    ]
    assert (make.ROOT / "timeline.svg").read_text(encoding="utf-8") in stored, "run `make refresh`, which copies it"


@pytest.mark.parametrize("verb", ["lab", "test", "bench", "refresh"])
def test_the_verbs_exist(verb):
    assert verb in make.VERBS and f"make {verb}" in README


def test_the_example_of_contributing_is_the_start_page_and_runs(capsys):
    example = re.findall(r"```python\n(.*?)```", (make.ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.S)
    notebook = json.loads((make.ROOT / make.START).read_text(encoding="utf-8"))
    cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert [block.strip() for block in example] == cells[:2]
    exec("\n".join(example), {"__name__": "__main__"})
    assert "the client waited" in capsys.readouterr().out
