"""Mutants: the code of a module with one small mistake in it.

Docstrings, annotations, decorators, names of types and `strict=` are left alone.
"""

import ast
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from types import CodeType
from typing import Any, Final, NamedTuple

SWAPPED: Final[Mapping[type, type]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
DENIED: Final[Mapping[type, type]] = {
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
}
LEFT: Final = frozenset({"annotation", "returns", "decorator_list"})


class Mutant(NamedTuple):
    """`inside` a function, or else something that is done when its module is imported."""

    path: str
    line: int
    column: int
    told: str
    inside: bool
    code: CodeType


class _Place(NamedTuple):
    """Where a node stands: in a field of its parent, or in a list there."""

    parent: ast.AST
    field: str
    at: int | None
    inside: bool

    def put(self, node: ast.AST) -> None:
        if self.at is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.at] = node


def mutants(path: str, source: str) -> Iterator[Mutant]:
    tree = ast.parse(source)
    for place, node in tuple(_places(tree, inside=False)):
        for new in _VARIANTS.get(type(node), _none)(node):
            place.put(ast.fix_missing_locations(ast.copy_location(new, node)))
            told = " -> ".join(" ".join(ast.unparse(one).split())[:80] for one in (node, new))
            there: Any = node if hasattr(node, "lineno") else getattr(node, "target", place.parent)
            code = compile(tree, path, "exec")
            yield Mutant(path, there.lineno, there.col_offset, told, place.inside, code)
            place.put(node)


def _places(node: ast.AST, *, inside: bool) -> Iterator[tuple[_Place, ast.AST]]:
    for field, value in ast.iter_fields(node):
        within = inside or (isinstance(node, ast.FunctionDef) and field == "body")
        many = isinstance(value, list)
        for at, child in enumerate(value if many else [value]):
            if isinstance(child, ast.AST) and field not in LEFT and not _idle(child):
                yield _Place(node, field, at if many else None, within), child
                yield from _places(child, inside=within)


def _idle(node: ast.AST) -> bool:
    """A docstring, a name for a type, or an argument that only guards."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.keyword):
        return node.arg == "strict"
    if not isinstance(node, ast.Assign):
        return False
    union = isinstance(node.value, ast.BinOp) and isinstance(node.value.op, ast.BitOr)
    named = union or isinstance(node.value, ast.Subscript)
    variable = isinstance(node.value, ast.Call) and ast.unparse(node.value.func) == "TypeVar"
    slots = ast.unparse(node.targets[0]) == "__slots__"
    return slots or variable or (named and node.col_offset == 0)


def _but(node: Any, **fields: Any) -> Any:
    new = copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


def _each(node: Any, *fields: str) -> Iterator[Any]:
    """The node with one thing less in these of its lists."""
    for at in range(len(getattr(node, fields[0]))):
        lists = {field: getattr(node, field) for field in fields}
        yield _but(node, **{name: [*all_[:at], *all_[at + 1 :]] for name, all_ in lists.items()})


def _none(_: Any) -> Iterator[ast.AST]:
    yield from ()


def _removed(_: Any) -> Iterator[ast.AST]:
    yield ast.Pass()


def _constant(node: Any) -> Iterator[ast.AST]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int | float):
        yield ast.Constant(value + 1)
    elif isinstance(value, str | bytes):
        yield ast.Constant(f"XX{value}" if isinstance(value, str) else b"XX" + value)


def _compared(node: Any) -> Iterator[ast.AST]:
    for at, operator in enumerate(node.ops):
        others = [table[type(operator)] for table in (SWAPPED, DENIED) if type(operator) in table]
        for other in others:
            yield _but(node, ops=[*node.ops[:at], other(), *node.ops[at + 1 :]])


def _operated(node: Any) -> Iterator[ast.AST]:
    yield _but(node, op=SWAPPED[type(node.op)]())


def _joined(node: Any) -> Iterator[ast.AST]:
    yield from _operated(node)
    for new in _each(node, "values"):
        yield new if len(new.values) > 1 else new.values[0]


def _listed(node: Any) -> Iterator[ast.AST]:
    if len(node.elts) > 1 and isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        yield from _each(node, "elts")


def _unary(node: Any) -> Iterator[ast.AST]:
    yield node.operand


def _tested(node: Any) -> Iterator[ast.AST]:
    if not isinstance(node.test, ast.Compare | ast.UnaryOp):
        yield _but(node, test=ast.UnaryOp(ast.Not(), node.test))


def _returned(node: Any) -> Iterator[ast.AST]:
    if node.value is not None and ast.unparse(node.value) != "None":
        yield ast.Return(ast.Constant(None))


def _augmented(node: Any) -> Iterator[ast.AST]:
    yield from (*_operated(node), ast.Pass())


def _assigned(node: Any) -> Iterator[ast.AST]:
    if not isinstance(node.targets[0], ast.Name | ast.Tuple):
        yield ast.Pass()


def _called(node: Any) -> Iterator[ast.AST]:
    for new in _each(node, "keywords"):
        kept = [one for one in node.keywords if one not in new.keywords]
        if kept[0].arg != "strict":
            yield new


def _sliced(node: Any) -> Iterator[ast.AST]:
    parts = ("lower", "upper", "step")
    yield from (_but(node, **{part: None}) for part in parts if getattr(node, part) is not None)


_VARIANTS: Final[Mapping[type, Callable[[Any], Iterator[ast.AST]]]] = {
    ast.Constant: _constant,
    ast.Compare: _compared,
    ast.BoolOp: _joined,
    ast.BinOp: _operated,
    ast.UnaryOp: _unary,
    ast.Tuple: _listed,
    ast.List: _listed,
    ast.Set: _listed,
    ast.Dict: lambda node: _each(node, "keys", "values"),
    ast.Slice: _sliced,
    ast.Call: _called,
    ast.If: _tested,
    ast.IfExp: _tested,
    ast.While: _tested,
    ast.comprehension: lambda node: _each(node, "ifs"),
    ast.Return: _returned,
    ast.Expr: _removed,
    ast.Delete: _removed,
    ast.Raise: _removed,
    ast.AugAssign: _augmented,
    ast.Assign: _assigned,
    ast.Break: lambda _: iter([ast.Continue()]),
    ast.Continue: lambda _: iter([ast.Break()]),
}
