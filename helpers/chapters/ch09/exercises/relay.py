"""9.2-relay: sent, then noted."""

import contextlib
import smtplib
from collections.abc import Callable
from typing import Any

from helpers.chapters.ch09.exercises.database import three_owed, with_models
from helpers.learning.model import Exercise


class _Killed(BaseException):
    """Ends a relay where it stands, as `kill -9` ends a process: nobody catches it, nothing after it runs."""


class _Post:
    """A mail server that kills whoever sends letter `kill`, before it took the letter or after, and refuses `refuse`."""

    def __init__(self, kill: int = 0, after: bool = False, refuse: int = 0, by: OSError | None = None):
        self.kill, self.after, self.refuse = kill, after, refuse
        self.by = by or smtplib.SMTPDataError(451, b"try again later")
        self.taken: list[int] = []

    def __call__(self, letter: Any) -> None:
        number = letter.id
        if number == self.refuse:
            raise self.by
        if number == self.kill and not self.after:
            raise _Killed
        self.taken.append(number)
        if number == self.kill:
            raise _Killed


def _relay_once(relay: Callable[..., Any], engine: Any, post: _Post) -> Any:
    from sqlmodel import Session

    with Session(engine) as session, contextlib.suppress(_Killed):
        return relay(session, post)


def _sends_each_once(relay: Callable[..., Any]) -> None:
    from sqlalchemy import event

    with three_owed() as engine:
        # Without ORDER BY a database may give its rows in any order: let it give them the other way round.
        reverse = "PRAGMA reverse_unordered_selects = ON"
        event.listen(engine, "checkout", lambda connection, *_: connection.execute(reverse))
        post = _Post()
        count = _relay_once(relay, engine, post)
        assert post.taken, "three letters are owed, and none was sent: `send(letter)` hands one to the mail server."
        assert sorted(post.taken) == [1, 2, 3], f"three letters are owed, but these were sent: {post.taken}."
        assert post.taken == [1, 2, 3], (
            f"the letter that is owed longest goes first; yours went in the order {post.taken}. Without `order_by` the database gives rows "
            "in whatever order it likes."
        )
        idle = _relay_once(relay, engine, post)
        assert len(post.taken) == 3, (
            "the second round sent letters again: what is sent gets its `sent_at`, and a commit."
        )
        assert count == 3, f"three letters were sent, and the function should return 3; it returned {count}."
        assert idle == 0, (
            f"when nothing is owed, nothing is sent, and the function should return 0; it returned {idle}."
        )


def _survives(relay: Callable[..., Any], kill: int, after: bool) -> None:
    """A kill at a letter, before the mail server took it or right after."""
    with three_owed() as engine:
        _relay_once(relay, engine, _Post(kill, after))
        again = _Post()
        _relay_once(relay, engine, again)
        if not after:
            assert kill in again.taken, (
                "the process was killed before the mail server had a letter, and nobody sent it afterwards: it was noted "
                "as sent too early. First send, then note it."
            )
        assert not [number for number in again.taken if number < kill], (
            "the process was killed at a letter, and afterwards the one before it was sent once more: its note was not "
            "committed yet. Commit after each letter."
        )
        assert [number for number in again.taken if number > kill] == list(range(kill + 1, 4)), (
            "the process was killed at a letter, and one behind it was lost."
        )


def _bears_a_refusal(relay: Callable[..., Any], refuse: int, by: OSError) -> None:
    with three_owed() as engine:
        post = _Post(refuse=refuse, by=by)
        others = [number for number in (1, 2, 3) if number != refuse]
        try:
            count = _relay_once(relay, engine, post)
        except OSError as error:
            raise AssertionError(
                f"the mail server refused a letter by {type(error).__name__}, which came out of your function: an `OSError` "
                "belongs to its letter, and the others go out."
            ) from None
        assert post.taken == others, (
            "the mail server refused a letter, and others were not sent: one bad address must not hold up the rest. An "
            "`OSError` belongs to its letter."
        )
        assert count == 2, f"one of three letters was refused, so two were sent, but the function returned {count}."
        post.refuse = 0
        _relay_once(relay, engine, post)
        assert post.taken == [*others, refuse], (
            "the refused letter was never sent again: it stays owed until the mail server has it."
        )


def _check(relay: Callable[..., Any]) -> str:
    _sends_each_once(relay)
    for kill in (2, 1, 3):
        for after in (False, True):
            _survives(relay, kill, after)
    _bears_a_refusal(relay, 1, smtplib.SMTPDataError(451, b"try again later"))
    _bears_a_refusal(relay, 2, ConnectionRefusedError("the mail server is away"))
    return "A kill before, between or after loses no letter, and a refused letter holds up nobody."


@with_models
def _solve() -> Callable[..., Any]:
    from outbox.models import Letter, now
    from sqlmodel import Session, col, select

    def relay(session: Session, send: Callable[[Letter], None]) -> int:
        sent = 0
        for letter in session.exec(select(Letter).where(col(Letter.sent_at).is_(None)).order_by(col(Letter.id))).all():
            try:
                send(letter)
            except OSError:  # the mail server refused this one: it stays owed, and the others go out
                continue
            letter.sent_at = now()
            session.commit()
            sent += 1
        return sent

    return relay


EXERCISE = Exercise(
    id="9.2-relay",
    title="sent, then noted",
    task="`relay` should send every letter that is owed, oldest first, note each in `sent_at`, survive a kill at any moment "
    "without losing one, and return how many it sent.",
    check=_check,
    hints=(
        "Two steps, sending and noting. Which order loses a letter when the process dies between them?",
        "When is a note safe? After which call?",
        "smtplib's errors are `OSError`s. What becomes of the other letters when one is refused?",
    ),
    solution=_solve,
    wants="function",
)
