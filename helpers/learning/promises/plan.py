"""What a service tells of itself in `promises.toml`, beside its code: the paths, words and users that only it knows."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints, ValidationError

from helpers.errors import CourseError
from helpers.given import shown

__all__ = ["NAME", "Operation", "Plan", "entries", "filled", "inside", "read"]

NAME = "promises.toml"
SMALL = 1_000_000  # bytes that the file may have

Line = Annotated[str, StringConstraints(min_length=1, pattern=r"^[^\r\n\x00]+$")]
Place = Annotated[str, StringConstraints(pattern=r"^/\S*$")]
Operation = Annotated[str, StringConstraints(pattern=r"^(GET|POST|PUT|PATCH|DELETE) /\S*$")]


class _Part(BaseModel, extra="forbid", frozen=True):
    pass


class Login(_Part):
    path: Operation = Field(description='the path operation that logs in, such as "POST /token"')
    users: dict[Line, Line] = Field(min_length=2, description="two users with their passwords, so that one is foreign")
    form: dict[str, Any] = Field({}, description='the form, such as { username = "{user}", password = "{password}" }')
    body: dict[str, Any] = Field({}, description="the same as JSON, for a log-in that takes no form")
    token: Line = Field("access_token", description="where the token stands in the answer")
    headers: dict[str, str] = Field(
        {"Authorization": "Bearer {token}"}, description="the headers with which a user who has logged in asks"
    )


class Work(_Part):
    path: Operation = Field(description='the path operation that accepts work, such as "POST /orders"')
    body: dict[str, Any] = Field(description="a JSON body that it accepts")
    other: dict[str, Any] = Field(description="another body that it accepts, which the same key must not bring in")
    headers: dict[str, str] = Field(
        {"Idempotency-Key": "{key}"}, description="its headers; {key} is what makes a request a repetition"
    )
    id: Line = Field("id", description="where the number or name of the new work stands in the answer")
    slow: dict[Line, str] = Field(min_length=1, description="the environment in which the work takes half a minute")


class State(_Part):
    path: Operation = Field(description='the path operation that shows the work, such as "GET /orders/{id}"')
    field: Line = Field("state", description="where its state stands in the answer")
    done: str | bool | int = Field("done", description="how the state reads when the work is done")


class Pages(_Part):
    first: Operation = Field(description='the first page of the list, such as "GET /orders?limit={limit}"')
    next: Operation = Field(
        description="the page after it; {last} is the last id of the page before, {seen} how many were seen, {page} its number"
    )
    items: str = Field("", description="where the list stands in the answer; empty when the answer is the list")
    id: Line = Field("id", description="where the number or name stands in an item")
    most: int = Field(100, ge=20, le=200, description="how many items an answer may hold at most, from 20 to 200")


class Slow(_Part):
    path: Operation = Field(
        description='a path operation that waits for somebody else, such as "GET /price?weight_kg=2"'
    )
    env: dict[Line, str] = Field(
        min_length=1, description="the environment in which whoever the service asks takes half a minute"
    )


class Health(_Part):
    live: Place = Field(description='the path that tells that the process lives, such as "/live"')
    ready: Place = Field(description='the path that tells that it can work, such as "/ready"')
    database: str = Field("", description="the file of its SQLite database, which is spoilt in the copy")
    without: dict[Line, str] = Field({}, description="or an environment in which it finds no database")


class Plan(_Part):
    app: Annotated[str, StringConstraints(pattern=r"^[\w.]+:[\w.]+$")] = Field(
        description='the application as uvicorn takes it, such as "main:app"'
    )
    factory: bool = Field(False, description="true when that is a function that makes the application")
    prepare: list[Line] = Field(
        [], description='what Python runs before the start, such as ["-m", "alembic", "upgrade", "head"]'
    )
    tests: list[Line] = Field(
        ["-m", "pytest", "-q"], min_length=1, description='what Python runs as the tests, such as ["-m", "pytest"]'
    )
    env: dict[Line, str] = Field({}, description="the environment of the service and its tests")
    secrets: list[Line] = Field([], description="the names of those in `env` whose value nobody may see")
    open: list[Operation] = Field(
        [], description="path operations that write and are open to everybody on purpose, as /openapi.json names them"
    )
    login: Login = Field(description="the part [login]: how users log in")
    work: Work = Field(description="the part [work]: how work is accepted")
    state: State = Field(description="the part [state]: how the work is seen")
    pages: Pages = Field(description="the part [pages]: how the list of all work is turned")
    slow: Slow = Field(description="the part [slow]: how whoever the service asks is made slow")
    health: Health = Field(description="the part [health]: how the service says how it is")


def read(folder: Path) -> Plan:
    """The plan in a folder. `CourseError`, one sentence, for a file that is missing and for a wrong entry."""
    file = folder / NAME
    if not file.is_file():
        raise CourseError(f"The folder {shown(folder.name)} has no file {NAME}, which tells how its service is asked.")
    try:
        if file.stat().st_size > SMALL:
            raise CourseError(f"{NAME} is larger than a megabyte.")
        plan = Plan.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CourseError(f"{NAME} is not TOML: {' '.join(str(error).split())}.") from None
    except ValidationError as error:
        raise CourseError(_sentence(error)) from None
    if not plan.health.database and not plan.health.without:
        raise CourseError(f"{NAME} needs `health.database` or `health.without`: how its database is taken away.")
    if missing := [name for name in plan.secrets if name not in plan.env]:
        raise CourseError(f"{NAME} names {shown(missing[0])} in `secrets`, but `env` does not hold it.")
    if not plan.login.form and not plan.login.body:
        raise CourseError(f"{NAME} needs `login.form` or `login.body`: what a user sends to log in.")
    return plan


def entries(model: type[BaseModel] = Plan, above: str = "") -> Iterator[str]:
    """All that a plan may hold, a line each: the entry's name, what it says, and whether it may be missing."""
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from entries(field.annotation, f"{above}{name}.")
        else:
            default = field.get_default(call_default_factory=True)
            otherwise = "" if field.is_required() else f" (else: {default!r})" if default else " (may be missing)"
            yield f"{above}{name}: {field.description}{otherwise}"


def _sentence(error: ValidationError) -> str:
    """What is wrong with the first wrong entry, and what belongs there."""
    first = error.errors()[0]
    names = [str(part) for part in first["loc"]]
    entry, wanted = ".".join(names), _description(names)
    if first["type"] == "missing":
        return f"{NAME} has no `{entry}`: {wanted}."
    if first["type"] == "extra_forbidden":
        return f"{NAME} has an entry `{entry}` that means nothing: is it misspelt?"
    return f"`{entry}` in {NAME} should be {wanted}, but it is {shown(first['input'])}."


def _description(names: list[str]) -> str:
    """What the plan says of the entry with these names, one within the other."""
    model, told = Plan, "something else"
    for name in names:
        field = model.model_fields.get(name)
        if field is None:
            break
        told = field.description or told
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            model = field.annotation
    return told


def filled(value: Any, **words: object) -> Any:
    """The value with `{name}` replaced by what `words` say, in all texts that it holds."""
    if isinstance(value, str):
        return re.sub(r"\{(\w+)\}", lambda found: str(words.get(found[1], found[0])), value)
    if isinstance(value, dict):
        return {name: filled(part, **words) for name, part in value.items()}
    return [filled(part, **words) for part in value] if isinstance(value, list) else value


def inside(answer: Any, place: str) -> Any:
    """What stands at a place such as `label.id` of a JSON answer, None where nothing does; all of it for no place."""
    for name in filter(None, place.split(".")):
        answer = answer.get(name) if isinstance(answer, dict) else None
    return answer
