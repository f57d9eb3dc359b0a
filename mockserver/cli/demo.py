"""`mockserver demo`: simulate one documented call per provider, from request to webhooks."""

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
    """A documented request; `path` includes the query."""

    method: str
    path: str
    body: Any


@click.command("demo")
def command() -> None:
    """Start a server, place a call with each provider, move the clock, show what happens."""
    from mockserver.app import run_server  # noqa: PLC0415 - --help needs none of it
    from mockserver.settings import parse_settings  # noqa: PLC0415 - as above

    flags = {"port": "0", "clock": "manual", "start_at": START, "seed": "demo", "quiet": True}
    # scenarios from an empty directory, so that ./mockserver.yaml is not loaded
    with (
        TemporaryDirectory() as empty,
        run_server(parse_settings({**flags, "scenarios": (empty,)}, {})) as origin,
    ):
        click.echo(f"mockserver listens on {origin}, its clock stands still at {START}\n")
        for provider in _send_request(origin, "GET", "/_mock/providers")["providers"]:
            for line in _demo_lines(origin, provider):
                click.echo(line)
        click.echo("done: every webhook above went over a socket, and no time was waited for")


def _demo_lines(origin: str, provider: dict[str, Any]) -> Iterator[str]:
    name = provider["name"]
    document = _send_request(origin, "GET", f"/_mock/openapi/{name}.json")
    example = next(request_examples(document))
    yield f"{provider['title']}: {example.method} {example.path}"
    if example.body is not None:
        yield f"  -> {json.dumps(example.body)}"
    response = _send_request(
        origin, example.method, f"/{name}{example.path}", example.body, example_credential(document)
    )
    yield f"  <- {json.dumps(response)}"
    _send_request(origin, "POST", "/_mock/clock/advance", {"until": "idle"})
    for call in _send_request(origin, "GET", f"/_mock/calls?provider={name}")["calls"]:
        yield from _event_lines(call)
    for webhook in _send_request(origin, "GET", f"/_mock/webhooks?provider={name}")["webhooks"]:
        yield from _webhook_lines(webhook)
    yield ""


def request_examples(document: Mapping[str, Any]) -> Iterator[RequestExample]:
    """Yield the first example request of each operation in a provider's OpenAPI document."""
    for path, item in document["paths"].items():
        for method in [method for method in METHODS if method in item]:
            for entry in item[method].get("x-operations", (item[method],)):
                yield from _operation_examples(path, method.upper(), entry)


def _operation_examples(
    path: str, method: str, entry: Mapping[str, Any]
) -> Iterator[RequestExample]:
    content = entry.get("requestBody", {}).get("content", {})
    media_type: Any = content.get("application/json") or next(iter(content.values()), {})
    bodies = [example["value"] for example in media_type.get("examples", {}).values()]
    parameters = [
        (parameter["in"], parameter["name"], parameter["example"])
        for parameter in entry.get("parameters", ())
        if "example" in parameter
    ]
    query = {name: example for place, name, example in parameters if place == "query"}
    path_values = {name: example for place, name, example in parameters if place == "path"}
    if bodies or parameters:
        full_path = path.format_map(path_values) + (f"?{urlencode(query)}" if query else "")
        yield RequestExample(method, full_path, bodies[0] if bodies else None)


def example_credential(document: Mapping[str, Any]) -> str:
    """Return an `Authorization` header of the vendor's scheme; any credential is accepted."""
    schemes = document.get("components", {}).get("securitySchemes", {}).values()
    basic = any(scheme.get("scheme") == "basic" for scheme in schemes)
    return f"Basic {b64encode(b'demo:demo').decode()}" if basic else "Bearer demo"


def _event_lines(call: dict[str, Any]) -> Iterator[str]:
    roles = {leg["name"]: f"{leg['role']} {leg['number']}" for leg in call["legs"]}
    start = datetime.fromisoformat(call["created_at"])
    for event in call["events"]:
        after = (datetime.fromisoformat(event["at"]) - start).total_seconds()
        result = event.get("cause") or event.get("outcome") or ""
        words = (event["event"], roles.get(event["leg"], ""), result)
        yield f"  +{after:4.0f} s  {' '.join(filter(None, words))}"


def _webhook_lines(webhook: dict[str, Any]) -> Iterator[str]:
    yield f"  webhook {webhook['kind']}: {webhook['method']} {webhook['url']}"
    yield f"     {json.dumps(webhook['body'])}"
    for attempt in webhook["attempts"]:
        result = attempt["status"] or attempt["error"]
        yield f"     attempt {attempt['number']}: the receiver responded with {result}"


def _send_request(
    origin: str, method: str, path: str, body: Any = None, credential: str = "Bearer demo"
) -> Any:
    content = None if body is None else json.dumps(body).encode()
    headers = {"authorization": credential, "accept": "application/json"}
    headers |= {"content-type": "application/json"} if content else {}
    request = Request(f"{origin}{path}", content, headers, method=method)  # noqa: S310 - our own origin
    with build_opener(ProxyHandler({})).open(request, timeout=20) as response:
        return json.load(response)
