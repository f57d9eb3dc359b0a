"""Generate a page for each provider: operations, webhooks, statuses, faults with evidence."""

import inspect
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from from_code.markdown import code, codes, table
from from_code.statuses import status_table, statuses
from mockserver.cli.providers import format_statuses
from mockserver.compiler import build_configuration
from mockserver.core.bound_provider import BoundProvider
from mockserver.core.configuration import Configuration
from mockserver.core.provider import Provider
from mockserver.core.time import SECOND, Duration
from mockserver.settings import parse_settings
from mockserver.web.control.providers import serialize_provider

ORIGIN = "http://localhost:8080"


def pages() -> dict[str, str]:
    configuration = build_configuration(parse_settings({"seed": "docs"}, {}))
    return {name: _page(configuration, bound) for name, bound in configuration.providers.items()}


def _page(configuration: Configuration, bound: BoundProvider) -> str:
    provider = bound.provider
    entry = serialize_provider(bound, ORIGIN)
    parts = [
        f"# {provider.title}\n",
        f"Base URL: {code(entry['base_url'])}.\n",
        "## Operations\n",
        table(
            ("operation", "method", "host", "path", "evidence"),
            (
                (
                    code(operation["name"]),
                    operation["method"],
                    code(operation["host"]),
                    code(operation["path"]),
                    operation["evidence"],
                )
                for operation in entry["operations"]
            ),
        ),
        f"Vendor events (`act`): {codes(entry['acts']) or 'none'}.\n",
        *_quirks(entry["quirks"]),
        *_webhooks(entry),
        *_account(provider),
        "## Statuses\n",
        "The first table has a row for each status of a call. A time stamp is a field of a",
        "response or of a webhook; `-` stands for none.\n",
        status_table(provider),
        "Each bundled scenario that needs no particular provider is simulated on the first example",
        "of each operation that places a call. The table lists the vendor's status words for the",
        "call in their order, and its webhooks.\n",
        statuses(configuration, bound),
        *_words(entry["words"]),
        *_details(entry["details"]),
        "## Faults\n",
        "The table shows the body of each response, whose header `X-Mock-Fault` names the fault.",
        "A scenario selects a fault by `refuse`.\n",
        table(
            ("fault", "HTTP", "evidence", "body"),
            (
                (code(fault["name"]), fault["status"], fault["evidence"], _body(fault["body"]))
                for fault in entry["faults"]
            ),
        ),
        *_conditions(entry["faults"]),
    ]
    return "\n".join(parts)


def _webhooks(entry: Mapping[str, Any]) -> Iterator[str]:
    """Yield the kinds of webhooks with their evidence, and the vendor's retry policy."""
    if not entry["webhooks"]:
        yield "Webhooks: none.\n"
        return
    yield "## Webhooks\n"
    yield "How we know the body of each kind, the statuses that count as received, and how often"
    yield "it is tried; and what its later attempts carry: the call as it is when the attempt"
    yield "begins, or what the first attempt carried.\n"
    heads = ("kind", "body", "received", "attempts", "later attempts carry", "note")
    meanings = {"current": "the call as it is then", "unchanged": "the same"}
    rows = (
        (
            code(kind["kind"]),
            kind["body"],
            kind["satisfied_by"],
            kind["waits"],
            f"{meanings[kind['later_attempts']]} ({kind['later_attempts_evidence']})",
            kind["note"] or "",
        )
        for kind in entry["webhook_kinds"]
    )
    yield table(heads, rows)
    waits = codes(entry["retry"]["waits"]) or "none, so there is one attempt"
    yield f"Waits before further attempts: {waits}."
    yield f"Statuses that count as received: {format_statuses(entry['retry']['satisfied_by'])}."
    yield "An account's `retry` changes either of them; what it leaves out stays so.\n"


def _quirks(quirks: Mapping[str, str]) -> Iterator[str]:
    """Yield what each quirk of an account changes."""
    if not quirks:
        yield "Quirks: none.\n"
        return
    yield "Quirks, which an account may have:\n"
    yield table(
        ("quirk", "what it changes"), ((code(name), quirks[name]) for name in sorted(quirks))
    )


def _words(words: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Yield the words of the fields of a response with their evidence."""
    if not words:
        return
    yield "## Words\n"
    yield "The words that fields of a response can have, and how we know of them.\n"
    rows = [
        (code(field), evidence, codes(word for word, known in by_word.items() if known == evidence))
        for field, by_word in words.items()
        for evidence in dict.fromkeys(by_word.values())
    ]
    yield table(("field", "evidence", "words"), rows)


def _details(details: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Yield what the vendor does beyond its faults and words, with the evidence."""
    if not details:
        return
    yield "## Details\n"
    yield "Parts of responses and webhooks, and defaults, with how we know of them.\n"
    rows = ((name, each["text"], each["evidence"]) for name, each in details.items())
    yield table(("part", "what it is", "evidence"), rows)


def _conditions(faults: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the conditions of faults of which another evidence is known, or more to say."""
    rows: dict[tuple[str, ...], list[str]] = {}
    for fault in faults:
        for each in fault["conditions"]:
            if each["evidence"] != fault["evidence"] or each["note"]:
                field = code(each["field"]) if each["field"] else ""
                key = (code(fault["name"]), field, each["evidence"], each["note"] or "")
                rows.setdefault(key, []).append(each["operation"])
    if rows:
        yield "That is the evidence of the text. These conditions differ or have a note:\n"
        yield table(
            ("fault", "field", "condition", "note", "operations"),
            ((*key, codes(dict.fromkeys(operations))) for key, operations in rows.items()),
        )


def _account(provider: Provider) -> Iterator[str]:
    """Yield the keys that accounts of this provider have beside the common ones."""
    yield "## Keys of an account\n"
    yield "Every account may have `provider`, `credentials`, `numbers`, `webhooks`, `retry`,"
    yield "`limits`, `balance`, `quirks` and `timeline`. Accounts of this provider may also have:\n"
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


def _body(body: object) -> str:
    return code(body if isinstance(body, str) else json.dumps(body, ensure_ascii=False))
