"""The architecture: layers of imports, banned words, sizes of modules and functions."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import mockserver
from tests.support import read

PACKAGE = Path(mockserver.__file__).parent
TESTS = Path(__file__).parent
MAX_FUNCTION_LINES = 40
MAX_MODULE_LINES = 250

LAYERS: dict[str, set[str]] = {
    "__init__": set(),
    "__main__": {"cli"},
    "settings": {"settings"},
    "tls": {"tls"},
    "core": {"core"},
    "audio": {"core", "audio"},
    "delivery": {"core", "delivery", "__init__"},
    "engine": {"core", "engine"},
    "providers": {"core", "audio"},
    "store": {"core", "engine", "store"},
    "runtime": {"core", "engine", "delivery", "store", "runtime"},
    "config": {"core", "config", "providers"},
    "report": {"core", "engine", "report"},
    "web": {"core", "audio", "engine", "report", "store", "runtime", "web", "__init__"},
    "compiler": {"settings", "core", "config", "engine"},
    "app": {
        "replay",
        "settings",
        "core",
        "engine",
        "delivery",
        "runtime",
        "config",
        "store",
        "web",
        "compiler",
        "tls",
        "app",
        "__init__",
    },
    "replay": {
        "settings",
        "core",
        "engine",
        "delivery",
        "runtime",
        "config",
        "web",
        "compiler",
        "replay",
    },
    "ordeal": {"core", "delivery", "report", "web", "ordeal"},
    "cli": {"settings", "compiler", "app", "replay", "tls", "ordeal", "cli", "__init__"},
    "client": set(),
    "testing": {
        "settings",
        "core",
        "config",
        "engine",
        "report",
        "runtime",
        "web",
        "compiler",
        "testing",
    },
}
"""Package or module -> what it may import; a provider also imports its own folder."""

WEB_LAYERS = (
    {"app"},
    {"control"},
    {"views"},
    {"vendor"},
    {"dependencies"},
    {"router"},
    {"server", "access_control"},
    {"hosts", "problems", "problem_kinds", "log_throttle", "redaction", "secret_pattern", "slices"},
)
"""The parts of `web`, from the top: each imports its own layer and those below."""

THIRD_PARTIES = {
    "core": {"msgspec"},
    "config": {"yaml", "jsonschema", "jsonschema_rs", "faker", "langcodes", "phonenumbers"},
    "delivery": {"httptools"},
    "web": {"starlette", "python_multipart", "uvicorn", "httptools", "prometheus_client"},
    "cli": {"click", "mock_calls"},
    "ordeal": {"mock_calls"},
    "tls": {"cryptography"},
    "store": {"cryptography"},
    "client": {"mock_calls"},
    "testing": {"hypothesis", "mock_calls"},
}
"""Package or module -> the third-party packages that it may import."""

PURE = ("core", "audio", "providers", "config", "engine", "report")
"""Packages that read no clock, draw no chance and await nothing."""

IMPURE_MODULES = {"time", "random", "asyncio", "secrets"}
STANDARD_LIBRARY = set(sys.stdlib_module_names)

BANNED_WORDS = {
    "story": "scenario",
    "stories": "scenarios",
    "told": "value",
    "wanted": "parameters or expected",
    "casework": "pipeline",
    "fact": "entry",
    "facts": "entries",
    "moot": "rejected",
    "courier": "dispatcher",
    "letter": "request",
    "door": "pool",
    "driver": "scheduler",
    "ours": "own",
    "theirs": "vendor",
    "dialect": "responses",
    "rehearsal": "dry_run",
    "rehearsed": "dry_run",
    "deed": "action",
    "happening": "lifecycle",
    "carrying": "effects",
    "manieth": "index",
}
"""Words that no module, class, function or field is named with -> the glossary's word."""

WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")

MODULES = sorted(PACKAGE.rglob("*.py"))
CLIENT_MODULES = sorted((TESTS.parent / "clients" / "python" / "mock_calls").rglob("*.py"))
TEST_MODULES = sorted(TESTS.rglob("*.py"))
OTHER_MODULES = [
    *sorted((TESTS.parent / "benchmarks").rglob("*.py")),
    *sorted((TESTS.parent / "distribution").rglob("*.py")),
    *sorted((TESTS.parent / "docs" / "from_code").rglob("*.py")),
]


