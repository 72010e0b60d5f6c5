"""Exercise 3.4-patch: change what was sent."""

from copy import copy
from typing import Any

import httpx
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

from helpers.chapters.asking import ask, logged, wanted
from helpers.learning.model import Exercise
from helpers.live.server import running


def _check_patch(app: FastAPI, cards: dict[int, Any]) -> str:
    assert isinstance(cards, dict) and cards, "the second thing to pass is the dict `cards`, with a card or more in it."
    kept = {number: copy(card) for number, card in cards.items()}
    card = next((type(card) for card in kept.values() if isinstance(card, BaseModel)), SenderCard)
    cards.clear()
    cards.update({1: card(name="Ada", phone="1815", town="York"), 2: card(name="Grace", phone="1906", town="Hull")})
    try:
        with running(app) as server:

            def change(number: int, changes: dict[str, Any]) -> httpx.Response:
                answer = ask(server, "PATCH", f"/senders/{number}", json=changes)
                assert answer.status_code < 500, (
                    f"`{changes}` for sender {number} was answered with {answer.status_code}: {logged(server)}."
                )
                return answer

            _try_changes(change, cards)
    finally:
        cards.clear()
        cards.update(kept)
    return "What was sent was changed, null and defaults included, the rest stayed, and what may not be was refused."


def _try_changes(change: Any, cards: dict[int, Any]) -> None:
    moved = change(1, {"town": "Leeds"})
    assert moved.status_code < 400, (
        f"a PATCH with the town alone was refused with {moved.status_code}: the model of a change has to let every field be "
        "left out."
    )
    ada = {"name": "Ada", "phone": "1815", "town": "Leeds"}
    assert moved.json() == ada, f"the town alone was sent, and {wanted(ada, moved)}."
    assert _kept(cards, 1) == ada, (
        f"the answer shows the change, but the card that is kept says {_kept(cards, 1)}: keep what you have made."
    )
    for number, sent, card, words in (
        (2, {"phone": None}, {"name": "Grace", "phone": None, "town": "Hull"}, "a phone may be taken away with null"),
        (
            2,
            {"town": "London"},
            {"name": "Grace", "phone": None, "town": "London"},
            "the default counts when it is sent",
        ),
        (1, {}, ada, "nothing was sent, so nothing changes"),
    ):
        answer = change(number, sent)
        assert answer.status_code == 200 and answer.json() == card, f"{words}: after `{sent}`, {wanted(card, answer)}."
        assert _kept(cards, number) == card, f"{words}, but the card that is kept says {_kept(cards, number)}."
    for sent in ({"name": None}, {"town": 7}):
        refused = change(1, sent)
        assert refused.status_code >= 400 and _kept(cards, 1) == ada, (
            f"`{sent}` was taken with {refused.status_code}: `model_copy` and attributes check nothing, so the types of the change "
            "have to."
        )
        assert refused.status_code == 422, f"422 was asked for `{sent}`, but {refused.status_code} came."
    unknown = change(987654, {"town": "Leeds"})
    assert unknown.status_code == 404, f"404 was asked for an unknown sender, but {unknown.status_code} came."
    assert 987654 not in cards, "a PATCH for an unknown sender created a card."


def _kept(cards: dict[int, Any], number: int) -> dict[str, Any]:
    """What a card says, be it kept as a model or as a dict."""
    card = cards.get(number)
    return card.model_dump() if isinstance(card, BaseModel) else dict(card or {})


class SenderCard(BaseModel):
    """As in the notebook."""

    name: str
    phone: str | None = None
    town: str = "London"


cards = {1: SenderCard(name="Ada", phone="020 7946 0018"), 2: SenderCard(name="Grace", town="York")}


def _solve_patch() -> tuple[FastAPI, dict[int, SenderCard]]:
    class CardChange(BaseModel):
        name: str = ""
        phone: str | None = None
        town: str = ""

    app = FastAPI()

    @app.patch("/senders/{sender_id}")
    def change_sender(sender_id: int, change: CardChange) -> SenderCard:
        if sender_id not in cards:
            raise HTTPException(404, "no such sender")
        cards[sender_id] = cards[sender_id].model_copy(update=change.model_dump(exclude_unset=True))
        return cards[sender_id]

    return app, cards


EXERCISE = Exercise(
    id="3.4-patch",
    title="change what was sent",
    task="`PATCH /senders/{sender_id}` should change what is sent, a null for `phone` included, leave the rest, refuse a null for "
    "`name` with 422, and answer 404 for an unknown sender.",
    check=_check_patch,
    hints=(
        "A model of its own for the change: every field with a default, and only `phone` may be None.",
        "`change.model_dump(exclude_unset=True)` is what was sent. `exclude_none` would also drop the null that means something.",
        "`cards[sender_id].model_copy(update=...)` makes the new card. Keep it, and think of the sender who is not there.",
    ),
    solution=_solve_patch,
    wants=("app", "value"),
    routes=("PATCH /senders/{sender_id}",),
)
