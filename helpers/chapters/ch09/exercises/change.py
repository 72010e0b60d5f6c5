"""9.2-change: one of two wins."""

import contextlib
import threading
from collections.abc import Callable
from typing import Any

from helpers.chapters.ch09.exercises.database import kept, three_owed, with_models
from helpers.learning.model import Exercise


def _check(change_address: Callable[..., Any]) -> str:
    from sqlmodel import Session

    def stored(engine: Any) -> tuple[str, int]:
        parcel = kept(engine)[0][0]
        return parcel.to, parcel.version

    def change(engine: Any, version: int, to: str, number: int = 1) -> Any:
        with Session(engine) as session:
            return change_address(session, number, version, to)

    with three_owed() as engine:
        assert change(engine, 1, "Ada") is True, (
            "the parcel has version 1 and version 1 was named, so the answer is `True`."
        )
        to, version = stored(engine)
        assert to == "Ada", f"the address should be changed and committed, but another connection still reads {to}."
        assert version == 2, (
            f"every change raises the version by one; after the first it should be 2, but it is {version}."
        )
        assert [parcel.to for parcel in kept(engine)[0]] == ["Ada", "Grace", "Grace"], (
            "other parcels were changed too: the condition needs the parcel's id."
        )
        answer = change(engine, 1, "Grace")
        assert stored(engine) == ("Ada", 2), (
            "version 1 was named, the parcel had version 2, and it was changed all the same."
        )
        assert answer is False, f"nothing was changed, so the answer is `False`, but `{answer}` came."
        ahead = change(engine, 3, "Grace")
        assert ahead is False and stored(engine) == ("Ada", 2), (
            f"version 3 was named, which the parcel never had, and `{ahead}` came: compare by `==`, not by an order."
        )
        assert change(engine, 1, "Ada", number=99) is False, (
            "there is no parcel 99, so nothing can be changed: `False`."
        )
        assert change(engine, 2, "Barbara") is True and stored(engine) == ("Barbara", 3), (
            "the parcel had version 2 and version 2 was named, so it should be changed and have version 3, but it is "
            f"{stored(engine)}."
        )
        assert change(engine, 1, "Ada", number=3) is True and kept(engine)[0][2].to == "Ada", (
            "another parcel, number 3, should be changed by its own version."
        )
    _one_of_two_wins(change)
    return "Of two changes to the same version one wins, and the other is told."


def _one_of_two_wins(change: Callable[..., Any]) -> None:
    from sqlalchemy import event

    with three_owed() as engine:
        # Whoever reads waits until the other has read too: the moment that a busy day brings about by itself.
        barrier = threading.Barrier(2)

        def meet(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
            if statement.lstrip().upper().startswith("SELECT"):
                with contextlib.suppress(threading.BrokenBarrierError):
                    barrier.wait(0.5)

        event.listen(engine, "after_cursor_execute", meet)
        answers: list[Any] = []
        errors: list[Exception] = []

        def try_to(to: str) -> None:
            try:
                answers.append(change(engine, 1, to))
            except Exception as error:
                errors.append(error)

        clients = [threading.Thread(target=try_to, args=(to,), daemon=True) for to in ("Ada", "Grace")]
        for client in clients:
            client.start()
        for client in clients:
            client.join(8)
        if errors:
            raise errors[0]
        assert answers.count(True) < 2, (
            "two clients read version 1 at the same moment, both changed the address, and both were told that it worked: one "
            "change is lost. Comparing in Python comes too early; let the `UPDATE` itself compare."
        )
        assert answers.count(True) == 1, "two clients named version 1 at the same moment, and neither of them won."


@with_models
def _solve() -> Callable[..., Any]:
    from outbox.models import Parcel
    from sqlmodel import Session, col, update

    def change_address(session: Session, parcel_id: int, version: int, to: str) -> bool:
        mine = (col(Parcel.id) == parcel_id) & (col(Parcel.version) == version)
        result = session.exec(update(Parcel).where(mine).values(to=to, version=version + 1))
        session.commit()
        return result.rowcount == 1

    return change_address


EXERCISE = Exercise(
    id="9.2-change",
    title="one of two wins",
    task="`change_address` should change the addressee and raise the version, if the parcel still has the version that the "
    "client read; it says by `True` or `False` whether it did.",
    check=_check,
    hints=(
        "Between reading a version in Python and writing, another client may write. Who can compare and write in one step?",
        "`update(Parcel).where(...).values(...)`: the result's `rowcount` says how many rows it changed.",
    ),
    solution=_solve,
    wants="function",
)
