"""Secrets in many places at once: no output, artifact or error text shows one of them."""

import asyncio
import json
from collections.abc import Iterator
from itertools import count
from typing import Any

import httpx
import pytest

from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.web.views.log_lines import format_json_line, format_line
from tests.support import read
from tests.support.event_stream import read_events
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH
from tests.support.site import HEADERS
from tests.support.site_client import SiteClient
from tests.support.vendors import effebot
from tests.web.test_canary import ACCOUNT_PATH, FORM, JSON, raw_body, read_control_api

CANARY = "canary-"
EFFEBOT_PATH = "/effebot/apiCalls/create"

HEADER_NAMES = (
    *("X-Auth-Token", "Api-Key", "X-Access-Token", "X-Token", "X-Api-Key", "X-Client-Secret"),
    *("Authorization", "Cookie", "Proxy-Authorization", "X-Session", "X-Hub-Signature"),
)
PARAMETER_NAMES = (
    *("client_secret", "refresh_token", "signature", "sig", "auth", "session", "pass", "pwd"),
    *("key", "X-Api-Key", "apiKey", "private_key", "access_token", "password", "security-id"),
)
MEMBER_NAMES = (
    *("clientSecret", "refresh_token", "signature", "auth", "session", "pwd", "passphrase"),
    *("X-Auth-Token", "webhook_secret", "authToken", "credentials", "jwt"),
)
URLS = (
    "http://receiver.test/x?token={}",
    "http://receiver.test/x?apiKey={}&a=1",
    "http://receiver.test/x?a=1&key={}",
    "http://receiver.test/x?a=1#access_token={}",
    "http://ann:{}@receiver.test/x",
    "http://{}@receiver.test/x",
    "http://receiver.test/hooks/x-token/{}/y?a=1",
)


def vendor_requests(secrets: Iterator[str]) -> Iterator[dict[str, Any]]:
    """Yield a request for each place where a vendor request may have a secret."""
    for name in HEADER_NAMES:
        yield {"headers": {name: f"Bearer {next(secrets)}"}}
        yield {"headers": {name: next(secrets)}}
    for name in PARAMETER_NAMES:
        yield {"params": {name: next(secrets)}}
        yield raw_body(f"{name}={next(secrets)}&a=1", FORM)
        yield raw_body(f"a=1&{name}[]={next(secrets)},x;y z", FORM)
        yield {"files": {"to": (None, "1"), name: (None, f"{next(secrets)} and more")}}
        yield {"json": {**CLICK_TO_CALL, "mid": f"http://h/?{name}={next(secrets)}"}}
    for name in MEMBER_NAMES:
        yield {"json": {**CLICK_TO_CALL, "variables": {name: next(secrets)}}}
        yield {"json": {**CLICK_TO_CALL, "variables": {"deep": [{name: [next(secrets)]}]}}}
        yield {"json": {**CLICK_TO_CALL, "mid": json.dumps({"deep": {name: next(secrets)}})}}
        yield raw_body(f'{{"{name}": "one {next(secrets)}, two", "to": ', JSON)
        yield raw_body(f'{{"mid": "{{\\"{name}\\": \\"{next(secrets)}\\"}}", "to": ', JSON)
    for url in URLS:
        filled = url.format(next(secrets))
        yield {"params": {"back": filled}}
        yield {"data": {"back": filled}}
        yield {"json": {**CLICK_TO_CALL, "mid": f"see {filled} or not"}}
        yield raw_body(json.dumps([filled]).replace("/", "\\/"), JSON)
        yield {"headers": {"referer": filled, "x-forwarded-uri": filled}}


def effebot_requests(secrets: Iterator[str]) -> Iterator[dict[str, Any]]:
    """Yield calls whose webhooks repeat the URL that they are sent to."""
    for url in URLS:
        filled = url.format(next(secrets))
        yield {**effebot.CREATE_EXAMPLE, "apiKey": next(secrets), "webhookUrl": filled}


