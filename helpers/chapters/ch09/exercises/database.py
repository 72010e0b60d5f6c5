"""The tables of 9.2, in a database that only a check knows."""

import contextlib
import functools
import importlib
import sys
import tempfile
from collections.abc import Callable, Iterator
from typing import Any

from helpers.chapters.ch09.exercises.face import GRACE
from helpers.chapters.ch09.exercises.packages import FILES


def load() -> Any:
    """The chapter's module `outbox.models`, imported late because SQLAlchemy takes its time; leaves no compiled files."""
    written, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        if str(FILES) not in sys.path:
            sys.path.append(str(FILES))
        return importlib.import_module("outbox.models")
    finally:
        sys.dont_write_bytecode = written


def with_models(solution: Callable[[], Any]) -> Callable[[], Any]:
    """A solution whose first lines may import from `outbox.models`, as the notebook's cells do."""

    @functools.wraps(solution)
    def loaded() -> Any:
        load()
        return solution()

    return loaded


@contextlib.contextmanager
def database() -> Iterator[Any]:
    """An engine for an empty database in a file of its own."""
    from sqlmodel import create_engine

    models = load()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        engine = create_engine(f"sqlite:///{folder}/parcels.db")
        models.Table.metadata.create_all(engine)
        try:
            yield engine
        finally:
            engine.dispose()


def kept(engine: Any) -> tuple[list[Any], list[Any]]:
    """What another connection sees: the parcels and the letters that are committed."""
    from sqlmodel import Session, select

    models = load()
    with Session(engine) as session:
        return list(session.exec(select(models.Parcel))), list(session.exec(select(models.Letter)))


@contextlib.contextmanager
def three_owed() -> Iterator[Any]:
    """An engine for a database with three parcels whose letters are owed."""
    from sqlmodel import Session

    models = load()
    with database() as engine:
        with Session(engine) as session:
            for number in range(1, 4):
                session.add(models.Parcel(key=f"key-{number}", **GRACE))
                session.flush()
                session.add(models.Letter(parcel_id=number, to=f"{number}@example.org"))
            session.commit()
        yield engine
