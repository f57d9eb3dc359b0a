"""`mockserver providers`: print the emulated APIs with their operations, webhooks and faults."""

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
        f"  {operation['name']:<24} {operation['method']} {operation['path']}"
        for operation in provider["operations"]
    )
    faults = (
        f"  {fault['name']:<24} {fault['status']} {fault['evidence']}"
        for fault in provider["faults"]
    )
    lines = (
        provider["title"],
        *hosts,
        "operations",
        *operations,
        f"webhooks\n  {', '.join(provider['webhooks'])}",
        *([f"acts\n  {', '.join(provider['acts'])}"] if provider["acts"] else []),
        "faults",
        *faults,
    )
    return "\n".join(lines) + "\n"
