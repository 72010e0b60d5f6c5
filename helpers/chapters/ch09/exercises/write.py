"""9.2-write: both or neither."""

import contextlib
from collections.abc import Callable
from typing import Any

from helpers.chapters.ch09.exercises.database import database, kept, load, with_models
from helpers.chapters.ch09.exercises.face import ADA, GRACE
from helpers.learning.model import Exercise


def _check(create_parcel: Callable[..., Any]) -> str:
    for key, handed_in in (("key-1", GRACE), ("another", ADA)):
        _store(create_parcel, key, handed_in)
    return "At no moment does the database hold one without the other."


def _store(create_parcel: Callable[..., Any], key: str, handed_in: dict[str, Any]) -> None:
    from sqlalchemy import event
    from sqlalchemy.exc import IntegrityError
    from sqlmodel import Session

    with database() as engine:
        new = load().ParcelIn(**handed_in)
        seen: list[tuple[int, ...]] = []
        with Session(engine) as session:
            event.listen(session, "after_commit", lambda _: seen.append(tuple(map(len, kept(engine)))))
            number = getattr(create_parcel(session, key, new), "id", None)
        parcels, letters = kept(engine)
        assert parcels or letters, "nothing is stored: when a session is closed, what was not committed is rolled back."
        assert (1, 0) not in seen[:-1], (
            "after one of your commits the database held a parcel and no letter. A kill at that moment loses the letter: "
            "`session.flush()` gives the parcel its id without a commit."
        )
        assert (0, 1) not in seen, (
            "after one of your commits the database held a letter and no parcel. A kill at that moment thanks for a parcel "
            "that nobody has."
        )
        assert letters, "the parcel is stored, and nobody owes it a letter: add a `Letter` in the same transaction."
        assert len(letters) == 1, f"one parcel owes one letter, but {len(letters)} were stored."
        assert number is not None, "the function should return the parcel, with its id."
        assert number == letters[0].parcel_id == parcels[0].id, (
            "the letter does not name its parcel: `parcel_id` is the parcel's id."
        )
        stored = {"key": parcels[0].key} | {name: getattr(parcels[0], name) for name in handed_in}
        assert stored == {"key": key} | handed_in, f"{handed_in} came with the key {key}, but {stored} was stored."
        assert letters[0].to == handed_in["email"], (
            f"the letter goes to the e-mail address, but yours goes to `{letters[0].to}`."
        )
        assert letters[0].sent_at is None, "the letter is noted as sent, and nobody has sent it: leave `sent_at` empty."
        with Session(engine) as session, contextlib.suppress(IntegrityError):
            create_parcel(session, key, new)
        assert tuple(map(len, kept(engine))) == (1, 1), (
            "the same key came twice, and something of the second try was stored. All of it belongs into one transaction."
        )


@with_models
def _solve() -> Callable[..., Any]:
    from outbox.models import Letter, Parcel, ParcelIn
    from sqlmodel import Session

    def create_parcel(session: Session, key: str, new: ParcelIn) -> Parcel:
        parcel = Parcel(key=key, **new.model_dump())
        session.add(parcel)
        session.flush()  # gives the parcel its id, and commits nothing
        assert parcel.id is not None
        session.add(Letter(parcel_id=parcel.id, to=parcel.email))
        session.commit()
        return parcel

    return create_parcel


EXERCISE = Exercise(
    id="9.2-write",
    title="both or neither",
    task="`create_parcel` should store the parcel and the letter that it owes so that no moment exists at which one is "
    "stored without the other, and return the parcel.",
    check=_check,
    hints=(
        "How many commits may there be?",
        "The letter needs the parcel's id, which the database gives. What does `session.flush()` do?",
    ),
    solution=_solve,
    wants="function",
)
