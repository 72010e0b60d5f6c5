"""What the names in a failing statement stood for, found without running anything that could do something."""

import ast
import inspect
import itertools
import operator
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import FrameType, TracebackType
from typing import Any

from helpers.given import shown

__all__ = ["CannotTell", "told", "value_of"]

LONGEST = 300  # characters of a value
MOST = 4  # values
CALLS: tuple[Callable[..., Any], ...] = (
    len,
    sorted,
    list,
    tuple,
    set,
    dict,
    min,
    max,
    sum,
    abs,
    round,
    str,
    isinstance,
    type,
)
METHODS = {
    "json",
    "keys",
    "values",
    "items",
    "get",
    "startswith",
    "endswith",
    "lower",
    "upper",
    "strip",
    "split",
    "count",
}
PLAIN = (str, bytes, int, float, bool, type(None), list, tuple, dict, set, frozenset)
OPERATORS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}


class CannotTell(Exception):
    """An expression whose value cannot be had without running somebody's code."""


def told(trace: TracebackType) -> list[str]:
    """The values behind the statement at which a traceback stops, each as "name is value"; of an `assert` its failing part."""
    frame = trace.tb_frame
    statement = _statement(frame, trace)
    if statement is None:
        return []
    parts = list(_parts(statement.test, frame)) if isinstance(statement, ast.Assert) else []
    found: dict[str, str] = {}
    for part in parts:
        try:
            found[ast.unparse(part)] = _shown(value_of(part, frame))
        except CannotTell:
            found |= _names(part, frame)
    found |= _answers(statement, frame)
    return [f"{words} is {value}" for words, value in list(found.items())[:MOST]]


def _statement(frame: FrameType, trace: TracebackType) -> ast.stmt | None:
    from executing import Source

    statements = Source.executing(trace).statements or ()
    return next((one for one in statements if isinstance(one, ast.stmt) and not hasattr(one, "body")), None)


def _parts(test: ast.expr, frame: FrameType) -> Iterator[ast.expr]:
    """The expressions of a condition that can be told: both sides of a comparison, of an `and` those of its failing part."""
    if isinstance(test, ast.BoolOp):
        failing = (value for value in test.values if _fails(value, frame))
        telling = test.values if isinstance(test.op, ast.Or) else itertools.islice(failing, 1)
        for value in telling:
            yield from _parts(value, frame)
    elif isinstance(test, ast.Compare):
        yield from (side for side in (test.left, *test.comparators) if not _constant(side))
    elif isinstance(test, ast.UnaryOp):
        yield from _parts(test.operand, frame)
    elif not _constant(test):
        yield test


def _fails(value: ast.expr, frame: FrameType) -> bool:
    """Whether a value in an `and` is false, as one counts that cannot be told."""
    try:
        return not value_of(value, frame)
    except CannotTell:
        return True


def _constant(node: ast.expr) -> bool:
    return not any(isinstance(one, ast.Name) for one in ast.walk(node))


def _names(part: ast.AST, frame: FrameType) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in ast.walk(part):
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
            try:
                value = value_of(node, frame)
            except CannotTell:
                continue
            if not callable(value) and not inspect.ismodule(value):
                found.setdefault(ast.unparse(node), _shown(value))
    return found


def _answers(statement: ast.stmt, frame: FrameType) -> dict[str, str]:
    """The responses and coroutines that a statement names: what they hold explains most failures around them."""
    found = {}
    for node in ast.walk(statement):
        if isinstance(node, ast.Name | ast.Subscript) and isinstance(node.ctx, ast.Load):
            try:
                value = value_of(node, frame)
            except CannotTell:
                continue
            if _is_response(value) or inspect.iscoroutine(value):
                found[ast.unparse(node)] = _shown(value)
    return found


def value_of(node: ast.expr, frame: FrameType) -> Any:
    """The value of an expression; raises CannotTell."""
    try:
        return _value(node, frame)
    except CannotTell:
        raise
    except Exception:
        raise CannotTell from None