def module_id(path: Path) -> str:
    base = PACKAGE if path.is_relative_to(PACKAGE) else TESTS
    return str(path.relative_to(base if path.is_relative_to(base) else TESTS.parent))


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def imported_names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def forbidden_imports(place: str, source: str) -> list[str]:
    """The imports of a module at this place of the package that its layer forbids."""
    package, *inner = Path(place).with_suffix("").parts
    names = imported_names(ast.parse(source))
    return [name for name in names if not is_allowed(package, inner, name)]


def is_allowed(package: str, inner: list[str], name: str) -> bool:
    first, *rest = name.split(".")
    if first != "mockserver":
        if first in STANDARD_LIBRARY:
            return package not in PURE or first not in IMPURE_MODULES
        return first in THIRD_PARTIES.get(package, set())
    is_module = (PACKAGE / rest[0]).exists() or (PACKAGE / f"{rest[0]}.py").exists()
    imported = rest[0] if is_module else "__init__"
    if package == imported == "providers":
        return rest[1] == inner[0]
    if package == imported == "web" and inner[0] != "__init__":
        return web_layer(rest[1]) >= web_layer(inner[0])
    return imported in LAYERS[package]


CLIENT_PARTIES = {
    "pytest_failures": {"pytest"},
    "pytest_plugin": {"pytest"},
    "pytest_server": {"pytest", "mockserver.app", "mockserver.settings"},
    "pytest_sandbox": {"pytest", "mockserver.delivery"},
}
"""Module of the client's distribution -> what it may import beside httpx and its own package.

Of `mockserver`, only inside of functions: it may not be installed.
"""


def forbidden_client_imports(module: str, source: str) -> list[str]:
    tree = ast.parse(source)
    allowed = {"mock_calls", "httpx", *STANDARD_LIBRARY, *CLIENT_PARTIES.get(module, ())}
    at_import = {name for node in tree.body for name in imported_names(ast.Module([node], []))}
    inside = {name for node in ast.walk(tree) if is_function(node) for name in imported_names(node)}
    return [
        name
        for name in sorted(at_import)
        if not any(f"{name}.".startswith(f"{part}.") for part in allowed)
        or (name.startswith("mockserver") and name not in inside)
    ]


def is_function(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)


def web_layer(part: str) -> int:
    """0 for the topmost layer of `web`."""
    return next(index for index, parts in enumerate(WEB_LAYERS) if part in parts)


