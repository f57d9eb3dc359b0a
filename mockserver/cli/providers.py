"""`mockserver providers`: what is emulated, and which faults it knows."""

from typing import Any

import click


@click.command("providers")
def command() -> None:
    """Base URL per host, operations, webhooks, and faults with their source."""
    from mockserver.app import describe_providers  # noqa: PLC0415 - --help needs none of it

    for provider in describe_providers("http://127.0.0.1:8080"):
        click.echo(_format_provider(provider))


def _format_provider(provider: dict[str, Any]) -> str:
    hosts = (f"  {url}" for url in (provider["base_url"], *provider["hosts"].values()))
    operations = (
        f"  {one['name']:<24} {one['method']} {one['path']}" for one in provider["operations"]
    )
    faults = (f"  {one['name']:<24} {one['status']} {one['source']}" for one in provider["faults"])
    parts = (
        provider["title"],
        *hosts,
        "operations",
        *operations,
        f"webhooks\n  {', '.join(provider['webhooks'])}",
        *([f"acts\n  {', '.join(provider['acts'])}"] if provider["acts"] else []),
        "faults",
        *faults,
    )
    return "\n".join(parts) + "\n"
