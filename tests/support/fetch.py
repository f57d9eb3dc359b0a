"""Requests to a server over a socket, without a proxy and without a client library."""

import json
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener


def fetch_json(url: str, body: object = None, *, method: str | None = None, **headers: str) -> Any:
    """Send a request, as JSON if it has a body, and return the JSON of the response."""
    return json.loads(fetch_bytes(url, body, method=method, **headers))


def fetch_bytes(
    url: str, body: object = None, *, method: str | None = None, **headers: str
) -> bytes:
    """Send a request, as JSON if it has a body, and return the body of the response."""
    content = None if body is None else json.dumps(body).encode()
    sent = {"content-type": "application/json", "authorization": "Bearer k-1", **headers}
    request = Request(url, content, sent, method=method)  # noqa: S310 - loopback
    with build_opener(ProxyHandler({})).open(request, timeout=20) as response:
        received: bytes = response.read()
        return received
