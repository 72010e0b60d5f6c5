"""The appendix of claims: every claim with its verdict and links to the cells that settle it, written from the data."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook

from helpers.authoring.cells import sections, tags
from helpers.authoring.navigation import navigate
from helpers.authoring.stored import normalise
from helpers.course import CHAPTERS, CLAIMS, GENERATED
from helpers.learning.claims import SOURCES, TAG, VERDICTS, Claim, load
from helpers.notes import head


@dataclass(frozen=True)
class Proof:
    """A code cell that settles a claim: its file, its id and the section in which it stands."""

    file: str
    cell: str
    section: str

    @property
    def link(self) -> str:
        """What a link to the cell leads to, from a notebook beside its own."""
        # JupyterLab opens a notebook at a cell by this fragment (Notebook.setFragment in its sources).
        return f"{self.file}#cell-id={self.cell}"


def tagged(notebook: NotebookNode) -> list[tuple[str, NotebookNode]]:
    """The notebook's code cells that settle a claim, each with the claim's id as its tag says it."""
    return [
        (tag.removeprefix(TAG), cell)
        for cell in notebook.cells
        if cell.cell_type == "code"
        for tag in tags(cell)
        if tag.startswith(TAG)
    ]


def proofs(notebooks: Mapping[str, NotebookNode]) -> dict[str, list[Proof]]:
    """Where each claim is settled, by its id; `notebooks` are the notebooks by file name."""
    found: dict[str, list[Proof]] = {}
    for file in sorted(notebooks):
        where = sections(notebooks[file])
        for claim, cell in tagged(notebooks[file]):
            found.setdefault(claim, []).append(Proof(file, cell.id, where[cell.id]))
    return found


def appendix(notebooks: Mapping[str, NotebookNode]) -> NotebookNode:
    """The appendix as a notebook of Markdown cells, made from the claims and the other notebooks by file name."""
    settled = proofs(notebooks)
    claims = load().values()
    cells = [_cell("title", _title(claims, settled)), _cell("totals", _totals(claims))]
    for chapter in CHAPTERS:
        mine = [claim for claim in claims if claim.chapters[:1] == (chapter.number,)]
        if mine:
            heading = f"## Chapter {chapter.number}: {chapter.title}"
            cells.append(_cell(f"chapter-{chapter.number}", f"{heading}\n\n{_table(mine, settled)}"))
    opinions = [claim for claim in claims if not claim.chapters]
    cells.append(_cell("opinions", f"## Opinions\n\n{_table(opinions, settled)}"))
    return normalise(navigate(new_notebook(cells=cells), CLAIMS, {*GENERATED, *notebooks}))


def _cell(name: str, source: str) -> NotebookNode:
    return new_markdown_cell(source, id=f"claims-{name}")


def _title(claims: Collection[Claim], settled: Mapping[str, list[Proof]]) -> str:
    measurable = [claim for claim in claims if claim.chapters]
    covered = sum(claim.id in settled for claim in measurable)
    g, a, q = SOURCES.values()
    return (
        "# The claims\n\n"
        f"Three public texts about FastAPI and its background tasks were read sentence by sentence: {g} (G), {a} (A) "
        f"and {q} (Q). Here is each of their claims in our own words, with a verdict, what is true, and links to the "
        "cells that settle it. A verdict holds for the FastAPI that this course installs.\n\n"
        f"**{covered} of {len(measurable)}** measurable claims are settled by a cell so far; "
        f"{len(claims) - len(measurable)} are opinions."
    )


def _totals(claims: Collection[Claim]) -> str:
    rows = ["## Totals", "", f"| Verdict | {' | '.join(SOURCES)} | All |", "|---|" + "---:|" * (len(SOURCES) + 1)]
    for verdict in VERDICTS:
        rows.append(_counts(verdict, [claim for claim in claims if claim.verdict == verdict]))
    return "\n".join([*rows, _counts("all", claims)])


def _counts(name: str, claims: Collection[Claim]) -> str:
    counts = [sum(claim.id.startswith(source) for claim in claims) for source in SOURCES]
    return f"| {name} | {' | '.join(map(str, counts))} | {len(claims)} |"


def _table(claims: Collection[Claim], settled: Mapping[str, list[Proof]]) -> str:
    rows = ["| Id | Some say | Verdict | What is true | Settled in |", "|---|---|---|---|---|"]
    for claim in claims:
        links = _links(claim, settled.get(claim.id, []))
        rows.append(f"| {claim.id} | {claim.claim} | {head(claim.verdict.upper())} | {claim.instead} | {links} |")
    return "\n".join(rows)


def _links(claim: Claim, found: list[Proof]) -> str:
    if not claim.chapters:
        return "nothing to measure"
    seen: dict[str, int] = {}
    links = []
    for proof in found:
        place = proof.section or "opening"
        seen[place] = seen.get(place, 0) + 1
        label = place if seen[place] == 1 else f"{place} ({seen[place]})"
        links.append(f"[{label}]({proof.link})")
    return ", ".join(links) or "not covered yet"
