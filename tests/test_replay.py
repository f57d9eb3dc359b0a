"""The replaying of examples: what can be asked and expected, and that nothing else passes."""

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
CLICK = "{bridge: '918068281234', from: 9188XX, to: '918867136000'}"
C2C = "method: POST, path: /api/v2/voice/c2c"
PLACED = '{"status":200,"message":"Call initiated successfully"}'


def written(*examples: str) -> ConformancePage:
    return parse_page("mobtexting", HEAD + "".join(f"  - {one}\n" for one in examples))


def played(*examples: str) -> Any:
    """The site after the last of these examples."""
    made = written(*examples)
    return asyncio.run(replay_example(made, [*made.examples.values()][-1]))


def asking(request: str, expect: str, more: str = "") -> str:
    return f"{{number: 1, request: {{{C2C}, {request}}}, expect: {{{expect}}}{more}}}"


BODY = f"body: {CLICK}"
URL = "'{origin}/_mock/inbox/mobtexting'"


@pytest.mark.parametrize(
    "example",
    [
        asking(BODY, f"status: 200, body: '{PLACED}'"),
        asking(BODY, "status: 200, like: '.*successfully.*'"),
        asking(BODY, f"status: 200, json: {PLACED}"),
        asking(BODY, "status: 200, headers: {content-type: application/json, x-mock-call: c1}"),
        asking(f"form: {CLICK}", "status: 200"),
        asking(f"multipart: {CLICK}", "status: 200"),
        asking(f"query: {CLICK}, raw: ''", "status: 200"),
        asking("raw: '{'", "status: 400"),
        asking(f"{BODY}, host: portal.mobtexting.com", "status: 200"),
        asking(f"{BODY}, headers: {{authorization: null}}", "status: 401"),
        asking(f"{BODY}, headers: {{accept: null, authorization: null}}", "status: 302, body: ''"),
        asking(BODY, "status: 402", ", given: {balance: '0'}"),
        asking(BODY, f"status: 200, webhooks: ['completed POST {URL[1:-1]}']"),
        asking(BODY, "status: 403", ", scenario: {refuse: forbidden}"),
        asking(BODY, "status: 200, webhook_keys: [bridge, from, to, source, start_at, end_at, date,"
               " unixtime, duration, billing, status, status1, status2, recording_url, hangup_by]",
               ", scenario: callee-busy"),
        asking(BODY, "status: 200", ", then: [{advance: 1s, expect: {webhooks: []}},"
               f" {{advance: idle, expect: {{webhooks: ['completed POST {URL[1:-1]}']}}}}]"),
        asking(BODY, "status: 200", f", then: [{{request: {{{C2C}, raw: '{{'}},"
               " expect: {status: 400}}]"),
    ],
)  # fmt: skip
def test_example_that_holds(example: str) -> None:
    played(example)


@pytest.mark.parametrize(
    "example",
    [
        asking(BODY, "status: 201"),
        asking(BODY, "status: 200, body: ''"),
        asking(BODY, "status: 200, like: 'successfully'"),
        asking(BODY, "status: 200, json: {message: Call initiated successfully, status: 200}"),
        asking(BODY, "status: 200, headers: {content-type: text/html}"),
        asking(BODY, "status: 200, headers: {x-none: ''}"),
        asking(BODY, "status: 200, webhooks: []"),
        asking(BODY, f"status: 200, webhooks: ['completed GET {URL[1:-1]}']"),
        asking(BODY, f"status: 200, webhooks: [{{kind: completed, method: POST, url: {URL},"
               " body: {}}]"),
        asking(BODY, "status: 200, webhooks: [{kind: completed}]"),
        asking(BODY, "status: 200, webhook_keys: [bridge]"),
        asking(BODY, "status: 200, webhook: {}"),
        asking(BODY, "status: 200, played: [Hello]"),
        asking(BODY, "status: 200", ", given: {balanze: '0'}"),
        asking(BODY, "status: 200", ", scenario: nobody"),
        asking(BODY, "status: 200", ", then: [{advance: soon}]"),
        asking(BODY, "status: 200", ", then: [{advance: 1h, expect: {webhooks: []}}]"),
        asking(BODY, "status: 200", f", then: [{{request: {{{C2C}, raw: '{{'}},"
               " expect: {status: 200}}]"),
    ],
)  # fmt: skip
def test_example_that_does_not_hold(example: str) -> None:
    with pytest.raises(AssertionError):
        played(example)


def test_a_webhook_in_full() -> None:
    here = played(asking(BODY, "status: 200"))
    [sent_out] = [one.webhook for one in read.deliveries(here.sandbox.state).values()]
    told = {
        "kind": "completed",
        "method": "POST",
        "url": sent_out.url,
        "body": {**(sent_out.body or {})},
    }
    shown = yaml.safe_dump([told], sort_keys=False, default_flow_style=True, width=9_999)
    again = played(asking(BODY, f"status: 200, webhooks: {shown}"))
    assert len(read.deliveries(again.sandbox.state)) == 1


def test_an_example_continues_another_in_its_sandbox() -> None:
    first = asking(BODY, "status: 200", ", given: {quirks: [webhook-id]}, clock: 2026-06-01T00:00Z")
    second = asking(BODY, "status: 200, headers: {x-mock-call: c2}", ", continues: 1")
    third = asking(BODY, "status: 200, headers: {x-mock-call: c3}", ", continues: 2, advance: 1h")
    here = played(first, second.replace("number: 1", "number: 2"), third.replace("r: 1,", "r: 3,"))
    starts = [call.starts_at for call in read.calls(here.sandbox.state).values()]
    assert [at - starts[0] for at in starts] == [0, 0, 3_600_000]
    account = read.find_account(here.sandbox.state, "mobtexting", "key-1")
    assert account is not None
    assert account.quirks == {"webhook-id"}


def test_an_id_of_the_vendor_stands_for_itself() -> None:
    here = played(asking(BODY, "status: 200"))
    vendor_id = read.calls(here.sandbox.state)["c1"].spec.vendor_id
    path = {"method": "GET", "path": "/api/v2/{c1}", "query": {"id": "{c1}"}}
    asyncio.run(send(here, path))
    fact: Any = read.journal(here.sandbox.state)[-1]
    assert fact.payload.request.path == f"/api/v2/{vendor_id}"
    assert fact.payload.request.query == f"id={vendor_id}"


def test_masked_characters_are_filled_in_everywhere() -> None:
    made = written(asking(BODY, "status: 200"))
    assert made.credential == {"authorization": "Bearer key-1"}
    assert made.examples[1]["request"]["body"]["from"] == "918867135000"


def test_a_number_stands_for_one_example() -> None:
    with pytest.raises(AssertionError):
        written(asking(BODY, "status: 200"), asking(BODY, "status: 200"))


def test_a_file_is_uploaded() -> None:
    here = build_conformance_site(written(asking(BODY, "status: 200")), {})
    clip = {"filename": "a.wav", "content_type": "audio/wav", "text": "RIFF"}
    request = {"method": "POST", "path": "/api/v2/voice/c2c", "multipart": {"mid": clip}}
    asyncio.run(send(here, request))
    fact: Any = read.journal(here.sandbox.state)[-1]
    assert fact.payload.request.fields["mid"] == ("a.wav", "audio/wav", b"RIFF")
