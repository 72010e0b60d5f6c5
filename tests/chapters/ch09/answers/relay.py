"""What learners pass to 9.2-relay."""

import smtplib

from sqlmodel import Session, col, select, update

from helpers.chapters.ch09.exercises.database import load
from tests.chapters.answers import right, stub, wrong

models = load()
Letter, now = models.Letter, models.now


def owed(session: Session) -> list:
    return list(session.exec(select(Letter).where(col(Letter.sent_at).is_(None)).order_by(col(Letter.id))))


@stub("9.2-relay")
def relay_shipped():
    def relay(session: Session, send) -> int: ...

    return relay


@wrong("9.2-relay", says="noted as sent too early")
def relay_notes_first():
    def relay(session: Session, send) -> int:
        letters = owed(session)
        for letter in letters:
            letter.sent_at = now()
            session.commit()
            send(letter)
        return len(letters)

    return relay


@wrong("9.2-relay", says="Commit after each letter")
def relay_commits_at_the_end():
    def relay(session: Session, send) -> int:
        letters = owed(session)
        for letter in letters:
            send(letter)
            letter.sent_at = now()
        session.commit()
        return len(letters)

    return relay


@wrong("9.2-relay", says="one bad address must not hold up the rest")
def relay_stops_at_a_refusal():
    def relay(session: Session, send) -> int:
        sent = 0
        for letter in owed(session):
            try:
                send(letter)
            except OSError:
                break
            letter.sent_at = now()
            session.commit()
            sent += 1
        return sent

    return relay


@wrong("9.2-relay", says="refused letter was never sent again")
def relay_gives_up():
    def relay(session: Session, send) -> int:
        sent = 0
        for letter in owed(session):
            try:
                send(letter)
                sent += 1
            except OSError:
                pass
            letter.sent_at = now()
            session.commit()
        return sent

    return relay


@wrong("9.2-relay", says="the second round sent letters again")
def relay_without_note():
    def relay(session: Session, send) -> int:
        letters = owed(session)
        for letter in letters:
            send(letter)
        return len(letters)

    return relay


@wrong("9.2-relay", says="it returned None")
def relay_without_count():
    def relay(session: Session, send) -> None:
        for letter in owed(session):
            try:
                send(letter)
            except OSError:
                continue
            letter.sent_at = now()
            session.commit()

    return relay


@right("9.2-relay")
def relay_one_at_a_time():
    def relay(session: Session, send) -> int:
        refused: set[int] = set()
        sent = 0
        while letter := next((letter for letter in owed(session) if letter.id not in refused), None):
            try:
                send(letter)
            except OSError:
                refused.add(letter.id)
            else:
                letter.sent_at = now()
                session.add(letter)
                session.commit()
                sent += 1
        return sent

    return relay


@wrong("9.2-relay", says="refused a letter by ConnectionRefusedError")
def relay_expects_smtp_alone():
    def relay(session: Session, send) -> int:
        sent = 0
        for letter in owed(session):
            try:
                send(letter)
            except smtplib.SMTPException:
                continue
            letter.sent_at = now()
            session.commit()
            sent += 1
        return sent

    return relay


@wrong("9.2-relay", says="it returned 3")
def relay_counts_all_letters():
    def relay(session: Session, send) -> int:
        for letter in owed(session):
            try:
                send(letter)
            except OSError:
                continue
            letter.sent_at = now()
            session.commit()
        return len(session.exec(select(Letter)).all())

    return relay


@wrong("9.2-relay", says="yours went in the order [2, 3, 1]")
def relay_oldest_last():
    def relay(session: Session, send) -> int:
        first, *letters = owed(session) or [None]
        letters += [first] if first else []
        for letter in letters:
            send(letter)
            letter.sent_at = now()
            session.commit()
        return len(letters)

    return relay


@right("9.2-relay")
def relay_with_a_helper():
    def try_to_send(session: Session, letter, send) -> bool:
        try:
            send(letter)
        except OSError:
            return False
        letter.sent_at = now()
        session.commit()
        return True

    def relay(session: Session, send) -> int:
        return sum(try_to_send(session, letter, send) for letter in owed(session))

    return relay


@right("9.2-relay")
def relay_by_an_update():
    def relay(session: Session, send) -> int:
        sent = 0
        for number in [letter.id for letter in owed(session)]:
            try:
                send(session.get_one(Letter, number))
            except OSError:
                continue
            session.exec(update(Letter).where(col(Letter.id) == number).values(sent_at=now()))
            session.commit()
            sent += 1
        return sent

    return relay


@wrong("9.2-relay", says="Without `order_by` the database gives rows in whatever order it likes")
def relay_in_any_order():
    def relay(session: Session, send) -> int:
        sent = 0
        for letter in session.exec(select(Letter).where(col(Letter.sent_at).is_(None))).all():
            try:
                send(letter)
            except OSError:
                continue
            letter.sent_at = now()
            session.commit()
            sent += 1
        return sent

    return relay