def control_requests(secrets: Iterator[str]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield (method, path, body) of control requests; half of them are refused."""
    yield "PUT", ACCOUNT_PATH, {"credentials": next(secrets)}
    yield "PUT", ACCOUNT_PATH, {"credentials": [same := next(secrets), same]}
    yield "PUT", ACCOUNT_PATH, {"webhooks": {"any": f"ftp://u:{next(secrets)}@h"}}
    yield "PUT", ACCOUNT_PATH, {"webhooks": {"any": f"ftp://{'u' * 70}:{next(secrets)}@h"}}
    yield "PUT", ACCOUNT_PATH, {"webhooks": {"any": f"ftp://h/?token={next(secrets)}"}}
    for url in URLS:
        yield "PATCH", ACCOUNT_PATH, {"webhooks": {"any": url.format(next(secrets))}}
    later = [{"at": "1s", "set": {"credentials": next(secrets)}}]
    yield "PATCH", ACCOUNT_PATH, {"timeline": later}
    later = [{"at": "1s", "set": {"credentials": [next(secrets)]}}]
    yield "PATCH", ACCOUNT_PATH, {"timeline": later}
    yield "PUT", "/_mock/scenarios/mine", {"accounts": {"a": {"credentials": next(secrets)}}}
    for match in (
        {"credential": next(secrets)},
        {"headers": {"X-Auth-Token": next(secrets)}},
        {"fields": {"access_token": next(secrets)}},
    ):
        yield "POST", "/_mock/activations", {"scenario": "callee-busy", "match": match}
        yield "PUT", "/_mock/scenarios/mine", {"match": match, "legs": {"callee": "busy"}}
    answer = {"status": 200, "body": json.dumps({"token": next(secrets)})}
    yield "PUT", "/_mock/scenarios/raw", {"responses": [{"answer": answer}]}
    for name in ("headers.authorization", "body.access_token", "body.session"):
        match = {name: next(secrets)}
        yield "POST", "/_mock/wait", {"for": "request", "match": match, "timeout": 0}
        yield "POST", "/_mock/verify", {"for": "request", "match": match}
        yield "POST", "/_mock/verify", {"for": "request", "order": [match]}
    yield "POST", f"/hooks/token/{next(secrets)}?token={next(secrets)}", {}
    yield "GET", f"/_mock/calls?token={next(secrets)}", {}
    yield "GET", f"/_mock/nowhere?token={next(secrets)}", {}
    yield "POST", f"/_mock/receive/x?token={next(secrets)}", {"url": f"http://u:{next(secrets)}@h"}


def error_texts(response: httpx.Response) -> str:
    """What we say ourselves: a problem, and our own headers of any response."""
    own = [value for name, value in response.headers.items() if name.startswith("x-mock-")]
    is_problem = response.headers.get("content-type") == "application/problem+json"
    return "\n".join((*own, response.text if is_problem else ""))


def send_all(site: SiteClient, secrets: Iterator[str]) -> list[httpx.Response]:
    """Send all requests, each vendor request once alone and once beside valid credentials."""

    async def main() -> list[httpx.Response]:
        async with site.client() as client:
            responses = []
            for options in vendor_requests(secrets):
                for valid in ({}, HEADERS):
                    headers = {**valid, **options.get("headers", {})}
                    sent = {**options, "headers": headers}
                    responses.append(await client.post(CLICK_TO_CALL_PATH, **sent))
            further = (
                *(("POST", EFFEBOT_PATH, body) for body in effebot_requests(secrets)),
                *control_requests(secrets),
            )
            for method, path, body in further:
                response = await client.request(method, path, json=body)
                responses.append(response)
            return responses

    return asyncio.run(main())


def read_outputs(site: SiteClient) -> dict[str, str]:
    state = site.sandbox.state
    entries = read.journal(state)
    requests = [exchange.id for exchange in read.exchanges(state)]
    calls = [*read.calls(state)]
    paths = (
        *(f"/_mock/explain/{request_id}" for request_id in requests),
        *(f"/_mock/calls/{call_id}/timeline" for call_id in calls),
        *("/_mock/timeline?format=mermaid", "/_mock/scenarios/mine", "/_mock/scenarios/raw"),
    )
    return {
        **read_control_api(site),
        **{path: site.request("GET", path).text for path in paths},
        "events": asyncio.run(read_events(site.sandbox)),
        "log": "\n".join(format_line(entry, state) for entry in entries),
        "log as JSON": "\n".join(format_json_line(entry, state) for entry in entries),
    }


def test_secrets_in_hundreds_of_places_are_shown_nowhere(
    site: SiteClient, caplog: pytest.LogCaptureFixture
) -> None:
    numbers = count(1)
    secrets = (f"{CANARY}{number:04}" for number in numbers)

    async def receive(_: Delivery) -> DeliveryResult:
        body = json.dumps({"session": next(secrets), "back": URLS[0].format(next(secrets))})
        return DeliveryResult(status=200, body=body.encode())

    site.dispatcher.receive = receive
    responses = send_all(site, secrets)
    site.advance()
    assert next(numbers) > 300
    outputs = {
        **read_outputs(site),
        **{f"response {number}": error_texts(each) for number, each in enumerate(responses)},
        "messages": caplog.text,
    }
    leaks = {
        (source, text[max(at - 60, 0) : at + 12])
        for source, text in outputs.items()
        for at in [text.find(CANARY)]
        if at >= 0
    }
    assert leaks == set()


def test_what_a_webhook_carries_to_its_receiver_is_not_masked(site: SiteClient) -> None:
    url = URLS[0].format(f"{CANARY}1")
    site.request("POST", EFFEBOT_PATH, json={**effebot.CREATE_EXAMPLE, "webhookUrl": url})
    site.advance()
    webhook = site.dispatcher.deliveries[0].webhook
    assert webhook.url == url
    assert url in json.dumps(webhook.body, default=dict)
