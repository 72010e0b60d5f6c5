"""What the course says, to the letter, in a file that was read and found right: whoever changes a word reads the diff.

Such a file is Markdown, a scene below the other. With APPROVE=1 in the environment its test writes it anew and compares
nothing, so that no run with it passes.
"""

import json
import os
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from helpers.notes import Note

_SCENE = re.compile(r"^# (.+)\n", re.MULTILINE)


class Approved:
    """The file of these scenes, in their order."""

    def __init__(self, file: Path, scenes: list[str]):
        self.file, self.scenes = file, scenes

    def read(self) -> dict[str, str]:
        """What the file holds, by scene."""
        parts = _SCENE.split(self.file.read_text(encoding="utf-8") if self.file.exists() else "")
        return {name: text.strip() for name, text in zip(parts[1::2], parts[2::2])}

    def compare(self, scene: str, said: Iterable[object]) -> None:
        """Hold what was said in a scene against the file; AssertionError where a line differs."""
        told = "\n\n".join(_shown(one).replace("\n# ", "\n\\# ").rstrip() for one in said).strip()
        if os.environ.get("APPROVE"):
            held = self.read() | {scene: told}
            text = "\n\n".join(f"# {one}\n\n{held[one]}" for one in self.scenes if one in held)
            self.file.write_text(f"{text}\n", encoding="utf-8")
            pytest.skip("written anew, so nothing is compared: read its diff")
        assert told.splitlines() == self.read()[scene].splitlines()


def _shown(one: object) -> str:
    if isinstance(one, Note):
        plain = Note(one.markdown).text
        return one.markdown if one.text == plain else f"{one.markdown}\n\n(in plain text)\n\n{one.text}"
    if isinstance(one, dict):
        return "\n".join(f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in one.items())
    # A page that is no note, such as the exam's, has its words in Markdown, too.
    return f"{type(one).__name__}: {one.markdown}" if hasattr(one, "markdown") else str(one)
