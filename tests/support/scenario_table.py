"""Plays a scenario file on the whole application, and tells in lines what happened."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.support.leg_operations import LEG_OPERATIONS
from tests.support.simulation import START
from tests.support.site_client import SiteClient, build_site_client, configuration_with_scenarios

SHOWN_EVENTS = frozenset({"ring", "answer", "machine", "press", "say", "hangup", "ended"})
SHOWN_DATA = ("digits", "words", "cause", "outcome")


def play(
    folder: Path,
    text: str,
    operation: str,
    requests: Sequence[Mapping[str, Any]],
    seed: str = "seed",
) -> list[str]:
    """Send the requests to an operation, play everything, and return what happened in lines.

    `operation` is a key of `LEG_OPERATIONS`. A request may have `at` (in seconds), `fields` and
    `headers`, which change those of the example, and `scenario`. A normal cause is left out.
    """
    return play_site(folder, text, operation, requests, seed)[1]


def play_site(
    folder: Path,
    text: str,
    operation: str,
    requests: Sequence[Mapping[str, Any]],
    seed: str = "seed",
) -> tuple[SiteClient, list[str]]:
    """Return the site on which everything was played, and the lines as `play`."""
    site = build_site_client(configuration_with_scenarios(folder, text, seed))
    lines = [_send(site, operation, request) for request in requests]
    site.advance(until="idle")
    return site, [*lines, *_call_lines(site), *_webhook_lines(site)]


def _send(site: SiteClient, key: str, request: Mapping[str, Any]) -> str:
    operation = LEG_OPERATIONS[key]
    at = START + round(request.get("at", 0) * 1_000)
    if at > site.sandbox.clock.now():
        site.advance(to=datetime.fromtimestamp(at / 1_000, UTC).isoformat())
    headers = {**operation.headers, **request.get("headers", {})}
    if "scenario" in request:
        headers["x-mock-scenario"] = request["scenario"]
    endpoints = site.sandbox.state.configuration.providers[operation.provider].provider.endpoints
    path = next(each.path for each in endpoints if each.operation == operation.operation)
    response = site.request(
        "POST",
        f"/{operation.provider}{path}",
        json={**operation.fields, **request.get("fields", {})},
        headers=headers,
    )
    fault = response.headers.get("x-mock-fault", "")
    return f"{_seconds(at)} {response.status_code} {fault}".strip()


def _seconds(at: float) -> str:
    return f"{(at - START) / 1_000:g}"


def _moment(text: str) -> str:
    return _seconds(datetime.fromisoformat(text).timestamp() * 1_000)


def _call_lines(site: SiteClient) -> Iterator[str]:
    for call in site.get_json("/_mock/calls")["calls"]:
        shown = [event for event in call["events"] if event["event"] in SHOWN_EVENTS]
        yield f"{call['id']}: " + ", ".join(map(_event_text, shown))


def _event_text(event: Mapping[str, Any]) -> str:
    data = [event[key] for key in SHOWN_DATA if event.get(key, "normal") != "normal"]
    return " ".join((_moment(event["at"]), event["event"], *filter(None, [event["leg"]]), *data))


def _webhook_lines(site: SiteClient) -> Iterator[str]:
    for webhook in site.get_json("/_mock/webhooks")["webhooks"]:
        attempts = [
            f"{_moment(each['at'])} {each['status'] or each['error']}"
            for each in webhook["attempts"]
        ]
        copy = f" copy of {webhook['copy_of']}" if webhook["copy_of"] else ""
        head = f"{webhook['id']} {webhook['call']} {webhook['kind']}{copy} {webhook['state']}"
        yield ": ".join(filter(None, [head, ", ".join(attempts)]))