def defined_names(tree: ast.Module) -> Iterator[str]:
    """Classes, functions, module constants, fields and attributes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr
        if isinstance(node, ast.ClassDef | ast.Module):
            yield from assigned_names(node)


def assigned_names(node: ast.ClassDef | ast.Module) -> Iterator[str]:
    for statement in node.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        targets += [statement.target] if isinstance(statement, ast.AnnAssign) else []
        yield from (target.id for target in targets if isinstance(target, ast.Name))


def banned_names(names: Iterator[str]) -> list[str]:
    return [
        name for name in names if {word.lower() for word in WORDS.findall(name)} & {*BANNED_WORDS}
    ]


@pytest.mark.parametrize("path", MODULES, ids=module_id)
def test_a_module_imports_only_its_own_layer_and_those_below(path: Path) -> None:
    assert forbidden_imports(module_id(path), path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", CLIENT_MODULES, ids=module_id)
def test_the_client_imports_only_itself_and_httpx(path: Path) -> None:
    assert forbidden_client_imports(path.stem, path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("module", "source", "forbidden"),
    [
        ("models", "import msgspec", ["msgspec"]),
        ("models", "import pytest", ["pytest"]),
        ("sync", "def f():\n    import mockserver.app", ["mockserver.app"]),
        ("pytest_server", "from mockserver.app import run", ["mockserver.app.run"]),
        ("pytest_server", "def f():\n    from mockserver.web import app", ["mockserver.web.app"]),
        ("pytest_server", "def f():\n    from mockserver.app import run", []),
    ],
)
def test_a_forbidden_import_of_the_client_is_found(
    module: str, source: str, forbidden: list[str]
) -> None:
    assert forbidden_client_imports(module, source) == forbidden


@pytest.mark.parametrize(
    "path", [*MODULES, *CLIENT_MODULES, *TEST_MODULES, *OTHER_MODULES], ids=module_id
)
def test_no_name_has_a_banned_word(path: Path) -> None:
    assert banned_names(iter([path.stem, *defined_names(parse(path))])) == []


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("def told(): ...", ["told"]),
        ("class LetterBox: ...", ["LetterBox"]),
        ("class Call:\n    wanted: int", ["wanted"]),
        ("FACTS = ()", ["FACTS"]),
        ("class Call:\n    def f(self): self.door = 1", ["door"]),
    ],
)
def test_a_banned_word_is_found(source: str, names: list[str]) -> None:
    assert banned_names(defined_names(ast.parse(source))) == names


@pytest.mark.parametrize("source", ["def f():\n    told = factory = 1", "import door"])
def test_a_local_or_imported_name_may_have_a_banned_word(source: str) -> None:
    assert banned_names(defined_names(ast.parse(source))) == []


@pytest.mark.parametrize("path", [*MODULES, *CLIENT_MODULES], ids=module_id)
def test_a_module_opens_with_a_sentence(path: Path) -> None:
    first = (ast.get_docstring(parse(path)) or "").split("\n\n")[0].replace("\n", " ")
    assert first.endswith((".", "`"))


@pytest.mark.parametrize("path", [*MODULES, *CLIENT_MODULES], ids=module_id)
def test_modules_and_functions_are_short(path: Path) -> None:
    functions = [
        node
        for node in ast.walk(parse(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    lengths = {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in functions}
    assert {name: n for name, n in lengths.items() if n > MAX_FUNCTION_LINES} == {}
    assert len(path.read_text("utf-8").splitlines()) <= MAX_MODULE_LINES


def test_only_the_bases_of_values_import_msgspec() -> None:
    importing = [
        module_id(path)
        for path in MODULES
        if any(name.split(".")[0] == "msgspec" for name in imported_names(parse(path)))
    ]
    assert importing == ["core/value.py"]


@pytest.mark.parametrize(
    ("place", "source", "forbidden"),
    [
        ("core/call.py", "import time", ["time"]),
        ("audio/wav.py", "import random", ["random"]),
        (
            "core/call.py",
            "from mockserver.engine import sandbox_state",
            ["mockserver.engine.sandbox_state"],
        ),
        ("engine/sandbox_state.py", "import random", ["random"]),
        (
            "engine/sandbox_state.py",
            "from starlette.routing import Route",
            ["starlette.routing.Route"],
        ),
        ("providers/phonon/events.py", "import asyncio", ["asyncio"]),
        (
            "providers/phonon/events.py",
            "from mockserver.providers.mobtexting import responses",
            ["mockserver.providers.mobtexting.responses"],
        ),
        (
            "web/views/serializers.py",
            "from mockserver.config import scenarios",
            ["mockserver.config.scenarios"],
        ),
        (
            "web/vendor/handler.py",
            "from mockserver.web.views import serializers",
            ["mockserver.web.views.serializers"],
        ),
        (
            "web/access_control.py",
            "from mockserver.web.router import Router",
            ["mockserver.web.router.Router"],
        ),
        (
            "config/scenarios.py",
            "from mockserver.engine import sandbox_state",
            ["mockserver.engine.sandbox_state"],
        ),
        (
            "delivery/dispatcher.py",
            "from mockserver.engine import webhooks",
            ["mockserver.engine.webhooks"],
        ),
        ("runtime/scheduler.py", "import httpx", ["httpx"]),
        ("cli/serve.py", "from mockserver.web import app", ["mockserver.web.app"]),
        ("settings.py", "from mockserver import app", ["mockserver.app"]),
    ],
)
def test_a_forbidden_import_is_found(place: str, source: str, forbidden: list[str]) -> None:
    assert forbidden_imports(place, source) == forbidden


@pytest.mark.parametrize(
    ("place", "source"),
    [
        (
            "providers/phonon/events.py",
            "from mockserver.providers.phonon import responses\nfrom mockserver.core import seeded",
        ),
        ("web/control/calls.py", "from mockserver.web.views import serializers"),
    ],
)
def test_an_import_of_the_own_layer_or_one_below_is_allowed(place: str, source: str) -> None:
    assert forbidden_imports(place, source) == []


@pytest.mark.parametrize("path", MODULES, ids=module_id)
def test_no_branch_on_the_name_of_a_provider(path: Path) -> None:
    names = {folder.name for folder in (PACKAGE / "providers").iterdir() if folder.is_dir()}
    compared = [
        constant.value
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Compare)
        for constant in ast.walk(node)
        if isinstance(constant, ast.Constant) and constant.value in names
    ]
    assert compared == []


VENDOR_FILES = {
    *("__init__", "request", "rules", "responses", "events", "call_state"),
    *("records", "generators", "samples"),
}


@pytest.mark.parametrize(
    "folder", [path for path in sorted((PACKAGE / "providers").iterdir()) if path.is_dir()]
)
def test_every_vendor_has_at_least_the_common_files(folder: Path) -> None:
    if folder.name != "__pycache__":
        assert {path.stem for path in folder.glob("*.py")} >= VENDOR_FILES


@pytest.mark.parametrize("path", TEST_MODULES, ids=module_id)
def test_no_test_imports_a_conftest(path: Path) -> None:
    assert [name for name in imported_names(parse(path)) if "conftest" in name] == []


STATE_OWNERS = {
    "tests/support/read.py",
    "tests/support/matches.py",
    "tests/engine/test_sandbox_state.py",
}
STATE_READERS = {name for name, value in vars(read).items() if callable(value) and name.islower()}
VERBS = {
    "accounts": {"replace", "charge", "save_record", "store_upload"},
    "activations": {
        *("add", "clear", "remove", "reserve", "settle", "take_position"),
        *("restart_responses", "take_number"),
    },
    "agenda": {"schedule", "take"},
    "calls": {"add", "update", "set_progress", "queue_for", "end", "evict"},
    "counters": {"record_request", "count", "advance"},
    "deliveries": {
        *("add", "update", "end_attempt", "hold", "release", "hold_for_call", "follow"),
        *("release_followers", "release_key", "evict"),
    },
    "inputs": {"record", "record_response", "count_step"},
    "journal": {"append", "record_exchange", "correct_exchange", "clear"},
}
"""Owner, as `SandboxState` names it -> what changes it."""


@pytest.mark.parametrize("path", TEST_MODULES, ids=module_id)
def test_no_test_reads_an_attribute_of_the_state_that_has_a_reader(path: Path) -> None:
    """`state` is what every fixture and helper calls it; the readers are in `read`.

    A test may subscribe, and may change an owner by its verbs.
    """
    if f"tests/{module_id(path)}" in STATE_OWNERS:
        return
    tree = parse(path)
    changed = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in {"subscribe", *(verb for verbs in VERBS.values() for verb in verbs)}
    }
    attributes = [
        f"{ast.unparse(node)} in line {node.lineno}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Load)
        and id(node) not in changed
        and node.attr in STATE_READERS
        and ast.unparse(node.value).rpartition(".")[2] == "state"
    ]
    assert attributes == []


VALUE_BASES = ("Value", "TrackedValue", "NamedTuple")


def value_classes() -> set[tuple[str, str]]:
    """(module, class) of every struct, named tuple and dataclass of the package."""
    return {
        (f"mockserver.{'.'.join(path.relative_to(PACKAGE).with_suffix('').parts)}", node.name)
        for path in MODULES
        for node in parse(path).body
        if isinstance(node, ast.ClassDef)
        and (
            any(isinstance(base, ast.Name) and base.id in VALUE_BASES for base in node.bases)
            or any("dataclass" in ast.unparse(decorator) for decorator in node.decorator_list)
        )
    }


VALUE_CLASSES = value_classes()


@pytest.mark.parametrize("path", TEST_MODULES, ids=module_id)
def test_no_test_constructs_a_value_by_position(path: Path) -> None:
    """A starred argument is allowed: it passes on what another line has named."""
    tree = parse(path)
    imported = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if (node.module, alias.name) in VALUE_CLASSES
    }
    positional = [
        f"{node.func.id} in line {node.lineno}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in imported
        and any(not isinstance(argument, ast.Starred) for argument in node.args)
    ]
    assert positional == []


QUERIES = {
    "accounts": {"find", "owner"},
    "activations": {"next_id", "position"},
    "agenda": {"peek"},
    "calls": set[str](),
    "counters": {"is_over_limit", "opens_at"},
    "deliveries": {"next_id", "is_held_for_call"},
    "inputs": {"seal"},
    "journal": {"first_sequence", "next_request_id", "subscribe"},
}
"""Owner -> what it can be asked, to whom it can tell what changes, and what it keeps as it is."""

CALLERS = {
    "accounts": {"effects", "failures", "simulation"},
    "activations": {"commands", "scenario_selection"},
    "agenda": {
        *("effects", "reordering", "sandbox_state", "simulated_attempts", "simulation", "webhooks"),
    },
    "calls": {
        *("effects", "failures", "request_origin", "retention", "scenario_selection"),
        *("simulation",),
    },
    "counters": {"effects", "pipeline"},
    "deliveries": {
        *("failures", "reordering", "retention", "simulated_attempts", "webhooks"),
    },
    "inputs": {
        *("commands", "failures", "own_refusals", "pipeline", "scenario_selection"),
        *("simulation", "webhooks"),
    },
    "journal": {
        *(
            "call_ends",
            "commands",
            "effects",
            "failures",
            "ignored_words",
            "own_refusals",
            "pipeline",
            "sandbox_state",
            "scenario_selection",
        ),
        *("simulation", "webhooks"),
    },
}
"""Owner -> the modules of the engine that call its verbs."""

STATE_CALLERS = {
    "reset": {"commands"},
    "set_configuration": {"commands"},
    "drop_stale_items": {"failures", "pipeline", "simulation"},
}
"""Verb of the state itself -> the modules of the engine that call it."""

MUTATORS = {
    *("append", "appendleft", "add", "clear", "discard", "extend", "insert", "move_to_end"),
    *("pop", "popitem", "popleft", "remove", "setdefault", "sort", "update"),
}
"""Methods that change a list, a deque, a set or a mapping."""


def chain(node: ast.expr) -> list[str]:
    """The names of an expression such as `self.state.calls.by_id[name]`, without the index."""
    names: list[str] = []
    while isinstance(node, ast.Attribute | ast.Subscript):
        names[:0] = [node.attr] if isinstance(node, ast.Attribute) else []
        node = node.value
    return [node.id, *names] if isinstance(node, ast.Name) else names


def owner_aliases(tree: ast.Module) -> dict[str, list[str]]:
    """Local name -> the expression that it stands for, such as `state.calls`."""
    aliases = {
        node.targets[0].id: chain(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Attribute)
    }
    return {name: names for name, names in aliases.items() if "state" in names[:-1]}


def path_in_state(node: ast.expr, aliases: dict[str, list[str]]) -> list[str]:
    """What comes after `state` in an expression; nothing if it is not about a state."""
    first, *rest = chain(node) or [""]
    names = [*aliases.get(first, [first]), *rest]
    return names[names.index("state") + 1 :] if "state" in names[:-1] else []


def changed_expressions(tree: ast.Module) -> Iterator[ast.expr]:
    """What is assigned to or deleted, and what a mutating method is called on."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            yield node
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in MUTATORS
        ):
            yield node.func.value


