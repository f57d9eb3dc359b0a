"""The replayer of conformance examples: what an example can request and expect."""

import asyncio
from typing import Any

import pytest
import yaml

from tests.support import read
from tests.support.conformance import (
    ConformancePage,
    build_conformance_site,
    parse_page,
    replay_example,
    send,
)

HEAD = """
substitute: {9188XX: "918867135000", KEY-X: key-1}
credential: {authorization: Bearer KEY-X}
clock: 2026-05-01T00:00:00Z
examples:
"""
FIELDS = "{bridge: '918068281234', from: 9188XX, to: '918867136000'}"
CLICK_TO_CALL = "method: POST, path: /api/v2/voice/c2c"
PLACED = '{"status":200,"message":"Call initiated successfully"}'


def build_page(*examples: str) -> ConformancePage:
    return parse_page("mobtexting", HEAD + "".join(f"  - {text}\n" for text in examples))


def replay_last(*examples: str) -> Any:
    """Replay the last of these examples and return its site."""
    page = build_page(*examples)
    return asyncio.run(replay_example(page, [*page.examples.values()][-1]))


def sample(request: str, expect: str, more: str = "") -> str:
    return f"{{number: 1, request: {{{CLICK_TO_CALL}, {request}}}, expect: {{{expect}}}{more}}}"


BODY = f"body: {FIELDS}"
URL = "'{origin}/_mock/receive/mobtexting'"


@pytest.mark.parametrize(
    "example",
    [
        sample(BODY, f"status: 200, body: '{PLACED}'"),
        sample(BODY, "status: 200, like: '.*successfully.*'"),
        sample(BODY, f"status: 200, json: {PLACED}"),
        sample(BODY, "status: 200, headers: {content-type: application/json, x-mock-call: c1}"),
        sample(f"form: {FIELDS}", "status: 200"),
        sample(f"multipart: {FIELDS}", "status: 200"),
        sample(f"query: {FIELDS}, raw: ''", "status: 200"),
        sample("raw: '{'", "status: 400"),
        sample(f"{BODY}, host: portal.mobtexting.com", "status: 200"),
        sample(f"{BODY}, headers: {{authorization: null}}", "status: 401"),
        sample(f"{BODY}, headers: {{accept: null, authorization: null}}", "status: 302, body: ''"),
        sample(BODY, "status: 402", ", given: {balance: '0'}"),
        sample(BODY, f"status: 200, webhooks: ['completed POST {URL[1:-1]}']"),
        sample(BODY, "status: 403", ", scenario: {refuse: forbidden}"),
        sample(BODY, "status: 200, webhook_keys: [bridge, from, to, source, start_at, end_at, date,"
               " unixtime, duration, billing, status, status1, status2, recording_url, hangup_by]",
               ", scenario: callee-busy"),
        sample(BODY, "status: 200", ", then: [{advance: 1s, expect: {webhooks: []}},"
               f" {{advance: idle, expect: {{webhooks: ['completed POST {URL[1:-1]}']}}}}]"),
        sample(BODY, "status: 200", f", then: [{{request: {{{CLICK_TO_CALL}, raw: '{{'}},"
               " expect: {status: 400}}]"),
    ],
)  # fmt: skip
def test_an_example_that_holds_passes(example: str) -> None:
    replay_last(example)


