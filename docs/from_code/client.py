"""Generate the page of the Python client from its signatures and docstrings."""

import inspect
from collections.abc import Iterator
from types import FunctionType

from from_code.markdown import block
from mock_calls import AsyncMockServer, MockServer, errors, models

START = """# Python client

`mock_calls` contains `MockServer`, which blocks, and `AsyncMockServer`, whose methods are
awaited. The fixtures `mock_calls` and `async_mock_calls` are such clients.
"""


def page() -> str:
    parts = [START, "## MockServer\n", inspect.getdoc(MockServer) or "", ""]
    for name, method in _public(MockServer):
        kind = "" if hasattr(AsyncMockServer, name) else " (blocking only)"
        signature = inspect.signature(method)
        parts += [f"### {name}{kind}\n", block(f"{name}{signature}", "python")]
        parts += [block(doc)] if (doc := inspect.getdoc(method)) else []
    for title, module in (("Values", models), ("Errors", errors)):
        parts += [f"## {title}\n", *_classes(module.__name__, vars(module).values())]
    return "\n".join(parts)


def _public(cls: type) -> Iterator[tuple[str, FunctionType]]:
    for base in reversed(cls.__mro__):
        for name, method in vars(base).items():
            if isinstance(method, FunctionType) and not name.startswith("_"):
                yield name, method


def _classes(module: str, members: object) -> Iterator[str]:
    """Yield a section for each class that is defined in the module, not imported into it."""
    assert hasattr(members, "__iter__")  # noqa: S101 - for the type checker
    for member in members:
        if isinstance(member, type) and member.__module__ == module:
            fields = getattr(member, "__dataclass_fields__", {})
            listed = "\n".join(
                f"{name}: {inspect.formatannotation(field.type)}" for name, field in fields.items()
            )
            yield f"### {member.__name__}\n"
            yield (inspect.getdoc(member) or "") + "\n"
            yield block(listed, "python") if listed else ""
