"""What learners pass to 2.3-ledger."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

from fastapi import HTTPException

from helpers.chapters.ch02.exercises.ledger import ledger
from tests.chapters.answers import right, stub, wrong


@stub("2.3-ledger")
def ledger_shipped():
    def get_ledger() -> Iterator[list[str]]: ...

    return get_ledger, ledger


@wrong("2.3-ledger", says="what stands behind it is skipped")
def ledger_without_try():
    def get_ledger() -> Iterator[list[str]]:
        ledger.append("begin")
        yield ledger
        ledger.append("commit")
        ledger.append("close")

    return get_ledger, ledger


@wrong("2.3-ledger", says="`begin, book 8, rollback, close` was asked for, but `begin, book 8, commit, close`")
def ledger_commits_in_each_case():
    def get_ledger() -> Iterator[list[str]]:
        ledger.append("begin")
        try:
            yield ledger
        finally:
            ledger.append("commit")
            ledger.append("close")

    return get_ledger, ledger


@wrong("2.3-ledger", says="`raise` it again")
def ledger_swallows():
    def get_ledger() -> Iterator[list[str]]:
        ledger.append("begin")
        try:
            yield ledger
            ledger.append("commit")
        except Exception:
            ledger.append("rollback")
        finally:
            ledger.append("close")

    return get_ledger, ledger


@wrong("2.3-ledger", says="which do you catch?")
def ledger_of_values_alone():
    def get_ledger() -> Iterator[list[str]]:
        ledger.append("begin")
        try:
            yield ledger
            ledger.append("commit")
        except ValueError:
            ledger.append("rollback")
            raise
        finally:
            ledger.append("close")

    return get_ledger, ledger


@wrong("2.3-ledger", says="`begin, book 8, rollback, close` was asked for, but `begin, book 8, rollback` was noted")
def ledger_never_closed():
    def get_ledger() -> Iterator[list[str]]:
        ledger.append("begin")
        try:
            yield ledger
        except Exception:
            ledger.append("rollback")
            raise
        ledger.append("commit")
        ledger.append("close")

    return get_ledger, ledger


@wrong("2.3-ledger", says="`commit` was never noted")
def ledger_returned():
    def get_ledger() -> list[str]:
        ledger.append("begin")
        return ledger

    return get_ledger, ledger


@wrong("2.3-ledger", says="hands the ledger to the path operation")
def ledger_not_handed_over():
    def get_ledger() -> Iterator[None]:
        ledger.append("begin")
        try:
            yield
            ledger.append("commit")
        except Exception:
            ledger.append("rollback")
            raise
        finally:
            ledger.append("close")

    return get_ledger, ledger


@wrong("2.3-ledger", says="by another exception, and `rollback` was never noted")
def ledger_of_two_exceptions():
    def get_ledger() -> Iterator[list[str]]:
        ledger.append("begin")
        try:
            yield ledger
            ledger.append("commit")
        except (ValueError, HTTPException):
            ledger.append("rollback")
            raise
        finally:
            ledger.append("close")

    return get_ledger, ledger


@wrong("2.3-ledger", says="became another one")
def ledger_with_a_500_of_its_own():
    def get_ledger() -> Iterator[list[str]]:
        ledger.append("begin")
        try:
            yield ledger
            ledger.append("commit")
        except HTTPException:
            ledger.append("rollback")
            raise
        except Exception:
            ledger.append("rollback")
            raise HTTPException(500) from None
        finally:
            ledger.append("close")

    return get_ledger, ledger


@wrong("2.3-ledger", says="but the client got 409")
def ledger_with_another_status():
    def get_ledger() -> Iterator[list[str]]:
        ledger.append("begin")
        try:
            yield ledger
            ledger.append("commit")
        except Exception as error:
            ledger.append("rollback")
            raise HTTPException(409) from error
        finally:
            ledger.append("close")

    return get_ledger, ledger


@right("2.3-ledger")
def ledger_async():
    async def get_ledger() -> AsyncIterator[list[str]]:
        ledger.append("begin")
        try:
            yield ledger
            ledger.append("commit")
        except BaseException:
            ledger.append("rollback")
            raise
        finally:
            ledger.append("close")

    return get_ledger, ledger


@right("2.3-ledger")
def ledger_by_a_context_manager():
    @contextmanager
    def opened() -> Iterator[list[str]]:
        ledger.append("begin")
        word = "rollback"
        try:
            yield ledger
            word = "commit"
        finally:
            ledger.extend([word, "close"])

    def get_ledger() -> Iterator[list[str]]:
        with opened() as book:
            yield book

    return get_ledger, ledger


@right("2.3-ledger")
def ledger_by_a_class():
    class Ledger:
        def __enter__(self) -> list[str]:
            ledger.append("begin")
            return ledger

        def __exit__(self, kind: type | None, *_: object) -> None:
            ledger.append("rollback" if kind else "commit")
            ledger.append("close")

    def get_ledger() -> Iterator[list[str]]:
        with Ledger() as book:
            yield book

    return get_ledger, ledger
