"""Requests as public clients of the vendors send them, and what those clients read."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.support.site_client import SiteClient

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "public-clients.md"
CODE = re.compile(r"`([^`]+)`")

Read = Callable[[httpx.Response], object]
Outcome = tuple[int, object]
"""The HTTP status, and what the client reads; the name of an exception if it fails to read it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientRequest:
    """One request of a public client; `sent` are arguments of httpx.

    `strict` is the outcome without the quirks. A client that needs none has only that one.
    """

    client: str
    path: str
    sent: Mapping[str, Any]
    read: Read
    strict: Outcome
    method: str = "POST"
    quirks: tuple[str, ...] = ()
    with_quirks: Outcome | None = None
    account: Mapping[str, object] = field(default_factory=dict)
    """What else the account has."""
    before: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    """Path and arguments of the requests that the same client sends before."""


def try_client(site: SiteClient, provider: str, sent: ClientRequest, *quirks: str) -> Outcome:
    """Send the request to an account with these quirks."""
    patch_account(site, provider, {**sent.account, "quirks": list(quirks)})
    for path, arguments in sent.before:
        assert site.request("POST", f"/{provider}{path}", **arguments).is_success
    response = site.request(sent.method, f"/{provider}{sent.path}", **sent.sent)
    return response.status_code, read_or_fail(sent.read, response)


def patch_account(site: SiteClient, provider: str, changes: Mapping[str, object]) -> None:
    path = f"/_mock/accounts/{provider}/{provider}-default"
    response = site.request("PATCH", path, json=changes)
    assert response.status_code == 200, response.text


def read_or_fail(read: Callable[[Any], object], answer: Any) -> object:
    """Return what the client reads, or the name of the exception that ends it."""
    try:
        return read(answer)
    except (LookupError, TypeError) as error:
        return type(error).__name__


def documented_clients(provider: str) -> dict[str, set[str]]:
    """The quirks of each client in the table of a provider."""
    _, _, section = PAGE.read_text("utf-8").partition(f"\n## {provider}\n")
    rows = (line.split(" | ") for line in section.partition("\n## ")[0].splitlines())
    return {
        row[0].removeprefix("| "): set(CODE.findall(row[2].removesuffix(" |")))
        for row in rows
        if len(row) == 3 and row[0] != "| client"
    }


def quirks_by_client(requests: tuple[ClientRequest, ...]) -> dict[str, set[str]]:
    """The quirks that all requests of each client need."""
    found: dict[str, set[str]] = {}
    for request in requests:
        found.setdefault(request.client, set()).update(request.quirks)
    return found


def with_quirks(requests: tuple[ClientRequest, ...]) -> tuple[ClientRequest, ...]:
    return tuple(request for request in requests if request.quirks)
