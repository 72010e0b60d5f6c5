"""The table of parcels, and a session for a path operation. What the database looks like is decided by migrations/."""

from collections.abc import Iterator

from sqlmodel import Field, Session, SQLModel, create_engine

from parcels.settings import settings

engine = create_engine(settings.database_url, pool_pre_ping=True)


class NewParcel(SQLModel):
    recipient: str


class Parcel(NewParcel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    depot: str | None = "central"  # None in a row that version 1.0 wrote


def get_session() -> Iterator[Session]:
    with Session(engine) as session:
        yield session
