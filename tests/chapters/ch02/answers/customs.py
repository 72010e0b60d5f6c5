"""What learners pass to 2.2-customs."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import AliasGenerator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel, to_pascal

from tests.chapters.answers import right, stub, wrong


@stub("2.2-customs")
def customs_shipped():
    class Customs(BaseModel): ...

    return Customs


@wrong("2.2-customs", says="the name itself counts only if `validate_by_name=True` is in the config")
def customs_by_alias_alone():
    class Customs(BaseModel):
        model_config = ConfigDict(alias_generator=to_camel, extra="forbid")

        declared_value: Decimal
        hs_code: str
        sent_at: datetime | None = None

    return Customs


@wrong("2.2-customs", says="works on the way in only")
def customs_one_way():
    class Customs(BaseModel):
        model_config = ConfigDict(validate_by_name=True, extra="forbid")

        declared_value: Annotated[Decimal, Field(validation_alias="declaredValue")]
        hs_code: Annotated[str, Field(validation_alias="hsCode")]
        sent_at: Annotated[datetime | None, Field(validation_alias="sentAt")] = None

    return Customs


@wrong("2.2-customs", says="`customs.declared_value` should be the declared value")
def customs_in_camel_case():
    class Customs(BaseModel):
        model_config = ConfigDict(extra="forbid", validate_by_name=True)

        declaredValue: Annotated[Decimal, Field(validation_alias="declared_value")]  # noqa: N815
        hsCode: Annotated[str, Field(validation_alias="hs_code")]  # noqa: N815
        sentAt: datetime | None = None  # noqa: N815

    return Customs


@wrong("2.2-customs", says="the misspelt `decalredValue` was accepted")
def customs_that_ignores():
    class Customs(BaseModel):
        model_config = ConfigDict(alias_generator=to_camel, validate_by_name=True)

        declared_value: Decimal
        hs_code: str
        sent_at: datetime | None = None

    return Customs


@wrong("2.2-customs", says="alone is no default")
def customs_that_wants_a_moment():
    class Customs(BaseModel):
        model_config = ConfigDict(alias_generator=to_camel, validate_by_name=True, extra="forbid")

        declared_value: Decimal
        hs_code: str
        sent_at: datetime | None

    return Customs


@wrong("2.2-customs", says="a number has no leading zero")
def customs_of_a_number():
    class Customs(BaseModel):
        model_config = ConfigDict(alias_generator=to_camel, validate_by_name=True, extra="forbid")

        declared_value: Decimal
        hs_code: int
        sent_at: datetime | None = None

    return Customs


@wrong("2.2-customs", says="Field required, `['body', 'declared_value']`")
def customs_in_snake_case():
    class Customs(BaseModel):
        declared_value: Decimal
        hs_code: str
        sent_at: datetime | None = None

    return Customs


@wrong("2.2-customs", says="`['body', 'DeclaredValue']`")
def customs_in_pascal_case():
    class Customs(BaseModel):
        model_config = ConfigDict(alias_generator=to_pascal, validate_by_name=True, extra="forbid")

        declared_value: Decimal
        hs_code: str
        sent_at: datetime | None = None

    return Customs


@right("2.2-customs")
def customs_by_each_alias():
    class Customs(BaseModel):
        model_config = ConfigDict(validate_by_name=True, extra="forbid")

        declared_value: Annotated[Decimal, Field(alias="declaredValue")]
        hs_code: Annotated[str, Field(alias="hsCode")]
        sent_at: Annotated[datetime | None, Field(alias="sentAt")] = None

    return Customs


@right("2.2-customs")
def customs_by_the_older_word():
    class Customs(BaseModel):
        model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")

        declared_value: Decimal
        hs_code: str
        sent_at: datetime | None = None

    return Customs


@right("2.2-customs")
def customs_by_a_generator_of_both():
    class Customs(BaseModel, extra="forbid"):
        model_config = ConfigDict(
            alias_generator=AliasGenerator(validation_alias=to_camel, serialization_alias=to_camel),
            validate_by_name=True,
        )

        declared_value: float | Decimal
        hs_code: str
        sent_at: datetime | None = None

    return Customs
