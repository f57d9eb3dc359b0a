"""`mockserver demo`: one documented call per provider, from the request to the webhook."""

import json
from collections.abc import Iterator
from datetime import datetime
from tempfile import TemporaryDirectory
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

import click

START = "2026-01-01T09:00:00Z"


@click.command("demo")
def command() -> None:
    """Start on a free port, place a call per provider, move the clock, show what happens."""
    from mockserver.app import running  # noqa: PLC0415 - --help needs none of it
    from mockserver.settings import read  # noqa: PLC0415 - as above

    fixed = {"port": "0", "clock": "manual", "start_at": START, "seed": "demo", "quiet": True}
    # an empty directory, so that ./mockserver.yaml has no say
    with TemporaryDirectory() as bare, running(read({**fixed, "scenarios": (bare,)}, {})) as origin:
        click.echo(f"mockserver listens on {origin}, its clock stands still at {START}\n")
        for provider in _ask(origin, "GET", "/_mock/providers")["providers"]:
            for text in _played(origin, provider):
                click.echo(text)
        click.echo("done: every webhook above went over a socket, and no time was waited for")


def _played(origin: str, provider: dict[str, Any]) -> Iterator[str]:
    name = provider["name"]
    document = _ask(origin, "GET", f"/_mock/openapi/{name}.json")
    path, body = _example(document)
    yield f"{provider['title']}: POST {path}"
    yield f"  -> {json.dumps(body)}"
    answer = _ask(origin, "POST", f"/{name}{path}", body)
    yield f"  <- {json.dumps(answer)}"
    _ask(origin, "POST", "/_mock/clock/advance", {"until": "idle"})
    for call in _ask(origin, "GET", f"/_mock/calls?provider={name}")["calls"]:
        yield from _lifecycle(call)
    for webhook in _ask(origin, "GET", f"/_mock/webhooks?provider={name}")["webhooks"]:
        yield from _delivery(webhook)
    yield ""


def _example(document: dict[str, Any]) -> tuple[str, Any]:
    """The first request that the provider's OpenAPI document shows."""
    path, methods = next(iter(document["paths"].items()))
    media = methods["post"]["requestBody"]["content"]["application/json"]
    return path, next(iter(media["examples"].values()))["value"]


def _lifecycle(call: dict[str, Any]) -> Iterator[str]:
    roles = {leg["name"]: f"{leg['role']} {leg['number']}" for leg in call["legs"]}
    start = datetime.fromisoformat(call["created_at"])
    for event in call["events"]:
        after = (datetime.fromisoformat(event["at"]) - start).total_seconds()
        told = event.get("cause") or event.get("outcome") or ""
        words = (event["event"], roles.get(event["leg"], ""), told)
        yield f"  +{after:4.0f} s  {' '.join(filter(None, words))}"


def _delivery(webhook: dict[str, Any]) -> Iterator[str]:
    yield f"  webhook {webhook['kind']}: {webhook['method']} {webhook['url']}"
    yield f"     {json.dumps(webhook['body'])}"
    for one in webhook["attempts"]:
        yield f"     attempt {one['number']}: the receiver answered {one['status'] or one['error']}"


def _ask(origin: str, method: str, path: str, body: Any = None) -> Any:
    content = None if body is None else json.dumps(body).encode()
    headers = {"authorization": "Bearer demo", "accept": "application/json"}
    headers |= {"content-type": "application/json"} if content else {}
    request = Request(f"{origin}{path}", content, headers, method=method)  # noqa: S310 - our own origin
    with build_opener(ProxyHandler({})).open(request, timeout=20) as answer:
        return json.load(answer)
