"""What learners pass to exercise 7.1-twice."""

import asyncio
import hashlib
import os
import uuid
from datetime import datetime

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


@wrong("7.1-twice", says="2 parcels were charged, and not each of them was booked")
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


@wrong("7.1-twice", says="a process or a machine")
def twice_by_process():
    def charge_sender(parcel: int, bank: Bank) -> None:
        bank.charge(490, key=f"{os.getpid()}-{parcel}")

    return charge_sender


@wrong("7.1-twice", says="a clock gives another `key`")
def twice_by_the_hour():
    def charge_sender(parcel: int, bank: Bank) -> None:
        bank.charge(490, key=f"{datetime.now():%Y-%m-%d %H}-{parcel}")

    return charge_sender


@wrong("7.1-twice", says="`hash` of a text")
def twice_by_hash():
    def charge_sender(parcel: int, bank: Bank) -> None:
        bank.charge(490, key=hash(f"parcel-{parcel}"))

    return charge_sender


@wrong("7.1-twice", says="2 parcels whose numbers end alike")
def twice_by_remainder():
    def charge_sender(parcel: int, bank: Bank) -> None:
        bank.charge(490, key=f"parcel-{parcel % 100}")

    return charge_sender


@wrong("7.1-twice", says="3 parcels whose numbers begin alike")
def twice_by_the_first_digits():
    def charge_sender(parcel: int, bank: Bank) -> None:
        bank.charge(490, key=str(parcel).rstrip("0"))

    return charge_sender


@wrong("7.1-twice", says="has died with the old one")
def twice_by_what_is_kept_in_memory():
    keys: dict[int, str] = {}

    def charge_sender(parcel: int, bank: Bank) -> None:
        bank.charge(490, key=keys.setdefault(parcel, uuid.uuid4().hex))

    return charge_sender


@right("7.1-twice")
def twice_by_a_uuid_of_the_name():
    def charge_sender(parcel: int, bank: Bank) -> None:
        bank.charge(490, key=str(uuid.uuid5(uuid.NAMESPACE_URL, f"https://parcels.example/{parcel}")))

    return charge_sender


def digest(parcel: int) -> str:
    return hashlib.sha256(f"label of parcel {parcel}".encode()).hexdigest()


@right("7.1-twice")
def twice_by_a_helper():
    async def charge_sender(parcel: int, bank: Bank) -> None:
        await asyncio.sleep(0)
        bank.charge(cents=490, key=digest(parcel))

    return charge_sender


@right("7.1-twice")
def twice_in_an_object():
    class Charging:
        def __call__(self, parcel: int, bank: Bank) -> None:
            bank.charge(490, ("label", parcel))

    return Charging()


RUN = uuid.uuid4().hex
PREFIX = "label-of-parcel"


@wrong("7.1-twice", says="is computed when a process starts")
def twice_by_the_run():
    def charge_sender(parcel: int, bank: Bank) -> None:
        bank.charge(490, key=f"{RUN}-{parcel}")

    return charge_sender


@right("7.1-twice")
def twice_by_a_prefix():
    def charge_sender(parcel: int, bank: Bank) -> None:
        bank.charge(490, key=f"{PREFIX}-{parcel}")

    return charge_sender
