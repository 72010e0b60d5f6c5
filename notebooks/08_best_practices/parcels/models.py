"""Tables, and what goes in and out: three things that look alike and change for different reasons."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, EmailStr, Field
from sqlmodel import Field as Column
from sqlmodel import SQLModel


class Sender(SQLModel, table=True):
    id: UUID = Column(default_factory=uuid4, primary_key=True)
    name: str
    email: str = Column(unique=True)


class SignInCode(SQLModel, table=True):
    digest: str = Column(primary_key=True)
    sender_id: UUID = Column(foreign_key="sender.id")
    expires: float


class Attempt(SQLModel, table=True):
    """Somebody asked for something that is limited; `key` is a digest of who and what."""

    id: int | None = Column(default=None, primary_key=True)
    key: str = Column(index=True)
    at: float


class Parcel(SQLModel, table=True):
    id: UUID = Column(default_factory=uuid4, primary_key=True)
    sender_id: UUID = Column(foreign_key="sender.id", index=True)
    to: str
    weight_g: int
    created: datetime = Column(default_factory=lambda: datetime.now(UTC))


class Input(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class SenderIn(Input):
    name: Annotated[str, Field(min_length=1, max_length=80)]
    email: EmailStr


class CodeRequest(Input):
    email: EmailStr


class CodeIn(Input):
    code: Annotated[str, Field(min_length=16, max_length=64)]


class ParcelIn(Input):
    to: Annotated[str, Field(min_length=1, max_length=80)]
    weight_g: Annotated[int, Field(gt=0, le=30_000)]


class ParcelOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    to: str
    weight_g: int


class Accepted(BaseModel):
    status: str = "Look into your mail."


class Token(BaseModel):
    access_token: str
    token_type: str = "bearer"  # noqa: S105 - the name of a scheme, not a secret
