"""Exercise 7.1-twice: a job that may run twice."""

import asyncio
import contextlib
import inspect
from collections.abc import Awaitable

from helpers.chapters.ch07.exercises.elsewhere import Job, elsewhere, forget, imported_anew, memory
from helpers.chapters.ch07.lesson import Bank, Killed
from helpers.learning.model import Exercise

FAR = (
    2**20 * 3**5 * 5**20 * 7 * 11 * 13
)  # two numbers that far apart have the same last digits, and the same remainders


def _check_twice(job: Job) -> str:
    once = _bookings(job, [101])
    assert once, "the job ran, and the bank booked nothing: call `bank.charge(490, ...)`."
    assert once == 1, f"one run of the job booked {once} times."
    for others, alike in (
        ([102, 103], ""),
        ([104, 104 + FAR], " whose numbers end alike"),
        ([7, 70, 700], " whose numbers begin alike"),
    ):
        assert _bookings(job, others) == len(others), (
            f"{len(others)} parcels{alike} were charged, and not each of them was booked: the key must tell one parcel from "
            "every other."
        )
    killed_late = _bookings(job, [105, 105], kill="after")
    assert killed_late != 2 or _bookings(job, [106, 106]) != 2, (
        "the job was delivered twice, and the sender paid twice: give the bank a `key` that is the same each time this "
        "parcel is charged, and no random one."
    )
    assert killed_late == 1, (
        "the worker was killed after the bank had booked and before your job could remember that, and the sender paid twice. "
        "Only the bank can know: pass it a `key`."
    )
    assert _bookings(job, [107, 107], kill="before") == 1, (
        "the worker was killed before the bank had booked, and the second run did nothing, because your job had noted the "
        "parcel as done. Nobody ever paid. Note nothing before the work: let the bank tell by the `key`."
    )
    for kind, what in (
        ("process", "to another process, and the sender paid twice: a process or a machine"),
        ("clock", "on another day, and the sender paid twice: a clock"),
        ("hash", "to another process, and the sender paid twice: `hash` of a text"),
    ):
        bank = Bank()
        _run(job, 108, bank)
        with elsewhere(job, kind):
            _run(job, 108, bank)
        assert len(bank.booked) == 1, (
            f"the job was delivered again {what} gives another `key` there. Make it of what the job itself was given."
        )
    bank, remembered = Bank(), memory(job)
    _run(job, 109, bank)
    forget(remembered)
    _run(job, 109, bank)
    assert len(bank.booked) == 1, (
        "the job was delivered again to a new worker, and the sender paid twice: what your code keeps in its own memory "
        "has died with the old one. Make the `key` of what the job itself was given."
    )
    bank = Bank()
    _run(job, 110, bank)
    with imported_anew(job):
        _run(job, 110, bank)
    assert len(bank.booked) == 1, (
        "the job was delivered again to another worker, and the sender paid twice: a value beside your function, which its "
        "`key` holds, is computed when a process starts, and is another one there. Make the `key` of what the job was given."
    )
    return "However often the job is delivered, wherever it is killed and wherever it runs again, the sender pays once."


def _bookings(job: Job, parcels: list[int], kill: str = "") -> int:
    """How often a new bank books for deliveries of the job; the worker of the first is killed "before" or "after" that."""
    bank = Bank()
    for parcel in parcels:
        bank.kill, kill = kill, ""
        with contextlib.suppress(Killed):
            _run(job, parcel, bank)
    assert set(bank.booked) <= {490}, f"490 cents were asked for, but the bank booked {bank.booked}."
    return len(bank.booked)


def _run(job: Job, parcel: int, bank: Bank) -> None:
    result = job(parcel, bank)
    if inspect.isawaitable(result):  # RQ and Taskiq run coroutines, too

        async def wait(result: Awaitable[object]) -> None:
            await result

        with asyncio.Runner() as runner:
            runner.run(wait(result))


def _solve_twice() -> Job:
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
