"""Generate a page for each provider: operations, webhooks, statuses, faults with evidence."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from from_code.account_keys import account_keys
from from_code.markdown import code, codes, table
from from_code.operations import operation_sections
from from_code.provoked_faults import provoked_faults
from from_code.statuses import status_table, statuses
from from_code.webhook_samples import webhook_samples
from mockserver.cli.providers import format_statuses
from mockserver.compiler import build_configuration
from mockserver.core.bound_provider import BoundProvider
from mockserver.core.configuration import Configuration
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
        *operation_sections(bound),
        "## Vendor events and quirks\n",
        f"Vendor events (`act`): {codes(entry['acts']) or 'none'}.\n",
        *_quirks(entry["quirks"]),
        *_webhooks(entry),
        *(webhook_samples(configuration, bound) if provider.webhooks else ()),
        *account_keys(provider),
        "## Statuses\n",
        "Each row says from which statuses a call reaches a status, and what leads to it. The last",
        "column names the field that then gets a time.\n",
        status_table(provider),
        "The next table shows one call for each operation that places calls, and each bundled",
        "scenario that works with every vendor. It lists the statuses of the call in their order,",
        "and its webhooks.\n",
        statuses(configuration, bound),
        *_words(entry["words"]),
        *_details(entry["details"]),
        "## Faults\n",
        "The table has the body of each response. Its header `X-Mock-Fault` names the fault. A",
        "scenario selects a fault by `refuse`.\n",
        table(
            ("fault", "HTTP", "evidence", "body"),
            (
                (code(fault["name"]), fault["status"], fault["evidence"], _body(fault["body"]))
                for fault in entry["faults"]
            ),
        ),
        *_conditions(entry["faults"]),
        *provoked_faults(bound),
    ]
    return "\n".join(parts)


def _webhooks(entry: Mapping[str, Any]) -> Iterator[str]:
    """Yield the kinds of webhooks with their evidence, and the vendor's retry policy."""
    if not entry["webhooks"]:
        yield "Webhooks: none.\n"
        return
    yield "## Webhooks\n"
    yield "The table says how we know the body of each kind, which statuses count as received, and"
    yield "how many attempts there are. A later attempt carries either what the first one carried,"
    yield "or the call as it is by then.\n"
    heads = ("kind", "body", "received", "attempts", "later attempts carry", "note")
    meanings = {"current": "the call as it is by then", "unchanged": "the same"}
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
    yield "`retry` in an account changes one of them or both.\n"


def _quirks(quirks: Mapping[str, str]) -> Iterator[str]:
    """Yield what each quirk of an account changes."""
    if not quirks:
        yield "Quirks: none.\n"
        return
    yield "An account may have these quirks:\n"
    yield table(
        ("quirk", "what it changes"), ((code(name), quirks[name]) for name in sorted(quirks))
    )


def _words(words: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Yield the words of the fields of a response with their evidence."""
    if not words:
        return
    yield "## Words\n"
    yield "Fields of responses and webhooks have these words. The table says how we know of them.\n"
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
    yield "These are the oddities of the vendor: parts of responses and webhooks, and defaults. The"
    yield "table says how we know of each.\n"
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
        yield "The evidence in this table is that of the text. For some conditions, the evidence"
        yield "differs, or there is a note:\n"
        yield table(
            ("fault", "field", "condition", "note", "operations"),
            ((*key, codes(dict.fromkeys(operations))) for key, operations in rows.items()),
        )


def _body(body: object) -> str:
    return code(body if isinstance(body, str) else json.dumps(body, ensure_ascii=False))