@pytest.mark.parametrize(
    "example",
    [
        sample(BODY, "status: 201"),
        sample(BODY, "status: 200, body: ''"),
        sample(BODY, "status: 200, like: 'successfully'"),
        sample(BODY, "status: 200, json: {message: Call initiated successfully, status: 200}"),
        sample(BODY, "status: 200, headers: {content-type: text/html}"),
        sample(BODY, "status: 200, headers: {x-none: ''}"),
        sample(BODY, "status: 200, webhooks: []"),
        sample(BODY, f"status: 200, webhooks: ['completed GET {URL[1:-1]}']"),
        sample(BODY, f"status: 200, webhooks: [{{kind: completed, method: POST, url: {URL},"
               " body: {}}]"),
        sample(BODY, "status: 200, webhooks: [{kind: completed}]"),
        sample(BODY, "status: 200, webhook_keys: [bridge]"),
        sample(BODY, "status: 200, webhook: {}"),
        sample(BODY, "status: 200, played: [Hello]"),
        sample(BODY, "status: 200", ", given: {balanze: '0'}"),
        sample(BODY, "status: 200", ", scenario: nobody"),
        sample(BODY, "status: 200", ", then: [{advance: soon}]"),
        sample(BODY, "status: 200", ", then: [{advance: 1h, expect: {webhooks: []}}]"),
        sample(BODY, "status: 200", f", then: [{{request: {{{CLICK_TO_CALL}, raw: '{{'}},"
               " expect: {status: 200}}]"),
    ],
)  # fmt: skip
def test_an_example_that_does_not_hold_fails(example: str) -> None:
    with pytest.raises(AssertionError):
        replay_last(example)


def test_an_example_may_expect_a_webhook_in_full() -> None:
    site = replay_last(sample(BODY, "status: 200"))
    [webhook] = [delivery.webhook for delivery in read.deliveries(site.sandbox.state).values()]
    expected = {
        "kind": "completed",
        "method": "POST",
        "url": webhook.url,
        "body": {**(webhook.body or {})},
    }
    webhook_yaml = yaml.safe_dump([expected], sort_keys=False, default_flow_style=True, width=9_999)
    second_site = replay_last(sample(BODY, f"status: 200, webhooks: {webhook_yaml}"))
    assert len(read.deliveries(second_site.sandbox.state)) == 1


def test_an_example_continues_another_in_its_sandbox() -> None:
    first = sample(BODY, "status: 200", ", given: {quirks: [webhook-id]}, clock: 2026-06-01T00:00Z")
    second = sample(BODY, "status: 200, headers: {x-mock-call: c2}", ", continues: 1")
    third = sample(BODY, "status: 200, headers: {x-mock-call: c3}", ", continues: 2, advance: 1h")
    site = replay_last(
        first, second.replace("number: 1", "number: 2"), third.replace("r: 1,", "r: 3,")
    )
    starts = [call.starts_at for call in read.calls(site.sandbox.state).values()]
    assert [at - starts[0] for at in starts] == [0, 0, 3_600_000]
    account = read.find_account(site.sandbox.state, "mobtexting", "key-1")
    assert account is not None
    assert account.quirks == {"webhook-id"}


def test_a_call_placeholder_is_replaced_by_the_vendor_id() -> None:
    site = replay_last(sample(BODY, "status: 200"))
    vendor_id = read.calls(site.sandbox.state)["c1"].spec.vendor_id
    path = {"method": "GET", "path": "/api/v2/{c1}", "query": {"id": "{c1}"}}
    asyncio.run(send(site, path))
    entry: Any = read.journal(site.sandbox.state)[-1]
    assert entry.payload.request.path == f"/api/v2/{vendor_id}"
    assert entry.payload.request.query == f"id={vendor_id}"


def test_masked_characters_are_substituted_in_credential_and_examples() -> None:
    page = build_page(sample(BODY, "status: 200"))
    assert page.credential == {"authorization": "Bearer key-1"}
    assert page.examples[1]["request"]["body"]["from"] == "918867135000"


def test_two_examples_with_one_number_are_refused() -> None:
    with pytest.raises(AssertionError):
        build_page(sample(BODY, "status: 200"), sample(BODY, "status: 200"))


def test_an_example_can_upload_a_file() -> None:
    site = build_conformance_site(build_page(sample(BODY, "status: 200")), {})
    clip = {"filename": "a.wav", "content_type": "audio/wav", "text": "RIFF"}
    request = {"method": "POST", "path": "/api/v2/voice/c2c", "multipart": {"mid": clip}}
    asyncio.run(send(site, request))
    entry: Any = read.journal(site.sandbox.state)[-1]
    assert entry.payload.request.fields["mid"] == ("a.wav", "audio/wav", b"RIFF")
