"""`mockserver providers`: print the emulated APIs with their operations, webhooks and faults."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import click

from mockserver.cli import BAD_USAGE

MIN_RUN: Final = 2  # statuses in a row that are listed one by one


@click.command("providers")
@click.argument("name", required=False)
@click.option("--assumed", is_flag=True, help="print only what is assumed or observed, and why")
def command(name: str | None, assumed: bool) -> None:  # noqa: FBT001 - click passes it
    """Print base URLs, operations, webhooks and faults of the providers, with their evidence.

    With NAME, print only that provider.
    """
    from mockserver.app import (  # noqa: PLC0415 - --help needs none of it
        describe_evidence,
        describe_providers,
    )

    try:
        lines = (
            describe_evidence(name)
            if assumed
            else map(_format_provider, describe_providers("http://127.0.0.1:8080", name))
        )
        for line in lines:
            click.echo(line)
    except LookupError as error:
        click.echo(error.args[0], err=True)
        sys.exit(BAD_USAGE)


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
        *(line for kind in provider["webhook_kinds"] for line in _format_kind(kind)),
        *([f"  {_format_retry(provider['retry'])}"] if provider["webhooks"] else []),
        *([f"acts\n  {', '.join(provider['acts'])}"] if provider["acts"] else []),
        *(["quirks"] if provider["quirks"] else []),
        *(f"  {name:<24} {text}" for name, text in provider["quirks"].items()),
        *(["words"] if provider["words"] else []),
        *words,
        *(["details"] if provider["details"] else []),
        *(
            f"  {name}: {detail['text']} ({detail['evidence']})"
            for name, detail in provider["details"].items()
        ),
        "faults",
        *(line for fault in provider["faults"] for line in _format_fault(fault, every)),
    )
    return "\n".join(lines) + "\n"


def _format_kind(kind: Mapping[str, Any]) -> Iterator[str]:
    """Yield how we know of a kind of webhook, and what its later attempts carry."""
    later = f"later attempts {kind['later_attempts']} ({kind['later_attempts_evidence']})"
    yield f"  {kind['kind']:<24} body {kind['body']}; {later}"
    yield f"    waits {kind['waits']}, satisfied_by {kind['satisfied_by']}"
    if kind["note"]:
        yield f"    {kind['note']}"


def format_statuses(statuses: Sequence[int]) -> str:
    """Format ascending HTTP statuses; three or more in a row as `200 to 299`."""
    runs: list[list[int]] = []
    for status in statuses:
        if runs and status == runs[-1][-1] + 1:
            runs[-1].append(status)
        else:
            runs.append([status])
    return ", ".join(
        f"{run[0]} to {run[-1]}" if len(run) > MIN_RUN else ", ".join(map(str, run)) for run in runs
    )


def _format_retry(retry: Mapping[str, Any]) -> str:
    waits = ", ".join(retry["waits"]) or "none: one attempt"
    return f"retry: waits {waits}; satisfied_by {format_statuses(retry['satisfied_by'])}"


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