def _value(node: ast.expr, frame: FrameType) -> Any:
    match node:
        case ast.Constant():
            return node.value
        case ast.Name():
            return _named(node.id, frame)
        case ast.Attribute() | ast.Subscript():
            return _part(node, frame)
        case ast.Slice():
            return slice(*(part and _value(part, frame) for part in (node.lower, node.upper, node.step)))
        case ast.List() | ast.Tuple() | ast.Set():
            kind = {ast.List: list, ast.Tuple: tuple, ast.Set: set}[type(node)]
            return kind(_value(one, frame) for one in node.elts)
        case ast.Dict():
            return {_value(key, frame): _value(one, frame) for key, one in zip(node.keys, node.values) if key}
        case ast.BinOp() if type(node.op) in OPERATORS:
            return OPERATORS[type(node.op)](*_plain(_value(node.left, frame), _value(node.right, frame)))
        case ast.Compare() if len(node.ops) == 1:
            sides = _plain(_value(node.left, frame), _value(node.comparators[0], frame))
            return OPERATORS[type(node.ops[0])](*sides)
        case ast.UnaryOp() if isinstance(node.op, ast.Not):
            return not _plain(_value(node.operand, frame))[0]
        case ast.Call() if not node.keywords:
            return _called(node, frame)
    raise CannotTell


def _named(name: str, frame: FrameType) -> Any:
    for space in (frame.f_locals, frame.f_globals, frame.f_builtins):
        if name in space:
            return space[name]
    raise CannotTell


def _part(node: ast.Attribute | ast.Subscript, frame: FrameType) -> Any:
    """An attribute or an item, where looking at it runs nobody's code."""
    owner = _value(node.value, frame)
    if isinstance(node, ast.Subscript) and _trusted(owner):
        return owner[_value(node.slice, frame)]
    if isinstance(node, ast.Attribute):
        static = inspect.getattr_static(owner, node.attr)
        if _trusted(owner) or not isinstance(static, property):
            return getattr(owner, node.attr)
    raise CannotTell


def _called(node: ast.Call, frame: FrameType) -> Any:
    """What one of the calls gives that are known to change nothing."""
    called = _value(node.func, frame)
    owner = getattr(called, "__self__", None)  # a function has none, and does whatever it does
    known = any(called is one for one in CALLS)
    if known or (getattr(called, "__name__", "") in METHODS and owner is not None and _is_told(owner)):
        given = [_value(one, frame) for one in node.args]
        if not any(isinstance(one, Iterator) for one in given):  # one that was read gives nothing any more
            return called(*given)
    raise CannotTell


def _plain(*values: Any) -> tuple[Any, ...]:
    if not all(isinstance(value, PLAIN) for value in values):
        raise CannotTell
    return values


def _trusted(value: Any) -> bool:
    """Whether looking at a value's parts does nothing: Python's own containers, httpx's answers and what the helpers give."""
    home = type(value).__module__.partition(".")[0]
    return (
        type(value) in PLAIN
        or home in ("httpx", "helpers")
        or isinstance(value, Sequence | Mapping)
        and home == "builtins"
    )


def _is_told(value: Any) -> bool:
    """Whether a value's methods do nothing: not a client's, whose `get` asks once more."""
    home = type(value).__module__.partition(".")[0]
    return _trusted(value) and home != "helpers" and not hasattr(type(value), "send")


def _is_response(value: Any) -> bool:
    httpx = sys.modules.get("httpx")
    return httpx is not None and isinstance(value, httpx.Response)


def _shown(value: Any) -> str:
    if inspect.iscoroutine(value):
        return f"a coroutine of {value.__name__}(), which was called and not awaited"
    if _is_response(value):
        text = value.text if value.is_closed else "(not read yet)"
        return f"{value.status_code} {value.reason_phrase}, {shown(text, LONGEST)}"
    return shown(value, LONGEST)
