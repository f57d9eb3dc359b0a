"""The methods of the client, from their signatures and docstrings."""

import inspect
from collections.abc import Iterator
from types import FunctionType

from from_code.markdown import block
from mockserver.client import AsyncMockServer, MockServer, errors, models

START = """# Python client

`mockserver.client` has `MockServer`, and `AsyncMockServer` with the same methods, to be awaited.
The fixtures `mock_calls` and `async_mock_calls` are these, with `attach` on top.
"""


def page() -> str:
    parts = [START, "## MockServer\n", inspect.getdoc(MockServer) or "", ""]
    for name, method in _public(MockServer):
        kind = "" if hasattr(AsyncMockServer, name) else " (blocking only)"
        signature = inspect.signature(method)
        parts += [f"### {name}{kind}\n", block(f"{name}{signature}", "python")]
        parts += [block(inspect.getdoc(method) or "As its name says.")]
    for title, module in (("Values", models), ("Errors", errors)):
        parts += [f"## {title}\n", *_classes(module.__name__, vars(module).values())]
    return "\n".join(parts)


def _public(cls: type) -> Iterator[tuple[str, FunctionType]]:
    for name, method in vars(cls).items():
        if isinstance(method, FunctionType) and not name.startswith("_"):
            yield name, method


def _classes(module: str, found: object) -> Iterator[str]:
    assert hasattr(found, "__iter__")  # noqa: S101 - for the type checker
    for one in found:
        if isinstance(one, type) and one.__module__ == module:
            fields = getattr(one, "__dataclass_fields__", {})
            shown = "\n".join(
                f"{name}: {inspect.formatannotation(field.type)}" for name, field in fields.items()
            )
            yield f"### {one.__name__}\n"
            yield (inspect.getdoc(one) or "") + "\n"
            yield block(shown, "python") if shown else ""
