"""Small changes of a Python source, one at a time, as `make mutants` plants them.

A comparison is turned or shifted by one, `and` stands for `or`, a condition is denied; a number, an operator, a word is
another; a result or a statement is gone; `break` stands for `continue`. What people read is left alone: docstrings,
strings with a space, and the words in f-strings. So are annotations, which nothing executes.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

TURNED = {ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq}
TURNED |= {ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is}
SHIFTED = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
OTHER = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult}
OTHER |= {ast.And: ast.Or, ast.Or: ast.And}
UNREAD = ("annotation", "returns", "format_spec")
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
CONTEXT = 90  # letters of code around a change in its name


@dataclass(frozen=True)
class Change:
    """A file with one change: its name, the lines whose execution may execute it, and its source."""

    path: str
    name: str
    lines: frozenset[int]
    source: str = field(repr=False)


@dataclass(frozen=True)
class Spot:
    """A node of a file's tree, and what may stand in its place: `above` are the nodes around it, from the module down."""

    path: str
    above: tuple[ast.AST, ...]
    holder: str
    number: int | None  # its place, where the holder is a list
    node: ast.AST
    variant: ast.AST

    def change(self) -> Change:
        return Change(self.path, self.name, self._lines(), self._with(self.above[0])[1])

    @property
    def name(self) -> str:
        """The file, the function, and the code before and after, in as much of its statement as can be taken in."""
        place = ".".join(node.name for node in self.above if isinstance(node, SCOPES)) or "module"
        around = self.node
        for node in reversed(self.above):
            compound = not hasattr(node, "lineno") or not isinstance(node, ast.expr) and hasattr(node, "body")
            if isinstance(around, ast.stmt) or compound or len(ast.unparse(node)) > CONTEXT:
                break
            around = node
        old, new = self._with(around) if around is not self.node else (ast.unparse(around), ast.unparse(self.variant))
        return " ".join(f"{self.path} {place}: {old} -> {new}".split())

    def _lines(self) -> frozenset[int]:
        """For a default of a function, the lines of its body."""
        statement = next(node for node in reversed((*self.above, self.node)) if isinstance(node, ast.stmt))
        if isinstance(statement, SCOPES):
            return frozenset(range(statement.body[0].lineno, statement.end_lineno + 1))
        return frozenset({statement.lineno, *range(self.node.lineno, self.node.end_lineno + 1)})

    def _with(self, around: ast.AST) -> tuple[str, str]:
        old, parent = ast.unparse(around), self.above[-1]
        held = getattr(parent, self.holder)
        setattr(parent, self.holder, self.variant if self.number is None else [*held])
        if self.number is not None:
            getattr(parent, self.holder)[self.number] = self.variant
        try:
            return old, ast.unparse(around)
        finally:
            setattr(parent, self.holder, held)


def spots(path: str, source: str) -> list[Spot]:
    """Every change that the file `path` may have, in the order of its source."""
    return [
        Spot(path, above, holder, number, node, variant)
        for above, holder, number, node in sorted(_nodes(ast.parse(source)), key=_place)
        for variant in (*_values(node), *_statements(node), *_denied(node, holder))
        if ast.dump(variant) != ast.dump(node)  # 1e308 and one more are the same number
    ]


def _place(found: tuple) -> tuple[int, int]:
    return found[-1].lineno, found[-1].col_offset


def _nodes(node: ast.AST, above: tuple[ast.AST, ...] = ()) -> Iterator[tuple]:
    above = (*above, node)
    for holder, value in ast.iter_fields(node):
        for number, child in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(child, ast.AST) and holder not in UNREAD and not _for_readers(node, child):
                if hasattr(child, "lineno"):
                    yield above, holder, number if isinstance(value, list) else None, child
                yield from _nodes(child, above)


def _for_readers(node: ast.AST, child: ast.AST) -> bool:
    """Docstrings, the words of an f-string, and the list of a module's names."""
    match child:
        case ast.Assign([ast.Name("__all__")]):
            return True
        case ast.Constant():
            return isinstance(node, (ast.JoinedStr, ast.Expr))
    return False


def _values(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Compare(left, [sign], others):
            for signs in (TURNED, SHIFTED):
                if type(sign) in signs:
                    yield ast.Compare(left, [signs[type(sign)]()], others)
        case ast.BoolOp(sign, values):
            yield ast.BoolOp(OTHER[type(sign)](), values)
        case ast.BinOp(left, sign, right) if type(sign) in OTHER:
            yield ast.BinOp(left, OTHER[type(sign)](), right)
        case ast.UnaryOp(ast.Not(), operand):
            yield operand
        case ast.Constant(bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(int() | float() as value):
            yield ast.Constant(value + 1)
        case ast.Constant(str() as value) if " " not in value:
            yield ast.Constant(f"{value}X")


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Return(ast.expr() as value) if not (isinstance(value, ast.Constant) and value.value is None):
            yield ast.Return(ast.Constant(None))
        case ast.Raise(ast.Name("NotImplementedError")):
            return  # what every subclass replaces
        case ast.Expr() | ast.AugAssign() | ast.Raise() | ast.Delete():
            if not isinstance(node, ast.Expr) or isinstance(node.value, (ast.Call, ast.Await)):
                yield ast.Pass()
        case ast.Assign([ast.Attribute() | ast.Subscript()]):
            yield ast.Pass()
        case ast.Break():
            yield ast.Continue()
        case ast.Continue():
            yield ast.Break()


def _denied(node: ast.AST, field: str) -> Iterator[ast.AST]:
    if field in ("test", "ifs") and isinstance(node, (ast.Name, ast.Call, ast.Attribute, ast.Subscript)):
        yield ast.UnaryOp(ast.Not(), node)
