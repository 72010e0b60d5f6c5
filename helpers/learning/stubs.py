"""What a learner passed to a check, seen from outside: its kind, its routes, whether it is still the shipped stub."""

import dis
import functools
import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import CodeType, FunctionType
from typing import Any, NamedTuple

from helpers.wording import describe

WANTED = {
    "app": "an app (`app = FastAPI()`)",
    "function": "a function",
    "class": "a class",
    "callable": "a function or a class",
    "value": "a value",
}


class Route(NamedTuple):
    """A path operation that the learner wrote: "POST /send" and the function that serves it."""

    label: str
    endpoint: Callable[..., Any]


def kind(answer: object) -> str:
    """One of app, router, class, coroutine, function, value. A router is not an app: nobody has included it yet."""
    if inspect.isclass(answer):
        return "class"
    if inspect.isawaitable(answer):
        return "coroutine"
    if hasattr(answer, "routes"):
        return "app" if hasattr(answer, "router") else "router"
    return "function" if callable(answer) else "value"


def tell(answer: object) -> str:
    """What came where something else was expected, and what to do about it: half a sentence."""
    known = {
        "coroutine": "a coroutine came. Pass the function itself, without calling it",
        "router": "a router came. Nobody reaches its routes before `app.include_router(...)`: pass the app",
        "class": f"the class `{_name(answer)}` came. Pass what calling it gives",
        "app": "an app came",
        "function": "a function came",
    }
    if isinstance(answer, str):
        return "a text came. Pass the object itself, without quotes"
    return known.get(kind(answer)) or f"{describe(answer)} came"


def own_routes(app: Any) -> list[Route]:
    """The learner's path operations with their full paths, also those of included routers and mounted apps.

    FastAPI's own (/docs, /openapi.json) are left out. FastAPI keeps an included router as one nested route;
    `fastapi.routing.iter_route_contexts`, which its OpenAPI generator uses too, resolves it.
    """
    return list(_walk(app.routes, ""))


def missing_route(app: Any, wanted: Iterable[str]) -> str:
    """The first wanted path operation that the app lacks, and what it has instead; nothing when all are there."""
    labels = [route.label for route in own_routes(app)]
    for label in wanted:
        if _nameless(label) not in map(_nameless, labels):
            has = ", ".join(f"`{other}`" for other in labels) or "none; a decorator like `@app.get` makes one"
            return f"Your app has no `{label}`. It has: {has}."
    return ""


def _nameless(label: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", label)  # a path parameter may have any name


def _walk(routes: Sequence[Any], prefix: str) -> Iterator[Route]:
    from fastapi.routing import iter_route_contexts  # here, so that checks of plain functions need no FastAPI

    for context in iter_route_contexts(routes):
        path, endpoint = prefix + (context.path or ""), context.endpoint
        if endpoint is None:
            yield from _walk(getattr(context.original_route, "routes", None) or (), path)
        elif not (getattr(endpoint, "__module__", None) or "").startswith(("fastapi.", "starlette.")):
            for method in sorted((context.methods or {"WEBSOCKET"}) - {"HEAD"}):
                yield Route(f"{method} {path}", endpoint)


def unfinished(answer: object, wanted: Iterable[str] = ()) -> list[str]:
    """The names of the functions in an answer (itself, or an app's endpoints) whose body is still `...`.

    Of an app only the `wanted` path operations count, if it has some of them or something is written in it: the others may
    be steps still to come, or belong to another exercise.
    """
    if kind(answer) in ("app", "router"):
        asked = set(map(_nameless, wanted))
        routes = own_routes(answer)
        stubs = [route for route in routes if is_stub(route.endpoint)]
        mine = [route for route in stubs if _nameless(route.label) in asked]
        if mine or (asked and len(stubs) < len(routes)):  # something has been written
            stubs = mine
        return list(dict.fromkeys(_name(route.endpoint) for route in stubs))
    return [_name(answer)] if is_stub(answer) else []


def is_stub(answer: object) -> bool:
    """Whether this is `...`, a function whose body does nothing, or a class with nothing of its own but unfinished methods.

    A field, a property or a class method is something of its own: a model that inherits its fields and computes one has begun.

    A body counts as nothing when its bytecode equals that of an empty function; a docstring may stand in it.
    """
    if answer is ...:
        return True
    if inspect.isclass(answer):
        return _is_stub_of_class(answer)
    while isinstance(answer, functools.partial):
        answer = answer.func
    plain = inspect.unwrap(answer) if callable(answer) else answer
    code = getattr(plain, "__code__", None)  # a bound method hands on its function's
    return isinstance(code, CodeType) and _steps(code) in _EMPTY


def _is_stub_of_class(answer: type) -> bool:
    # From 3.14 on, annotations are what a function in the class says, and `inspect` asks it.
    functions = [value for value in vars(answer).values() if isinstance(value, FunctionType)]
    methods = [function for function in functions if function.__name__ != "__annotate__"]
    if methods:
        return all(map(is_stub, methods))
    others = [value for value in vars(answer).values() if isinstance(value, property | classmethod | staticmethod)]
    return not (others or inspect.get_annotations(answer) or getattr(answer, "model_fields", None))


def _steps(code: CodeType) -> list[tuple[str, object]]:
    # By the arguments' values, because a docstring shifts their numbers. Of two lines that do nothing, a NOP stays.
    return [(step.opname, step.argval) for step in dis.get_instructions(code) if step.opname != "NOP"]


def _empty() -> None: ...


async def _empty_async() -> None: ...


_EMPTY = [_steps(_empty.__code__), _steps(_empty_async.__code__)]


def _name(answer: object) -> str:
    return getattr(answer, "__name__", None) or type(answer).__name__
