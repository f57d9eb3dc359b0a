"""No module holds state: what a server changes or remembers, it owns.

So two servers in one process share nothing, and a server leaves nothing behind.
"""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.test_architecture import MODULES, VALUE_CLASSES, module_id, parse

CACHE_FACTORIES = {"cache", "lru_cache"}

KEPT_CACHES = {
    # built from the package's own files or code, once
    "config/formats.py: build_format_checker": "the two formats of the package",
    "config/json_schema.py: _validator_class": "the dialect of JSON Schema of the package",
    "config/records.py: field_types": "the record types of the package's providers",
    "config/registry.py: load_control_openapi": "a schema of the package",
    "config/schema_checks.py: schema_validator": "a schema of the package",
    "web/secret_pattern.py: _secret_pattern": "a regular expression",
    "testing/operations.py: bundled_configuration": "the files of the package, with a fixed seed",
    # bounded, for arguments that servers have in common
    "config/fake_records.py: _fake_people": "seed, account and counts -> fake people, immutable",
    "audio/tones.py: _wave_period": "two frequencies -> samples",
    "core/call_flows.py: _leg_tracks": "the behavior of a leg -> its tracks, both immutable",
    "core/call_flows.py: compile_stepless_script": "the behaviors of the legs -> their script",
    "core/leg_names.py: flow_legs_by_name": "a call flow and vendor's words -> names of its legs",
    "core/time.py: _format_second": "a second -> its text",
    "core/time.py: format_iso": "a time -> its text",
    "web/vendor/request.py: _decode_header_name": "the name of a header -> text; never a value",
}
"""Module and function of each cache that outlives a server -> what it holds.

Each is a pure function, so that no server notices another one; none holds an address or a secret.
"""

STATEFUL_TYPES = {
    *("dict", "list", "set", "bytearray", "defaultdict", "OrderedDict", "Counter", "deque"),
    *("WeakValueDictionary", "WeakKeyDictionary", "WeakSet", "ContextVar", "local"),
    *("Queue", "SimpleQueue", "Lock", "RLock", "Event", "Semaphore", "Thread", "Future"),
}
"""Types of the standard library whose objects exist to be changed."""

CHANGING_METHODS = {
    *("append", "appendleft", "extend", "insert", "add", "update", "setdefault", "put"),
    *("pop", "popleft", "popitem", "remove", "discard", "clear", "sort", "reverse"),
}


def state_classes(trees: Iterable[ast.Module]) -> set[str]:
    """The names of the classes that are neither values nor exceptions nor types for a checker."""
    values = {name for _, name in VALUE_CLASSES}
    return {
        node.name
        for tree in trees
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.name not in values and not is_stateless(node)
    }


def is_stateless(node: ast.ClassDef) -> bool:
    bases = {ast.unparse(base) for base in node.bases}
    return bool(bases & {"Protocol", "str", "int", "Enum", "StrEnum"} or "Error" in str(bases))


STATE_CLASSES = state_classes(map(parse, MODULES))


