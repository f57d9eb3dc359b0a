"""Describe the keys that the accounts of a vendor have beside the common ones."""

import inspect
import json
from collections.abc import Iterator
from typing import Any

from from_code.markdown import code, codes, table
from mockserver.core.provider import Provider
from mockserver.core.time import SECOND, Duration


def account_keys(provider: Provider) -> Iterator[str]:
    """Yield the section about the keys of an account."""
    yield "## Keys of an account\n"
    yield "Every account may have `provider`, `credentials`, `numbers`, `webhooks`, `retry`,"
    yield "`limits`, `balance`, `quirks` and `timeline`. Accounts of this vendor may also have:\n"
    rows = [
        (code(name), "records by name", codes(record_type.__annotations__))
        for name, record_type in provider.records.items()
    ]
    if provider.settings is not None:
        rows += [(code(name), "setting", "") for name in provider.settings.__annotations__]
    kinds = codes([*provider.generators, "locale"])
    yield table(
        ("key", "kind", "fields"), [*rows, (code("generate"), "number of fake records", kinds)]
    )
    types = {f"a record in `{name}`": kind for name, kind in provider.records.items()}
    if provider.settings is not None:
        types["the settings"] = provider.settings
    for title, kind in types.items():
        yield from _fields(title, kind)


def _fields(title: str, kind: Any) -> Iterator[str]:
    """Yield the description of a named tuple, and its fields with their defaults."""
    yield f"### Keys of {title}\n"
    yield f"{inspect.cleandoc(kind.__doc__)}\n"
    yield table(
        ("key", "default"),
        (
            (code(name), _default(kind._field_defaults[name]))
            if name in kind._field_defaults
            else (code(name), "required")
            for name in kind.__annotations__
        ),
    )


def _default(value: object) -> str:
    """Return a default as it would stand in a file; durations are in ms."""
    if value in ("", (), None) or value == {}:
        return ""
    if isinstance(value, Duration):
        return code(f"{value // SECOND}s")
    fields = value._asdict() if isinstance(value, tuple) and hasattr(value, "_asdict") else value
    return code(json.dumps(fields, default=str))
