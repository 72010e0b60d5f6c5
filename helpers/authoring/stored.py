"""A notebook as it is stored: one canonical form, and compared the way `make test` compares it."""

import re
from itertools import takewhile
from pathlib import Path
from typing import Any, cast

import nbformat
from nbformat import NotebookNode
from nbval.plugin import coalesce_streams, get_sanitize_patterns

from helpers.authoring.cells import folded, opens_section
from helpers.authoring.compare import SANITIZE
from helpers.live.picture import draw

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
# Without the version, which would change with every patch release of Python.
LANGUAGE = {
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
}
# What a cell's metadata may say; editors add more (run times, slide types, trust), which differs from run to run.
CELL_METADATA = ("jupyter", "nbval", "tags")
# nbval does not compare these, so neither does `same_outputs`: the ids of widgets are random, pixels are not text.
UNCOMPARED = {"application/vnd.jupyter.widget-view+json", "image/png", "image/jpeg"}


def loads(text: str) -> NotebookNode:
    """The notebook in a file's text; ValueError if it holds none."""
    try:
        return cast(NotebookNode, nbformat.reads(text, as_version=4))
    except Exception as error:  # whatever nbformat trips over in a malformed file: a dozen kinds
        raise ValueError(f"this is no notebook ({type(error).__name__})") from error


def dumps(notebook: NotebookNode) -> str:
    """The notebook as the text of its file, always the same for the same content."""
    return nbformat.writes(notebook, version=4).rstrip("\n") + "\n"


def normalise(notebook: NotebookNode) -> NotebookNode:
    """Brings a notebook, in place, into the form in which it is stored, and returns it.

    Metadata holds what the course uses and nothing that changes by itself, code cells are counted from 1, a cell's
    streams are merged as nbval merges them, and outputs that answer a prediction are folded.
    """
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNELSPEC, "language_info": LANGUAGE})
    away = folded(notebook.cells)
    count = 0
    for cell in notebook.cells:
        cell.metadata = _kept_metadata(cell.metadata, fold=cell.id in away)
        if cell.cell_type == "code":
            count += 1
            if cell.execution_count is not None:
                cell.execution_count = count
            cell.outputs = coalesce_streams(cell.outputs)
            for output in cell.outputs:
                if output.output_type == "execute_result":
                    output.execution_count = cell.execution_count
    return notebook


def _kept_metadata(metadata: dict[str, Any], fold: bool) -> NotebookNode:
    kept = {key: metadata[key] for key in CELL_METADATA if metadata.get(key)}
    if "tags" in kept:
        kept["tags"] = sorted(set(kept["tags"]))
    # JupyterLab drops this mark when a cell is run and saved, so it is set from the rule each time.
    shown = {key: value for key, value in kept.pop("jupyter", {}).items() if value and key != "outputs_hidden"}
    if fold:
        shown["outputs_hidden"] = True
    if shown:
        kept["jupyter"] = shown
    return cast(NotebookNode, nbformat.from_dict(kept))


class Sanitiser:
    """Hides measured numbers in a text by the rules of `sanitize.cfg`, exactly as nbval applies them."""

    def __init__(self, path: Path = SANITIZE):
        self.rules = dict(get_sanitize_patterns(path.read_text(encoding="utf-8")))

    def __call__(self, text: str) -> str:
        for pattern, replacement in self.rules.items():
            text = re.sub(pattern, replacement, text)
        return text


def _restore(code: list[NotebookNode], before: dict[str, NotebookNode]) -> None:
    for cell in code:
        cell.outputs = before[cell.id].outputs


def keep_unchanged(stored: NotebookNode, fresh: NotebookNode, sanitise: Sanitiser) -> list[int]:
    """Puts the stored outputs back, in place, into each section of `fresh` where only measured numbers differ.

    A section (up to the next `## ` heading) keeps all of its stored outputs or none, so that its numbers always come
    from one run. Returns the counts of the code cells whose outputs are new.
    """
    before = {cell.id: cell for cell in stored.cells if cell.cell_type == "code" and cell.execution_count is not None}

    def differs(cell: NotebookNode) -> bool:
        return cell.id not in before or not same_outputs(before[cell.id], cell, sanitise)

    new = []
    for section in _sections(fresh.cells):
        code = [cell for cell in section if cell.cell_type == "code"]
        differing = [cell.execution_count for cell in code if differs(cell)]
        new += differing
        if not differing:
            _restore(code, before)
    normalise(fresh)
    return new


def _sections(cells: list[NotebookNode]) -> list[list[NotebookNode]]:
    sections, rest = [], list(cells)
    while rest:
        section = rest[:1] + list(takewhile(lambda cell: not opens_section(cell), rest[1:]))
        sections.append(section)
        rest = rest[len(section) :]
    return sections


def same_outputs(stored: NotebookNode, fresh: NotebookNode, sanitise: Sanitiser) -> bool:
    """True if two code cells show the same but for measured numbers, and the stored picture is drawn as of today."""
    return [_facts(output, sanitise) for output in stored.outputs] == [
        _facts(output, sanitise) for output in fresh.outputs
    ] and all(drawn_from_its_data(output) for output in stored.outputs)


def _facts(value: Any, sanitise: Sanitiser, within: str = "") -> Any:
    """What is left of an output to compare: sanitised texts, and of its metadata the shape without the numbers."""
    if isinstance(value, str):
        return sanitise(value)
    if within == "metadata" and isinstance(value, int | float) and not isinstance(value, bool):
        return 0
    if isinstance(value, list):
        return [_facts(item, sanitise, within) for item in value]
    if isinstance(value, dict):
        left_out = UNCOMPARED | ({"traceback", "execution_count"} if not within else set())
        return {key: _facts(item, sanitise, within or key) for key, item in value.items() if key not in left_out}
    return value


def drawn_from_its_data(output: NotebookNode) -> bool:
    """True if the output's picture is byte for byte what its data (`metadata["timeline"]`) draws, or it has no data."""
    data = output.get("metadata", {}).get("timeline")
    return data is None or output.get("data", {}).get("image/svg+xml") == draw(data)