def called_name(node: ast.AST | None) -> str:
    """`f` for `f`, `m.f`, `f(...)`, `f[int](...)` and `f(...)(...)`; empty for anything else."""
    while isinstance(node, ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return ast.unparse(node).rpartition(".")[2] if node else ""


def import_time_assignments(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """(name, value) of each assignment in the body of the module or of one of its classes."""
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    for statement in [*tree.body, *(inner for node in classes for inner in node.body)]:
        if isinstance(statement, ast.Assign):
            yield from ((ast.unparse(target), statement.value) for target in statement.targets)
        elif isinstance(statement, ast.AnnAssign) and statement.value:
            yield ast.unparse(statement.target), statement.value


def import_time_functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """The functions of the module and the methods of its classes; not those inside functions."""
    for node in tree.body:
        for inner in node.body if isinstance(node, ast.ClassDef) else [node]:
            if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
                yield inner


def find_caches(tree: ast.Module) -> list[str]:
    """The caches that live as long as the process."""
    decorated = [
        function.name
        for function in import_time_functions(tree)
        if any(called_name(decorator) in CACHE_FACTORIES for decorator in function.decorator_list)
    ]
    assigned = [
        name
        for name, value in import_time_assignments(tree)
        if any(
            isinstance(node, ast.Call) and called_name(node) in CACHE_FACTORIES
            for node in ast.walk(value)
        )
    ]
    return decorated + assigned


def find_objects(tree: ast.Module, classes: set[str]) -> list[str]:
    """The objects of these classes, and the containers to be filled, that are made at import."""
    return [
        name
        for name, value in import_time_assignments(tree)
        if (isinstance(value, ast.Call) and called_name(value) in classes | STATEFUL_TYPES)
        or (isinstance(value, ast.Dict | ast.List) and ast.unparse(value) in ("{}", "[]"))
    ]


def find_changes(tree: ast.Module) -> list[str]:
    """The places that change what a name of the module, imported or not, stands for."""
    names = set(module_names(tree))
    return [
        ast.unparse(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Global) or changed_name(node) in names - set(local_names(function))
    ]


def module_names(tree: ast.Module) -> Iterator[str]:
    yield from (name for name, _ in import_time_assignments(tree))
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in node.names)


def local_names(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def changed_name(node: ast.AST) -> str:
    """`X` for a statement that changes X, such as `X.y[z] = 1`, `del X[y]` and `X.append(y)`."""
    if isinstance(node, ast.Call) and called_name(node) in CHANGING_METHODS:
        return root_name(node.func)
    if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
        return root_name(node)
    return ""


def root_name(node: ast.AST) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def test_only_the_listed_caches_outlive_a_server() -> None:
    found = {f"{module_id(path)}: {name}" for path in MODULES for name in find_caches(parse(path))}
    assert found == KEPT_CACHES.keys()


def test_no_object_with_state_is_made_at_import() -> None:
    found = {
        f"{module_id(path)}: {name}"
        for path in MODULES
        for name in find_objects(parse(path), STATE_CLASSES)
    }
    assert found == set()


@pytest.mark.parametrize("path", MODULES, ids=module_id)
def test_nothing_that_a_module_holds_is_changed(path: Path) -> None:
    assert find_changes(parse(path)) == []


def test_the_owners_of_state_are_known_as_such() -> None:
    owners = {"LogThrottle", "Resolver", "Router", "SandboxRegistry", "TargetResolver"}
    assert owners <= STATE_CLASSES
    assert {"Call", "Dependencies", "SettingsError"}.isdisjoint(STATE_CLASSES)


@pytest.mark.parametrize(
    ("source", "caches"),
    [
        ("@cache\ndef f(): ...", ["f"]),
        ("@functools.lru_cache(maxsize=9)\ndef f(): ...", ["f"]),
        ("class A:\n    @lru_cache\n    def f(self): ...", ["f"]),
        ("g = lru_cache(9)(f)", ["g"]),
        ("g = [cache(f)]", ["g"]),
        ("class A:\n    g = cache(f)", ["g"]),
        ("def f():\n    @cache\n    def g(): ...", []),
        ("class A:\n    def __init__(self):\n        self.g = lru_cache(9)(f)", []),
        ("class A:\n    @cached_property\n    def f(self): ...", []),
    ],
)
def test_a_cache_that_outlives_a_server_is_found(source: str, caches: list[str]) -> None:
    assert find_caches(ast.parse(source)) == caches


@pytest.mark.parametrize(
    ("source", "objects"),
    [
        ("throttle = LogThrottle()", ["throttle"]),
        ("RESOLVER: Final = resolver.Resolver()", ["RESOLVER"]),
        ("a = Counter[str]()", ["a"]),
        ("a: dict[str, int] = {}", ["a"]),
        ("a = []", ["a"]),
        ("class A:\n    a: list[int] = []", ["a"]),
        ('a = {"b": 1}', []),
        ("a = MappingProxyType({})", []),
        ("def f():\n    a = {}", []),
    ],
)
def test_an_object_with_state_that_is_made_at_import_is_found(
    source: str, objects: list[str]
) -> None:
    assert find_objects(ast.parse(source), STATE_CLASSES) == objects


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ('A = {"b": 1}\ndef f():\n    A["c"] = 2', 1),
        ('A = {"b": 1}\ndef f():\n    del A["b"]', 1),
        ('A = {"b": [1]}\ndef f():\n    A["b"].append(2)', 1),
        ('A = {"b": 1}\nasync def f():\n    A.update(c=2)', 1),
        ("from m import A\ndef f():\n    A.b = 1", 1),
        ("import m\ndef f():\n    m.A.b += 1", 1),
        ("a = 1\ndef f():\n    global a\n    a = 2", 1),
        ('A = {"b": 1}\ndef f(A):\n    A["c"] = 2', 0),
        ('A = {"b": 1}\ndef f():\n    A = {}\n    A["c"] = 2', 0),
        ('A = {"b": 1}\ndef f():\n    return A["b"], A.get("c")', 0),
    ],
)
def test_a_change_of_what_a_module_holds_is_found(source: str, count: int) -> None:
    assert len(find_changes(ast.parse(source))) == count
