"""What learners pass to exercise 7.1-twice."""

import uuid

from helpers.chapters.ch07.lesson import Bank
from tests.chapters.answers import right, stub, wrong


@stub("7.1-twice")
def twice_shipped():
    def charge_sender(parcel: int, bank: Bank) -> None: ...

    return charge_sender


@wrong("7.1-twice", says="and no random one")
def twice_without_a_key():
    def charge_sender(parcel: int, bank: Bank) -> None:
        bank.charge(490)

    return charge_sender


@wrong("7.1-twice", says="the key must tell one parcel from another")
def twice_with_one_key():
    def charge_sender(parcel: int, bank: Bank) -> None:
        bank.charge(490, key="label")

    return charge_sender


@wrong("7.1-twice", says="before your job could remember that")
def twice_noted_afterwards():
    done = set()

    def charge_sender(parcel: int, bank: Bank) -> None:
        if parcel not in done:
            bank.charge(490)
            done.add(parcel)

    return charge_sender


@wrong("7.1-twice", says="Nobody ever paid")
def twice_noted_before():
    done = set()

    def charge_sender(parcel: int, bank: Bank) -> None:
        if parcel not in done:
            done.add(parcel)
            bank.charge(490)

    return charge_sender


@wrong("7.1-twice", says="490 cents were asked for")
def twice_another_amount():
    def charge_sender(parcel: int, bank: Bank) -> None:
        bank.charge(4.90, key=f"parcel-{parcel}")

    return charge_sender


@wrong("7.1-twice", says="the bank booked nothing")
def twice_nothing():
    def charge_sender(parcel: int, bank: Bank) -> None:
        str(parcel)

    return charge_sender


@wrong("7.1-twice", says="one run of the job booked 2 times")
def twice_in_one_run():
    def charge_sender(parcel: int, bank: Bank) -> None:
        bank.charge(490, key=uuid.uuid4().hex)
        bank.charge(490, key=uuid.uuid4().hex)

    return charge_sender


@right("7.1-twice")
def twice_by_number():
    def charge_sender(parcel: int, bank: Bank) -> None:
        bank.charge(490, str(parcel))

    return charge_sender
