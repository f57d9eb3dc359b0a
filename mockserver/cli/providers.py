"""`mockserver providers`: print the emulated APIs with their operations, webhooks and faults."""

from collections.abc import Iterator, Mapping
from typing import Any

import click


@click.command("providers")
def command() -> None:
    """Base URL per host, operations, webhooks, and faults with their evidence."""
    from mockserver.app import describe_providers  # noqa: PLC0415 - --help needs none of it

    for provider in describe_providers("http://127.0.0.1:8080"):
        click.echo(_format_provider(provider))


def _format_provider(provider: dict[str, Any]) -> str:
    hosts = (f"  {url}" for url in (provider["base_url"], *provider["hosts"].values()))
    operations = (
        f"  {each['name']:<24} {each['method']} {each['path']} {each['evidence']}"
        for each in provider["operations"]
    )
    every = {each["name"] for each in provider["operations"]}
    words = (
        f"  {field:<24} {', '.join(_format_words(by_word))}"
        for field, by_word in provider["words"].items()
    )
    lines = (
        provider["title"],
        *hosts,
        "operations",
        *operations,
        f"webhooks\n  {', '.join(provider['webhooks'])}",
        *([f"acts\n  {', '.join(provider['acts'])}"] if provider["acts"] else []),
        *(["quirks"] if provider["quirks"] else []),
        *(f"  {name:<24} {text}" for name, text in provider["quirks"].items()),
        *(["words"] if provider["words"] else []),
        *words,
        "faults",
        *(line for fault in provider["faults"] for line in _format_fault(fault, every)),
    )
    return "\n".join(lines) + "\n"


def _format_words(by_word: Mapping[str, str]) -> Iterator[str]:
    """Yield each word, with its evidence unless it is documented."""
    for word, evidence in by_word.items():
        yield word if evidence == "documented" else f"{word} ({evidence})"


def _format_fault(fault: Mapping[str, Any], every: set[str]) -> Iterator[str]:
    """Yield the line of a fault, and a line for each condition about which there is more to say.

    `every` are the names of all operations.
    """
    yield f"  {fault['name']:<24} {fault['status']} {fault['evidence']}"
    told: dict[tuple[str, ...], dict[str, None]] = {}
    for condition in fault["conditions"]:
        if condition["evidence"] != fault["evidence"] or condition["note"]:
            key = (condition["evidence"], condition["field"] or "", condition["note"] or "")
            operations = told.setdefault(key, {})
            operations[condition["operation"]] = None
    for (evidence, field, note), operations in told.items():
        names = "every operation" if operations.keys() == every else ", ".join(operations)
        where = f"field {field} of {names}" if field else names
        yield f"    condition {evidence}: {where}{f'; {note}' if note else ''}"
