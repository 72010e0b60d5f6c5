"""Which Python belongs to a reader's folder."""

from pathlib import Path

__all__ = ["interpreter_of"]


def interpreter_of(*folders: Path) -> Path | None:
    """The interpreter of the first `.venv` or `venv` in these folders; None where there is none."""
    places = [folder / name for folder in dict.fromkeys(folders) for name in (".venv", "venv")]
    programs = [place / program for place in places for program in ("bin/python", "Scripts/python.exe")]
    return next((program.absolute() for program in programs if program.exists()), None)
