"""The floors: who may import whom, and how long a function may be."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import mockserver

HOUSE = Path(mockserver.__file__).parent
LONGEST = 40

OURS = {
    "__init__": set(),
    "__main__": {"cli"},
    "settings": set(),
    "core": {"core"},
    "audio": {"core", "audio"},
    "providers": {"core", "audio"},
    "engine": {"core", "engine"},
    "delivery": {"core", "delivery", "__init__"},
    "config": {"core", "config", "providers"},
    "runtime": {"core", "engine", "delivery", "runtime"},
    "web": {"core", "audio", "engine", "runtime", "web", "__init__"},
    "compiler": {"settings", "core", "config", "engine"},
    "app": {
        "settings",
        "compiler",
        "core",
        "config",
        "engine",
        "delivery",
        "runtime",
        "web",
        "providers",
        "__init__",
    },
    "replay": {"settings", "compiler", "core", "config", "delivery", "runtime", "web", "replay"},
    "cli": {"app", "replay", "compiler", "cli", "settings", "__init__"},
    "client": {"client"},
    "pytest_plugin": {"app", "pytest_sandbox", "settings"},
    "pytest_sandbox": {"client", "delivery", "runtime"},
}
"""Room -> the rooms that it may import; a provider also imports its own folder."""

OTHERS = {
    "config": {"yaml", "jsonschema", "jsonschema_rs", "faker", "langcodes", "phonenumbers"},
    "delivery": {"httptools"},
    "web": {"starlette", "python_multipart", "uvicorn", "httptools"},
    "cli": {"click"},
    "client": {"httpx"},
    "pytest_plugin": {"pytest"},
    "pytest_sandbox": {"pytest"},
}
"""Room -> the packages from outside that it may import."""

TIMELESS = ("core", "providers", "config", "engine")
CLOCKS = {"time", "random", "asyncio", "secrets"}
STANDARD = set(sys.stdlib_module_names)


def room(path: Path) -> str:
    return path.relative_to(HOUSE).parts[0].removesuffix(".py")


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def trespasses(place: str, source: str) -> list[str]:
    """What a file at this place of the house imports although its floor forbids it."""
    here, *inner = Path(place).with_suffix("").parts
    return [name for name in imports(ast.parse(source)) if not allowed(here, inner, name)]


def allowed(here: str, inner: list[str], name: str) -> bool:
    first, *rest = name.split(".")
    if first == "mockserver":
        there = rest[0] if rest and (HOUSE / rest[0]).exists() else ""
        there = there or ("__init__" if not (HOUSE / f"{rest[0]}.py").exists() else rest[0])
        if here == there == "providers":
            return rest[1] == inner[0]
        return there in OURS[here]
    if first in STANDARD:
        return here not in TIMELESS or first not in CLOCKS
    return first in OTHERS.get(here, set())


FILES = sorted(HOUSE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_imports_keep_to_the_floors(path: Path) -> None:
    assert trespasses(str(path.relative_to(HOUSE)), path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_files_open_with_a_sentence_and_functions_are_short(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    opening = (ast.get_docstring(tree) or "").split("\n\n")[0].replace("\n", " ")
    assert opening.endswith((".", "`"))
    functions = [
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    lengths = {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in functions}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


@pytest.mark.parametrize(
    ("place", "source", "forbidden"),
    [
        ("core/call.py", "import time", ["time"]),
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
            "providers/phonon/events.py",
            "from mockserver.providers.phonon import responses\nfrom mockserver.core import seeded",
            [],
        ),
        (
            "web/views/serializers.py",
            "from mockserver.config import scenarios",
            ["mockserver.config.scenarios"],
        ),
        (
            "config/scenarios.py",
            "from mockserver.engine import sandbox_state",
            ["mockserver.engine.sandbox_state"],
        ),
        ("runtime/scheduler.py", "import httpx", ["httpx"]),
        ("cli/serve.py", "from mockserver.web import app", ["mockserver.web.app"]),
        ("settings.py", "from mockserver import app", ["mockserver.app"]),
    ],
)
def test_a_trespass_is_seen(place: str, source: str, forbidden: list[str]) -> None:
    assert trespasses(place, source) == forbidden


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_no_branch_on_the_name_of_a_provider(path: Path) -> None:
    names = {folder.name for folder in (HOUSE / "providers").iterdir() if folder.is_dir()}
    compared = [
        constant.value
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Compare)
        for constant in ast.walk(node)
        if isinstance(constant, ast.Constant) and constant.value in names
    ]
    assert compared == []
