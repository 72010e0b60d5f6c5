"""What the service keeps: parcels, and the letters that it still owes."""

from datetime import UTC, datetime

from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel


class Table(SQLModel, registry=registry()):
    """Base of this package's tables: their metadata is their own."""


class ParcelIn(SQLModel):
    """What a client hands in."""

    to: str = Field(min_length=1)
    email: str
    weight_kg: float = Field(gt=0, le=30)


class Parcel(Table, table=True):
    """A parcel. `key` is the client's Idempotency-Key, `version` grows with every change."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    to: str
    email: str
    weight_kg: float
    version: int = 1


class Letter(Table, table=True):
    """The outbox: a letter that has to be sent, written in the transaction that makes it necessary."""

    id: int | None = Field(default=None, primary_key=True)
    parcel_id: int  # no foreign key: what is owed stays owed when the parcel is deleted
    to: str
    sent_at: datetime | None = None


def now() -> datetime:
    return datetime.now(UTC)
