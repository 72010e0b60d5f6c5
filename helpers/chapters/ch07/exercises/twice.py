"""Exercise 7.1-twice: a job that may run twice."""

import contextlib
from collections.abc import Callable

from helpers.chapters.ch07.lesson import Bank, Killed
from helpers.learning.model import Exercise


def _check_twice(job: Callable[[int, Bank], object]) -> str:
    def bookings(parcels: list[int], kill: str = "") -> int:
        bank = Bank()
        for parcel in parcels:
            bank.kill, kill = kill, ""
            with contextlib.suppress(Killed):
                job(parcel, bank)
        assert set(bank.booked) <= {490}, f"490 cents were asked for, but the bank booked {bank.booked}."
        return len(bank.booked)

    once = bookings([101])
    assert once, "the job ran, and the bank booked nothing: call `bank.charge(490, ...)`."
    assert once == 1, f"one run of the job booked {once} times."
    assert bookings([102, 103]) == 2, (
        "two parcels were charged and only one was booked: the key must tell one parcel from another."
    )
    killed_late = bookings([104, 104], "after")
    assert killed_late != 2 or bookings([105, 105]) != 2, (
        "the job was delivered twice, and the sender paid twice: give the bank a `key` that is the same each time this "
        "parcel is charged, and no random one."
    )
    assert killed_late == 1, (
        "the worker was killed after the bank had booked and before your job could remember that, and the sender paid twice. "
        "Only the bank can know: pass it a `key`."
    )
    assert bookings([106, 106], "before") == 1, (
        "the worker was killed before the bank had booked, and the second run did nothing, because your job had noted the "
        "parcel as done. Nobody ever paid. Note nothing before the work: let the bank tell by the `key`."
    )
    return "However often the job is delivered and wherever it is killed, the sender pays once."


def _solve_twice() -> Callable[[int, Bank], None]:
    def charge_sender(parcel: int, bank: Bank) -> None:
        bank.charge(490, key=f"parcel-{parcel}")

    return charge_sender


EXERCISE = Exercise(
    id="7.1-twice",
    title="a job that may run twice",
    task="`charge_sender(parcel, bank)` should charge 490 cents once for each parcel, however often it is delivered and "
    "wherever it is killed.",
    check=_check_twice,
    hints=(
        "Whatever your job remembers by itself can be lost between the charge and the note. Who else can remember?",
        "`bank.charge(cents, key)` books a key once. What is the same in every delivery of this job, and different for "
        "every other parcel?",
    ),
    solution=_solve_twice,
    wants="function",
)
