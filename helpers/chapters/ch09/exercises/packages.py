"""The chapter's packages, which stand beside its notebook."""

from pathlib import Path

FILES = Path(__file__).parents[4] / "notebooks" / "09_case_studies_and_projects"
