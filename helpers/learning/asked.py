"""What people ask about FastAPI and its neighbours, in our own words, and which cell answers it: the data of `asked.toml`.

Each question comes from a public thread, which is named as "fastapi#289". The answer says no more than its cell shows.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from helpers.errors import reading

DATA = Path(__file__).with_name("asked.toml")
# The groups of the file by what people want to do, with their headings, in the order of the page.
GROUPS = {
    "starts": "Starting, files and settings",
    "paths": "Paths and parameters",
    "bodies": "Bodies, forms and uploads",
    "validation": "Models and validation",
    "responses": "Responses and errors",
    "dependencies": "Dependencies",
    "security": "Security, cookies and CORS",
    "middleware": "Middleware",
    "waiting": "Waiting: async, threads, other services",
    "tasks": "Background tasks",
    "streams": "Streams and WebSockets",
    "databases": "Databases",
    "queues": "Queues and their workers",
    "tests": "Tests",
    "debugging": "Logs and debugging",
    "deployment": "Deployment",
    "performance": "Performance",
    "docs": "Documentation and clients",
}
# Where a thread's number belongs. GitHub leads from an issue's address to the discussion that it has become.
REPOSITORIES = {
    "fastapi": "fastapi/fastapi",
    "starlette": "Kludex/starlette",
    "uvicorn": "Kludex/uvicorn",
    "anyio": "agronholm/anyio",
    "sqlmodel": "fastapi/sqlmodel",
    "pydantic": "pydantic/pydantic",
    "celery": "celery/celery",
    "rq": "rq/rq",
    "httpx": "encode/httpx",
}


class Asked(BaseModel):
    """One question: what is asked, the words by which people look for it, the answer, its cell, and the thread."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    question: str
    words: tuple[str, ...]
    answer: str
    cell: Annotated[str, Field(pattern=r"^\w+#[\w-]+$")]
    source: Annotated[str, Field(pattern=rf"^({'|'.join(REPOSITORIES)})#[1-9]\d*$")]

    @property
    def file(self) -> str:
        """The notebook in which the answer is shown."""
        return f"{self.cell.partition('#')[0]}.ipynb"

    @property
    def id(self) -> str:
        """The cell that shows it."""
        return self.cell.partition("#")[2]

    @property
    def address(self) -> str:
        """The thread's address."""
        name, _, number = self.source.partition("#")
        return f"https://github.com/{REPOSITORIES[name]}/issues/{number}"


def read(file: Path) -> dict[str, list[Asked]]:
    """The questions of a file by group; pydantic.ValidationError for what is none."""
    tables = tomllib.loads(file.read_text(encoding="utf-8"))
    return TypeAdapter(dict[str, list[Asked]]).validate_python(tables)


@cache
def load() -> dict[str, list[Asked]]:
    """All questions by group, both in the order of the page."""
    with reading(DATA):
        found = read(DATA)
    return {group: found.get(group, []) for group in GROUPS}


def every() -> list[Asked]:
    """All questions in the order of the page."""
    return [asked for group in load().values() for asked in group]
