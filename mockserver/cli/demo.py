"""`mockserver demo`: one documented call per provider, from the request to the webhook."""

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from datetime import datetime
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

import click

START = "2026-01-01T09:00:00Z"
METHODS = ("post", "get", "put", "patch", "delete")


class RequestExample(NamedTuple):
    """A documented request; the query is part of its path."""

    method: str
    path: str
    body: Any


@click.command("demo")
def command() -> None:
    """Start on a free port, place a call per provider, move the clock, show what happens."""
    from mockserver.app import run_server  # noqa: PLC0415 - --help needs none of it
    from mockserver.settings import parse_settings  # noqa: PLC0415 - as above

    fixed = {"port": "0", "clock": "manual", "start_at": START, "seed": "demo", "quiet": True}
    # an empty directory, so that ./mockserver.yaml has no say
    with (
        TemporaryDirectory() as bare,
        run_server(parse_settings({**fixed, "scenarios": (bare,)}, {})) as origin,
    ):
        click.echo(f"mockserver listens on {origin}, its clock stands still at {START}\n")
        for provider in _send_request(origin, "GET", "/_mock/providers")["providers"]:
            for text in _demo_lines(origin, provider):
                click.echo(text)
        click.echo("done: every webhook above went over a socket, and no time was waited for")


def _demo_lines(origin: str, provider: dict[str, Any]) -> Iterator[str]:
    name = provider["name"]
    document = _send_request(origin, "GET", f"/_mock/openapi/{name}.json")
    shown = next(request_examples(document))
    yield f"{provider['title']}: {shown.method} {shown.path}"
    if shown.body is not None:
        yield f"  -> {json.dumps(shown.body)}"
    answer = _send_request(
        origin, shown.method, f"/{name}{shown.path}", shown.body, example_credential(document)
    )
    yield f"  <- {json.dumps(answer)}"
    _send_request(origin, "POST", "/_mock/clock/advance", {"until": "idle"})
    for call in _send_request(origin, "GET", f"/_mock/calls?provider={name}")["calls"]:
        yield from _event_lines(call)
    for webhook in _send_request(origin, "GET", f"/_mock/webhooks?provider={name}")["webhooks"]:
        yield from _webhook_lines(webhook)
    yield ""


def request_examples(document: Mapping[str, Any]) -> Iterator[RequestExample]:
    """The requests that a provider's OpenAPI document shows, the first of each operation."""
    for path, methods in document["paths"].items():
        for method in [one for one in METHODS if one in methods]:
            for entry in methods[method].get("x-operations", (methods[method],)):
                yield from _operation_examples(path, method.upper(), entry)


def _operation_examples(
    path: str, method: str, entry: Mapping[str, Any]
) -> Iterator[RequestExample]:
    content = entry.get("requestBody", {}).get("content", {})
    media: Any = content.get("application/json") or next(iter(content.values()), {})
    bodies = [one["value"] for one in media.get("examples", {}).values()]
    told = [one for one in entry.get("parameters", ()) if "example" in one]
    query = {one["name"]: one["example"] for one in told if one["in"] == "query"}
    parts = {one["name"]: one["example"] for one in told if one["in"] == "path"}
    if bodies or told:
        place = path.format_map(parts) + (f"?{urlencode(query)}" if query else "")
        yield RequestExample(method, place, bodies[0] if bodies else None)


def example_credential(document: Mapping[str, Any]) -> str:
    """A credential of the kind that the vendor takes; any will do."""
    schemes = document.get("components", {}).get("securitySchemes", {}).values()
    basic = any(one.get("scheme") == "basic" for one in schemes)
    return f"Basic {b64encode(b'demo:demo').decode()}" if basic else "Bearer demo"


def _event_lines(call: dict[str, Any]) -> Iterator[str]:
    roles = {leg["name"]: f"{leg['role']} {leg['number']}" for leg in call["legs"]}
    start = datetime.fromisoformat(call["created_at"])
    for event in call["events"]:
        after = (datetime.fromisoformat(event["at"]) - start).total_seconds()
        told = event.get("cause") or event.get("outcome") or ""
        words = (event["event"], roles.get(event["leg"], ""), told)
        yield f"  +{after:4.0f} s  {' '.join(filter(None, words))}"


def _webhook_lines(webhook: dict[str, Any]) -> Iterator[str]:
    yield f"  webhook {webhook['kind']}: {webhook['method']} {webhook['url']}"
    yield f"     {json.dumps(webhook['body'])}"
    for one in webhook["attempts"]:
        yield f"     attempt {one['number']}: the receiver answered {one['status'] or one['error']}"


def _send_request(
    origin: str, method: str, path: str, body: Any = None, credential: str = "Bearer demo"
) -> Any:
    content = None if body is None else json.dumps(body).encode()
    headers = {"authorization": credential, "accept": "application/json"}
    headers |= {"content-type": "application/json"} if content else {}
    request = Request(f"{origin}{path}", content, headers, method=method)  # noqa: S310 - our own origin
    with build_opener(ProxyHandler({})).open(request, timeout=20) as answer:
        return json.load(answer)
