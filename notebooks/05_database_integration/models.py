"""The service's tables, as they are today."""

from sqlmodel import Field, SQLModel


class Parcel(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    to: str
    weight_kg: float
