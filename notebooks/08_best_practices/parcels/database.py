from functools import lru_cache

from sqlalchemy import Engine
from sqlmodel import SQLModel, create_engine

from parcels.settings import get_settings


@lru_cache
def get_engine() -> Engine:
    return create_engine(f"sqlite:///{get_settings().data_dir / 'parcels.db'}")


def create_tables() -> None:
    """For a first start; a service with data migrates with Alembic."""
    SQLModel.metadata.create_all(get_engine())
