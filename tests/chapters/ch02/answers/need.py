"""What learners pass to 2.3-need."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Header, HTTPException, Request

from tests.chapters.answers import right, stub, wrong


@stub("2.3-need")
def need_shipped():
    def need(role: str) -> Callable[..., None]: ...

    return need


@wrong("2.3-need", says="returned `None`. It should return the dependency")
def need_itself():
    def need(role: str, x_role: str = "") -> None:
        if x_role and x_role != role:
            raise HTTPException(403)

    return need


@wrong("2.3-need", says="what it returns is not looked at")
def need_returns_a_verdict():
    def need(role: str) -> Callable[..., bool]:
        def check_role(x_role: Annotated[str, Header()] = "") -> bool:
            return x_role == role

        return check_role

    return need


@wrong("2.3-need", says="let it be missing")
def need_a_header():
    def need(role: str) -> Callable[..., None]:
        def check_role(x_role: Annotated[str, Header()]) -> None:
            if x_role != role:
                raise HTTPException(403)

        return check_role

    return need


@wrong("2.3-need", says="403 was asked for, but 401 came")
def need_says_401():
    def need(role: str) -> Callable[..., None]:
        def check_role(x_role: Annotated[str, Header()] = "") -> None:
            if x_role != role:
                raise HTTPException(401)

        return check_role

    return need


@wrong("2.3-need", says="204 was asked for, but 403 came")
def need_in_the_query():
    def need(role: str) -> Callable[..., None]:
        def check_role(x_role: str = "") -> None:
            if x_role != role:
                raise HTTPException(403)

        return check_role

    return need


@wrong("2.3-need", says="somebody with the role `drivers`")
def need_a_part_of_the_role():
    def need(role: str) -> Callable[..., None]:
        def check_role(x_role: Annotated[str, Header()] = "") -> None:
            if role not in x_role:
                raise HTTPException(403)

        return check_role

    return need


@wrong("2.3-need", says="`GET /tours`: 200 was asked for, but 403 came")
def need_a_clerk_always():
    def need(role: str) -> Callable[..., None]:
        def check_role(x_role: Annotated[str, Header()] = "") -> None:
            if x_role != "clerk":
                raise HTTPException(403)

        return check_role

    return need


@wrong("2.3-need", says="but `'403'` came")
def need_a_text():
    def need(role: str) -> str:
        return "403"

    return need


@wrong("2.3-need", says="and your dependency failed")
def need_the_headers_by_key():
    def need(role: str) -> Callable[..., None]:
        def check_role(request: Request) -> None:
            if request.headers["X-Role"] != role:
                raise HTTPException(403)

        return check_role

    return need


@right("2.3-need")
def need_by_an_object():
    class Need:
        def __init__(self, role: str):
            self.role = role

        def __call__(self, x_role: Annotated[str | None, Header()] = None) -> None:
            if x_role != self.role:
                raise HTTPException(status_code=403)

    return Need


@right("2.3-need")
def need_by_a_dataclass():
    @dataclass(frozen=True)
    class Need:
        role: str

        async def __call__(self, request: Request) -> str:
            if request.headers.get("x-role") != self.role:
                raise HTTPException(403)
            return self.role

    return Need


@right("2.3-need")
def need_with_an_alias():
    def need(role: str) -> Callable[..., None]:
        async def check_role(sent: Annotated[str, Header(alias="X-Role")] = "nobody") -> None:
            if sent != role:
                raise HTTPException(403)

        return check_role

    return need
