"""What is told of an error in a server's log: its last word, whatever stands around it."""

import traceback

import pytest

from helpers.wording import logged_error


def failing(kind: str) -> None:
    if kind == "plain":
        {}["parcel"]
    if kind == "of a package":
        raise Lost("no such parcel\n[SQL: SELECT 1]\n(Background on this error at: nowhere)")
    if kind == "chained":
        try:
            1 / 0  # noqa: B018
        except ZeroDivisionError:
            raise LookupError("second") from None
    if kind == "in a chain":
        try:
            1 / 0  # noqa: B018
        except ZeroDivisionError as error:
            raise LookupError("last") from error
    if kind == "in a group":
        raise ExceptionGroup("unhandled errors", [ValueError("inside")])
    if kind == "without a message":
        raise TimeoutError


class Lost(Exception):
    pass


def logged(kind: str) -> list[str]:
    try:
        failing(kind)
    except Exception:
        return ["INFO ready", f"ERROR Exception in ASGI application\n{traceback.format_exc()}", "ERROR another"]
    return []


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("plain", "KeyError: 'parcel'"),
        ("of a package", f"{__name__}.Lost: no such parcel"),
        ("chained", "LookupError: second"),
        ("in a chain", "LookupError: last"),
        ("in a group", "ValueError: inside"),
        ("without a message", "TimeoutError"),
    ],
)
def test_an_error_in_a_log(kind, told):
    assert logged_error(logged(kind)) == told


def test_a_log_without_an_error():
    assert logged_error(["INFO ready"]) == "" == logged_error([])
    assert logged_error(["ERROR [Errno 98] address already in use"]) == "ERROR [Errno 98] address already in use"