def forbidden_changes(place: str, source: str) -> list[str]:
    """Where a module changes what an owner holds, or calls a verb that is not for it."""
    tree = ast.parse(source)
    aliases, (package, *_), module = owner_aliases(tree), Path(place).parts, Path(place).stem
    found = [
        ast.unparse(node)
        for node in changed_expressions(tree)
        if (path := path_in_state(node, aliases))
        and not (
            len(path) == 1 and path[0] in VERBS and isinstance(getattr(node, "ctx", None), ast.Load)
        )
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            callers = allowed_callers(path_in_state(node.func, aliases))
            if callers is not None and (package != "engine" or module not in callers):
                found.append(ast.unparse(node.func))
    return found


def allowed_callers(path: list[str]) -> set[str] | None:
    """The modules of the engine that may call this; None if it is no verb."""
    match path:
        case [verb] if verb in STATE_CALLERS:
            return STATE_CALLERS[verb]
        case [owner, verb] if verb in VERBS.get(owner, ()):
            return CALLERS[owner]
    return None


@pytest.mark.parametrize("path", MODULES, ids=module_id)
def test_state_is_changed_by_the_verbs_of_its_owners_and_by_their_callers_alone(path: Path) -> None:
    place = module_id(path)
    if place != "engine/sandbox_state.py" and not place.startswith("providers"):
        assert forbidden_changes(place, path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("place", "source", "found"),
    [
        ("engine/effects.py", "state.calls = {}", ["state.calls"]),
        ("engine/effects.py", "state.calls.count += 1", ["state.calls.count"]),
        ("engine/effects.py", "del state.calls.by_id['c1']", ["state.calls.by_id['c1']"]),
        ("engine/effects.py", "state.journal.entries.append(1)", ["state.journal.entries"]),
        ("engine/effects.py", "calls = state.calls\ncalls.by_id.pop(1)", ["calls.by_id"]),
        ("engine/effects.py", "state.deliveries.add(1)", ["state.deliveries.add"]),
        ("engine/effects.py", "state.reset(0)", ["state.reset"]),
        ("runtime/waits.py", "box.state.journal.append(1)", ["box.state.journal.append"]),
        ("web/control/a.py", "agenda = s.state.agenda\nagenda.take()", ["agenda.take"]),
        ("web/control/commands.py", "state.accounts.replace(1)", ["state.accounts.replace"]),
        ("replay/runner.py", "self.state.configuration = 1", ["self.state.configuration"]),
    ],
)
def test_a_forbidden_change_of_the_state_is_found(
    place: str, source: str, found: list[str]
) -> None:
    assert forbidden_changes(place, source) == found


@pytest.mark.parametrize(
    ("place", "source"),
    [
        ("engine/effects.py", "state.calls.update(call)"),
        ("engine/commands.py", "state.reset(0)"),
        ("runtime/waits.py", "state.journal.subscribe(print)"),
        ("web/control/a.py", "call = state.calls.by_id['c1']"),
        ("web/control/a.py", "self.state = state"),
    ],
)
def test_a_verb_for_its_callers_and_a_query_for_all_are_allowed(place: str, source: str) -> None:
    assert forbidden_changes(place, source) == []


@pytest.mark.parametrize("owner", sorted(VERBS))
def test_every_method_of_an_owner_is_a_verb_or_a_query(owner: str) -> None:
    [owner_class] = [
        node
        for node in parse(PACKAGE / "engine" / "state" / f"{owner}.py").body
        if isinstance(node, ast.ClassDef) and node.name.lower() == owner
    ]
    methods = {node.name for node in owner_class.body if isinstance(node, ast.FunctionDef)}
    public = {name for name in methods if not name.startswith("_")}
    assert public == VERBS[owner] | QUERIES[owner]


ENTRY_POINTS = {
    "app": set[str](),
    "replay": set[str](),
    "runtime": {
        *("commands", "failures", "idle", "phones"),
        *("simulation.run_due_item", "webhooks.complete_attempt"),
    },
    "web": {
        "account_conflicts",
        *("commands", "failures", "idle", "own_refusals", "pipeline"),
        *("scenario_selection", "unexpected"),
        *("phones", "possible_acts", "decided_behaviors"),
        *("call_scenarios.applied_parts", "call_scenarios.reached_names"),
        *("overtaken_words", "webhooks.is_due_before_response"),
        *("simulation.run_due_item", "webhooks.complete_attempt"),
    },
}
"""Package -> what it may call of the engine."""

VALUES_OF_ENGINE = ("bounded_log", "exchange", "sandbox_state", "state")


@pytest.mark.parametrize(
    "path",
    [path for path in MODULES if module_id(path).split("/")[0] in ENTRY_POINTS],
    ids=module_id,
)
def test_what_lies_above_the_engine_calls_its_entry_points_alone(path: Path) -> None:
    names = (name.split(".") for name in imported_names(parse(path)))
    called = {".".join(name[2:]) for name in names if name[:2] == ["mockserver", "engine"]}
    allowed = {*ENTRY_POINTS[module_id(path).split("/")[0]], *VALUES_OF_ENGINE}
    assert {name for name in called if not {name, name.split(".")[0]} & allowed} == set()
