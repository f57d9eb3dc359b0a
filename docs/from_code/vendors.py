"""A page per provider: operations, webhooks, acts, faults with their sources, and its statuses."""

import json
from collections.abc import Iterator

from from_code.markdown import code, codes, table
from from_code.statuses import statuses
from mockserver.compiler import build_configuration
from mockserver.core.configuration import Configuration
from mockserver.core.provider import BoundProvider
from mockserver.settings import parse_settings
from mockserver.web.control.providers import serialize_provider

ORIGIN = "http://localhost:8080"


def pages() -> dict[str, str]:
    start = build_configuration(parse_settings({"seed": "docs"}, {}))
    return {name: _page(start, listing) for name, listing in start.providers.items()}


def _page(start: Configuration, listing: BoundProvider) -> str:
    provider = listing.provider
    told = serialize_provider(provider, ORIGIN)
    parts = [
        f"# {provider.title}\n",
        f"Base URL {code(told['base_url'])}.\n",
        "## Operations\n",
        table(
            ("operation", "method", "host", "path"),
            (
                (code(one["name"]), one["method"], code(one["host"]), code(one["path"]))
                for one in told["operations"]
            ),
        ),
        f"Webhooks: {codes(told['webhooks']) or 'none'}.\n",
        f"Acts: {codes(told['acts']) or 'none'}.\n",
        f"Quirks: {codes(sorted(provider.quirks)) or 'none'}.\n",
        *_account(listing),
        "## What stories come to\n",
        "Each bundled story that names no vendor, played on the first example of each operation",
        "that places a call: the vendor's words for the call in their order, and its webhooks.\n",
        statuses(start, listing),
        "## Faults\n",
        "Bodies as they are answered; `X-Mock-Fault` names the fault, and a story may order it by",
        "`refuse`.\n",
        table(
            ("fault", "HTTP", "source", "body"),
            (
                (code(one["name"]), one["status"], one["source"], _body(one["body"]))
                for one in told["faults"]
            ),
        ),
    ]
    return "\n".join(parts)


def _account(listing: BoundProvider) -> Iterator[str]:
    """What an account keeps beside the usual."""
    provider = listing.provider
    yield "## Keys of an account\n"
    yield "Beside `provider`, `credentials`, `numbers`, `webhooks`, `retry`, `limits`, `balance`,"
    yield "`quirks` and `timeline`, which every account may have:\n"
    kept = [
        (code(name), "records by name", codes(kind.__annotations__))
        for name, kind in provider.records.items()
    ]
    if provider.settings is not None:
        kept += [(code(name), "setting", "") for name in provider.settings.__annotations__]
    makes = codes([*provider.generators, "locale"])
    yield table(
        ("key", "kind", "fields"), [*kept, (code("generate"), "how many to make up", makes)]
    )


def _body(body: object) -> str:
    return code(body if isinstance(body, str) else json.dumps(body, ensure_ascii=False))
