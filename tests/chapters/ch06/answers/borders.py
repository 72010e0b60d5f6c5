"""What learners pass to 6.1-borders."""

import pytest

from tests.chapters.answers import right, stub, wrong


def tries(taken=(), refused=()):
    def test_accepts(accepts):
        for grams in taken:
            assert accepts(grams)
        for grams in refused:
            assert not accepts(grams)

    return test_accepts


@stub("6.1-borders")
def borders_shipped():
    def test_accepts(accepts) -> None: ...

    return test_accepts


@wrong("6.1-borders", says="takes every weight")
def borders_what_works():
    return tries([1, 750, 30_000])


@wrong("6.1-borders", says="refuses every weight")
def borders_what_fails():
    return tries([], [-5, 0, 30_001, 90_000])


@wrong("6.1-borders", says="takes 0 g")
def borders_far_outside():
    return tries([1, 30_000], [-5, 90_000])


@wrong("6.1-borders", says="takes what lies below 0")
def borders_without_negatives():
    return tries([1, 30_000], [0, 30_001, 90_000])


@wrong("6.1-borders", says="refuses 1 g")
def borders_from_the_middle():
    return tries([2, 750, 30_000], [-1, 0, 30_001, 90_000])


@wrong("6.1-borders", says="refuses 30,000 g")
def borders_round_numbers():
    return tries([1, 100, 29_999], [-1, 0, 30_001, 90_000])


@wrong("6.1-borders", says="takes 30,001 g")
def borders_too_far():
    return tries([1, 30_000], [-1, 0, 31_000])


@wrong("6.1-borders", says="no upper limit beyond")
def borders_one_step_only():
    return tries([1, 30_000], [-1, 0, 30_001])


@wrong("6.1-borders", says="red for the right `accepts`")
def borders_one_too_few():
    return tries([1, 29_999], [-1, 0, 30_000, 30_001])


@right("6.1-borders")
def borders_as_a_table():
    def test_accepts(accepts):
        table = {-100: False, 0: False, 1: True, 15_000: True, 30_000: True, 30_001: False, 60_000: False}
        assert {grams: accepts(grams) for grams in table} == table

    return test_accepts


@right("6.1-borders")
def borders_all_weights():
    async def test_accepts(accepts):
        assert [grams for grams in range(-50, 40_000) if accepts(grams)] == list(range(1, 30_001))

    return test_accepts


@right("6.1-borders")
def borders_with_pytest():
    def test_accepts(accepts):
        for grams, expected in [(-1, False), (0, False), (1, True), (30_000, True), (30_001, False), (99_999, False)]:
            if accepts(grams) is not expected:
                pytest.fail(f"{grams} g")

    return test_accepts
