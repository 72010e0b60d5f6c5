"""9.2-listed: a page of what is there."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from helpers.chapters.ch09.exercises.database import database, load, with_models
from helpers.chapters.ch09.exercises.face import GRACE
from helpers.learning.model import Exercise


def _check(list_parcels: Callable[..., Any]) -> str:
    for people in (("Grace", "Ada"), ("Ada", "Grace")):
        _page_through(list_parcels, people)
    return "Pages hold what is there, newest first, and for one addressee as many as for all."


def _page_through(list_parcels: Callable[..., Any], people: tuple[str, str]) -> None:
    from sqlmodel import Session

    models = load()
    often, seldom = people
    loaded: list[int] = []
    with database() as engine:
        with Session(engine) as session:
            for number in range(1, 41):
                to = seldom if number % 10 == 0 else often
                gone = models.now() if number in (20, 37) else None
                session.add(models.Parcel(key=f"key-{number}", **GRACE | {"to": to}, deleted_at=gone))
            session.commit()

        def page(limit: int, before: int | None = None, to: str | None = None) -> list[int]:
            with Session(engine) as session:
                found = list_parcels(session, limit, before, to)
                assert isinstance(found, list | tuple), (
                    f"a page is a list of parcels, but {type(found).__name__} came: `.all()` or `list(...)` makes one."
                )
                assert all(isinstance(parcel, models.Parcel) for parcel in found), "a page is a list of parcels."
                return [parcel.id for parcel in found]

        top = page(3)
        assert top, (
            "38 parcels are there, and none came. Is one of the conditions Python's own, such as `is None`? That asks whether "
            "the column is None, at once and without a database; `.is_(None)` asks the rows."
        )
        assert top != [1, 2, 3], "the oldest parcels came first. Newest first was asked for."
        assert len(top) == 3, f"three parcels were asked for, but {len(top)} came."
        assert top == [40, 39, 38], f"the first page should be the parcels 40, 39 and 38, but {top} came."
        second = page(3, before=38)
        assert 37 not in second, "parcel 37 has been deleted, which `deleted_at` says, and was listed all the same."
        assert 38 not in second, "the parcel that `before` names came a second time: only ids below it were asked for."
        assert second == [36, 35, 34], f"below parcel 38 the page should be 36, 35 and 34, but {second} came."
        mine = page(3, to=seldom)
        assert mine != [40] and mine != [], (
            f"three parcels for {seldom} are there, but {len(mine)} came: the limit counts what the filter leaves, so filter first."
        )
        assert 20 not in mine, f"parcel 20, for {seldom}, has been deleted, and was listed all the same."
        assert mine == [40, 30, 10], f"the parcels for {seldom} are 40, 30 and 10, but {mine} came."
        both = page(2, before=40, to=seldom)
        assert both == [30, 10], f"below parcel 40 there are 30 and 10 for {seldom}, but {both} came."
        assert page(3, to="Barbara") == [], "nobody sends to Barbara: an empty list."
        assert page(3, before=1) == [], "below the oldest parcel there is nothing: an empty list."
        with _noting(models.Parcel, loaded):
            page(2)
        assert len(loaded) <= 2, (
            f"a page of two parcels fetched {len(loaded)} from the database and threw the rest away: `limit` belongs into the "
            "query."
        )


@contextlib.contextmanager
def _noting(model: Any, loaded: list[int]) -> Iterator[None]:
    """Notes the id of every row that becomes an object meanwhile."""
    from sqlalchemy import event

    def note(parcel: Any, context: Any) -> None:
        loaded.append(parcel.id)

    event.listen(model, "load", note)
    try:
        yield
    finally:
        event.remove(model, "load", note)


@with_models
def _solve() -> Callable[..., Any]:
    from outbox.models import Parcel
    from sqlmodel import Session, col, select

    def list_parcels(session: Session, limit: int, before: int | None, to: str | None) -> list[Parcel]:
        query = select(Parcel).where(col(Parcel.deleted_at).is_(None))
        if before is not None:
            query = query.where(col(Parcel.id) < before)
        if to is not None:
            query = query.where(Parcel.to == to)
        return list(session.exec(query.order_by(col(Parcel.id).desc()).limit(limit)))

    return list_parcels


EXERCISE = Exercise(
    id="9.2-listed",
    title="a page of what is there",
    task="`list_parcels` should give at most `limit` parcels, newest first, without the deleted ones; with `before` only those "
    "whose id is below it, and with `to` only those for this addressee.",
    check=_check,
    hints=(
        "A `select` can grow step by step: `query = query.where(...)`. Which of the conditions are always there?",
        "`col(Parcel.deleted_at).is_(None)` is SQL for not deleted. What comes first, the filter or the limit?",
        "`.order_by(col(Parcel.id).desc()).limit(limit)` lets the database count.",
    ),
    solution=_solve,
    wants="function",
)
