"""What the service keeps: parcels, the letters that it still owes, and what became of each parcel."""

from datetime import UTC, datetime

from pydantic import EmailStr
from sqlalchemy import DDL, event
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel


class Table(SQLModel, registry=registry()):
    """Base of this package's tables: their metadata is their own."""


class ParcelIn(SQLModel):
    """What a client hands in."""

    to: str = Field(min_length=1)
    email: EmailStr
    weight_kg: float = Field(gt=0, le=30)


class ParcelOut(SQLModel):
    """What a client reads."""

    id: int
    to: str
    weight_kg: float
    version: int


class Parcel(Table, table=True):
    """A parcel. `key` is the client's Idempotency-Key, `version` grows with every change, a deletion included.

    An erased parcel's id is not given again: its trail is its own.
    """

    __table_args__ = {"sqlite_autoincrement": True}

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    to: str
    email: str
    weight_kg: float
    version: int = 1
    deleted_at: datetime | None = None


class Letter(Table, table=True):
    """The outbox: a letter that has to be sent, written in the transaction that makes it necessary."""

    id: int | None = Field(default=None, primary_key=True)
    parcel_id: int  # no foreign key: what is owed stays owed when old parcels are cleared away
    to: str
    sent_at: datetime | None = None


class Change(Table, table=True):
    """The audit trail: what each version of a parcel was, written by the database itself."""

    id: int | None = Field(default=None, primary_key=True)
    parcel_id: int
    version: int
    what: str
    to: str
    weight_kg: float


WRITE_CHANGE = """
CREATE TRIGGER IF NOT EXISTS parcel_{event} AFTER {event} ON parcel BEGIN
    INSERT INTO change (parcel_id, version, what, "to", weight_kg)
    VALUES ({row}.id, {row}.version, {what}, {row}."to", {row}.weight_kg);
END
"""
KEEP_CHANGES = """
CREATE TRIGGER IF NOT EXISTS change_{event} BEFORE {event} ON change BEGIN
    SELECT RAISE(ABORT, 'the audit trail is only added to');
END
"""
# A REPLACE deletes without the trigger for DELETE.
KEEP_LINES = """
CREATE TRIGGER IF NOT EXISTS change_replaced BEFORE INSERT ON change
WHEN EXISTS (SELECT 1 FROM change WHERE id = new.id) BEGIN
    SELECT RAISE(ABORT, 'the audit trail is only added to');
END
"""
for statement in (
    WRITE_CHANGE.format(event="INSERT", row="new", what="'created'"),
    WRITE_CHANGE.format(
        event="UPDATE", row="new", what="CASE WHEN new.deleted_at IS NULL THEN 'changed' ELSE 'deleted' END"
    ),
    WRITE_CHANGE.format(event="DELETE", row="old", what="'erased'"),
    KEEP_CHANGES.format(event="UPDATE"),
    KEEP_CHANGES.format(event="DELETE"),
    KEEP_LINES,
):
    event.listen(Table.metadata, "after_create", DDL(statement))


def now() -> datetime:
    return datetime.now(UTC)
