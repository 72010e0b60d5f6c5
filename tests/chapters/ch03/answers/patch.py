"""What learners pass to 3.4-patch."""

from typing import Annotated, Any

from fastapi import Body, FastAPI, HTTPException
from pydantic import BaseModel, ValidationError, field_validator

from helpers.chapters.ch03.exercises.patch import SenderCard
from tests.chapters.answers import right, stub, wrong


class CardChange(BaseModel):
    """As in the solution."""

    name: str = ""
    phone: str | None = None
    town: str = ""


def new_cards() -> dict[int, SenderCard]:
    return {1: SenderCard(name="Ada"), 2: SenderCard(name="Grace")}


def patch_app(change, model: Any = CardChange, unknown=404):
    """A PATCH that takes a `model` and calls `change(cards, sender_id, sent)`, the sender being there."""
    app, cards = FastAPI(), new_cards()

    @app.patch("/senders/{sender_id}")
    def change_sender(sender_id: int, sent: model) -> SenderCard:
        if unknown and sender_id not in cards:
            raise HTTPException(unknown)
        return change(cards, sender_id, sent)

    return app, cards


def copied(**options):
    """A change that copies what `model_dump` gives with these options."""

    def change(cards, sender_id, sent):
        cards[sender_id] = cards[sender_id].model_copy(update=sent.model_dump(**options))
        return cards[sender_id]

    return change


@stub("3.4-patch")
def patch_shipped():
    app = FastAPI()

    @app.patch("/senders/{sender_id}")
    def change_sender(sender_id: int) -> SenderCard: ...

    return app, new_cards()


@wrong("3.4-patch", says="the model of a change has to let every field be left out")
def patch_with_the_whole_card():
    return patch_app(copied(exclude_unset=True), SenderCard)


@wrong("3.4-patch", says='but `{"name":"","phone":null,"town":"Leeds"}` came')
def patch_with_the_defaults():
    return patch_app(copied())


@wrong("3.4-patch", says="a phone may be taken away with null")
def patch_without_none():
    class Nullable(BaseModel):
        name: str | None = None
        phone: str | None = None
        town: str | None = None

    return patch_app(copied(exclude_none=True), Nullable)


@wrong("3.4-patch", says="the default counts when it is sent")
def patch_without_defaults():
    class Defaults(CardChange):
        name: str = ""
        phone: str | None = "unknown"
        town: str = "London"

    return patch_app(copied(exclude_defaults=True), Defaults)


@wrong("3.4-patch", says="`{'name': None}` was taken with 200: `model_copy` and attributes check nothing")
def patch_with_a_null_name():
    class Nullable(CardChange):
        name: str | None = None

    return patch_app(copied(exclude_unset=True), Nullable)


@wrong("3.4-patch", says="keep what you have made")
def patch_not_kept():
    def change(cards, sender_id, sent):
        return cards[sender_id].model_copy(update=sent.model_dump(exclude_unset=True))

    return patch_app(change)


@wrong("3.4-patch", says="for sender 987654 was answered with 500: KeyError")
def patch_of_an_unknown_sender():
    return patch_app(copied(exclude_unset=True), unknown=None)


@wrong("3.4-patch", says="404 was asked for an unknown sender, but 422 came")
def patch_of_an_unknown_sender_422():
    return patch_app(copied(exclude_unset=True), unknown=422)


@wrong("3.4-patch", says="422 was asked for `{'name': None}`, but 400 came")
def patch_checked_afterwards():
    def change(cards, sender_id, sent):
        try:
            cards[sender_id] = SenderCard.model_validate(cards[sender_id].model_dump() | sent)
        except ValidationError:
            raise HTTPException(400) from None
        return cards[sender_id]

    return patch_app(change, dict[str, Any])


@wrong("3.4-patch", says="`{'town': 7}` was taken with 200")
def patch_with_a_null_name_alone_checked():
    def change(cards, sender_id, sent):
        if sent.get("name", "") is None:
            raise HTTPException(422)
        cards[sender_id] = cards[sender_id].model_copy(update=sent)
        return cards[sender_id]

    return patch_app(change, dict[str, Any])


@wrong("3.4-patch", says="your function `change_sender` returned `None`")
def patch_without_a_return():
    def change(cards, sender_id, sent):
        cards[sender_id] = cards[sender_id].model_copy(update=sent.model_dump(exclude_unset=True))

    return patch_app(change)


@right("3.4-patch")
def patch_by_attributes():
    def change(cards, sender_id, sent):
        for name in sent.model_fields_set:
            setattr(cards[sender_id], name, getattr(sent, name))
        return cards[sender_id]

    return patch_app(change)


@right("3.4-patch")
def patch_validated_afterwards():
    def change(cards, sender_id, sent):
        try:
            card = SenderCard.model_validate(cards[sender_id].model_dump() | sent)
        except ValidationError as error:
            raise HTTPException(422, str(error)) from None
        cards[sender_id] = card
        return card

    return patch_app(change, Annotated[dict[str, Any], Body()])


@right("3.4-patch")
def patch_with_a_validator():
    class Checked(BaseModel):
        name: str | None = None
        phone: str | None = None
        town: str | None = None

        @field_validator("name", "town")
        @classmethod
        def not_null(cls, text: str | None) -> str | None:
            if text is None:
                raise ValueError("may not be null")
            return text

    return patch_app(copied(exclude_unset=True), Checked)


@right("3.4-patch")
def patch_kept_as_dicts():
    def change(cards, sender_id, sent):
        cards[sender_id] = dict(cards[sender_id]) | sent.model_dump(exclude_unset=True)
        return cards[sender_id]

    return patch_app(change)


@right("3.4-patch")
def patch_unpacked():
    def change(cards, sender_id, sent):
        cards[sender_id] = SenderCard(**{**cards[sender_id].model_dump(), **sent.model_dump(exclude_unset=True)})
        return cards[sender_id]

    return patch_app(change)
