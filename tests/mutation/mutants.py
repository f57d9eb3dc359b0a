"""Makes mutants: the code of a module with one small mistake.

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
NEGATED: Final[Mapping[type, type]] = {
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
}
SKIPPED_FIELDS: Final = frozenset({"annotation", "returns", "decorator_list"})


class Mutant(NamedTuple):
    """A mutated module; `inside` tells whether the mistake is inside a function."""

    path: str
    line: int
    column: int
    description: str
    inside: bool
    code: CodeType


class _Place(NamedTuple):
    """The place of a node: a field of its parent, or an item `at` an index of a list there."""

    parent: ast.AST
    field: str
    at: int | None
    inside: bool

    def put(self, node: ast.AST) -> None:
        if self.at is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.at] = node


def make_mutants(path: str, source: str) -> Iterator[Mutant]:
    tree = ast.parse(source)
    for place, node in tuple(_find_places(tree, inside=False)):
        for new in _VARIANTS.get(type(node), _no_variants)(node):
            place.put(ast.fix_missing_locations(ast.copy_location(new, node)))
            description = " -> ".join(
                " ".join(ast.unparse(side).split())[:80] for side in (node, new)
            )
            location: Any = (
                node if hasattr(node, "lineno") else getattr(node, "target", place.parent)
            )
            code = compile(tree, path, "exec")
            yield Mutant(
                path, location.lineno, location.col_offset, description, place.inside, code
            )
            place.put(node)


def _find_places(node: ast.AST, *, inside: bool) -> Iterator[tuple[_Place, ast.AST]]:
    for field, value in ast.iter_fields(node):
        in_function = inside or (isinstance(node, ast.FunctionDef) and field == "body")
        is_list = isinstance(value, list)
        for index, child in enumerate(value if is_list else [value]):
            if (
                isinstance(child, ast.AST)
                and field not in SKIPPED_FIELDS
                and not _is_skipped(child)
            ):
                yield _Place(node, field, index if is_list else None, in_function), child
                yield from _find_places(child, inside=in_function)


def _is_skipped(node: ast.AST) -> bool:
    """Whether a node is a docstring, a name for a type, `__slots__` or a `strict` argument."""
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


def _with_fields(node: Any, **fields: Any) -> Any:
    new = copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


def _without_each(node: Any, *fields: str) -> Iterator[Any]:
    """Yield copies of the node without one item in each of these lists."""
    for index in range(len(getattr(node, fields[0]))):
        lists = {field: getattr(node, field) for field in fields}
        yield _with_fields(
            node, **{name: [*items[:index], *items[index + 1 :]] for name, items in lists.items()}
        )


def _no_variants(_: Any) -> Iterator[ast.AST]:
    yield from ()


def _pass_instead(_: Any) -> Iterator[ast.AST]:
    yield ast.Pass()


def _other_constants(node: Any) -> Iterator[ast.AST]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int | float):
        yield ast.Constant(value + 1)
    elif isinstance(value, str | bytes):
        yield ast.Constant(f"XX{value}" if isinstance(value, str) else b"XX" + value)


def _other_comparisons(node: Any) -> Iterator[ast.AST]:
    for index, operator in enumerate(node.ops):
        others = [table[type(operator)] for table in (SWAPPED, NEGATED) if type(operator) in table]
        for other in others:
            yield _with_fields(node, ops=[*node.ops[:index], other(), *node.ops[index + 1 :]])


def _other_operators(node: Any) -> Iterator[ast.AST]:
    yield _with_fields(node, op=SWAPPED[type(node.op)]())


def _other_boolean_operators(node: Any) -> Iterator[ast.AST]:
    yield from _other_operators(node)
    for new in _without_each(node, "values"):
        yield new if len(new.values) > 1 else new.values[0]


def _shorter_lists(node: Any) -> Iterator[ast.AST]:
    if len(node.elts) > 1 and isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        yield from _without_each(node, "elts")


def _operands(node: Any) -> Iterator[ast.AST]:
    yield node.operand


def _negated_tests(node: Any) -> Iterator[ast.AST]:
    if not isinstance(node.test, ast.Compare | ast.UnaryOp):
        yield _with_fields(node, test=ast.UnaryOp(ast.Not(), node.test))


def _none_returned(node: Any) -> Iterator[ast.AST]:
    if node.value is not None and ast.unparse(node.value) != "None":
        yield ast.Return(ast.Constant(None))


def _other_augmented_assignments(node: Any) -> Iterator[ast.AST]:
    yield from (*_other_operators(node), ast.Pass())


def _no_assignment(node: Any) -> Iterator[ast.AST]:
    if not isinstance(node.targets[0], ast.Name | ast.Tuple):
        yield ast.Pass()


def _fewer_keywords(node: Any) -> Iterator[ast.AST]:
    for new in _without_each(node, "keywords"):
        kept = [keyword for keyword in node.keywords if keyword not in new.keywords]
        if kept[0].arg != "strict":
            yield new


def _shorter_slices(node: Any) -> Iterator[ast.AST]:
    parts = ("lower", "upper", "step")
    yield from (
        _with_fields(node, **{part: None}) for part in parts if getattr(node, part) is not None
    )


_VARIANTS: Final[Mapping[type, Callable[[Any], Iterator[ast.AST]]]] = {
    ast.Constant: _other_constants,
    ast.Compare: _other_comparisons,
    ast.BoolOp: _other_boolean_operators,
    ast.BinOp: _other_operators,
    ast.UnaryOp: _operands,
    ast.Tuple: _shorter_lists,
    ast.List: _shorter_lists,
    ast.Set: _shorter_lists,
    ast.Dict: lambda node: _without_each(node, "keys", "values"),
    ast.Slice: _shorter_slices,
    ast.Call: _fewer_keywords,
    ast.If: _negated_tests,
    ast.IfExp: _negated_tests,
    ast.While: _negated_tests,
    ast.comprehension: lambda node: _without_each(node, "ifs"),
    ast.Return: _none_returned,
    ast.Expr: _pass_instead,
    ast.Delete: _pass_instead,
    ast.Raise: _pass_instead,
    ast.AugAssign: _other_augmented_assignments,
    ast.Assign: _no_assignment,
    ast.Break: lambda _: iter([ast.Continue()]),
    ast.Continue: lambda _: iter([ast.Break()]),
}
