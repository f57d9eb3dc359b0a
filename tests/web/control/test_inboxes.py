"""An inbox accepts any request, responds as programmed, and shows what it received."""

import asyncio
from typing import Any

import httpx
import pytest

from mockserver.runtime import inboxes
from mockserver.web.control.inboxes import METHODS
from tests.support.site import BEARER, read_problem
from tests.support.site_client import SiteClient

INBOX, INBOXES = "/_mock/receive/mine", "/_mock/inboxes/mine"
T0 = "2026-01-01T09:00:00.000Z"
FORM = (
    'send {"responses": [500, 500, 200], "delay": 0}: responses from 200 to 599, delay up to 60 s'
)
SYNTAX = "the body is not JSON: "
OBJECT = "the body is not a JSON object of finite numbers and Unicode text"


def program(site: SiteClient, body: object) -> httpx.Response:
    return site.request("PUT", INBOXES, json=body)


def received_requests(site: SiteClient, name: str = "mine") -> Any:
    inbox = site.get_json(f"/_mock/inboxes/{name}")
    assert list(inbox) == ["name", "received", "evicted"]
    assert inbox["name"] == name
    return inbox["received"]


@pytest.mark.parametrize("method", METHODS)
def test_an_inbox_receives_requests_of_any_method(site: SiteClient, method: str) -> None:
    response = site.request(method, INBOX)
    assert (response.status_code, response.content) == (200, b"")
    assert [request["method"] for request in received_requests(site)] == [method]


def test_an_inbox_shows_what_it_received(site: SiteClient) -> None:
    site.advance(by=5)
    headers = {"x-odd": "1", "content-type": "application/json"}
    site.request("POST", f"{INBOX}?a=1&b=%20", content=b'{"b": [1]}', headers=headers)
    [request] = received_requests(site)
    assert list(request) == ["at", "method", "query", "headers", "body", "status"]
    assert request["headers"]["x-odd"] == "1"
    del request["headers"]
    expected = {"at": "2026-01-01T09:00:05.000Z", "method": "POST", "query": "a=1&b=%20"}
    assert request == {**expected, "body": {"b": [1]}, "status": 200}


def receipts(site: SiteClient) -> list[dict[str, Any]]:
    entries = site.get_json("/_mock/journal")["entries"]
    return [each for each in entries if each["type"] == "received"]


def test_each_request_has_an_entry_without_its_body(site: SiteClient) -> None:
    program(site, {"responses": [503]})
    for content in (b'{"secret": 1}', b""):
        site.request("POST", f"{INBOX}?token=x", content=content)
    head = {"at": T0, "type": "received", "call": None, "inbox": "mine", "method": "POST"}
    assert receipts(site) == [
        {"id": 1, **head, "bytes": 13, "status": 503},
        {"id": 2, **head, "bytes": 0, "status": 200},
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [(b"", ""), (b"a=1", "a=1"), (b"\xff", "�"), (b"[1]", "[1]"), (b'"x"', '"x"'), (b"{", "{")],
)
def test_a_received_body_that_is_no_json_object_is_shown_as_text(
    site: SiteClient, body: bytes, expected: object
) -> None:
    site.request("POST", INBOX, content=body)
    assert [request["body"] for request in received_requests(site)] == [expected]


def test_an_unused_inbox_is_shown_as_empty_and_not_created(site: SiteClient) -> None:
    assert received_requests(site) == []
    assert dict(site.sandbox.inboxes) == {}


def test_an_inbox_shows_only_its_own_requests(site: SiteClient) -> None:
    site.request("POST", INBOX)
    assert received_requests(site, "other") == []


@pytest.mark.parametrize(
    ("body", "expected", "statuses"),
    [
        ({}, {"responses": [], "delay": 0}, [200, 200]),
        (
            {"responses": [500, 404], "delay": 0},
            {"responses": [500, 404], "delay": 0.0},
            [500, 404],
        ),
        ({"responses": [599]}, {"responses": [599], "delay": 0.0}, [599, 200]),
        (
            {"responses": [200, 599], "delay": 0.0},
            {"responses": [200, 599], "delay": 0.0},
            [200, 599],
        ),
    ],
)
def test_a_programmed_inbox_responds_with_the_given_statuses(
    site: SiteClient, body: dict[str, object], expected: dict[str, object], statuses: list[int]
) -> None:
    response = program(site, body)
    assert (response.status_code, response.json()) == (200, expected)
    assert [site.request("POST", INBOX).status_code for _ in range(2)] == statuses
    assert [request["status"] for request in received_requests(site)] == statuses


@pytest.mark.parametrize("delay", [0, 0.5, 60, 60.0])
def test_an_inbox_can_be_programmed_with_a_delay(site: SiteClient, delay: float) -> None:
    response = program(site, {"delay": delay})
    assert (response.status_code, response.json()) == (200, {"responses": [], "delay": delay})
    assert site.sandbox.inboxes["mine"].delay == delay


def test_an_inbox_keeps_the_last_thousand_requests(site: SiteClient) -> None:
    async def send_requests() -> None:
        async with site.client() as client:
            for number in range(1_001):
                await client.post(INBOX, content=str(number))

    asyncio.run(send_requests())
    bodies = [request["body"] for request in received_requests(site)]
    assert (len(bodies), bodies[0], bodies[-1]) == (1_000, "1", "1000")
    assert site.get_json(INBOXES)["evicted"] == 1


def test_programming_an_inbox_again_replaces_the_old_statuses(site: SiteClient) -> None:
    program(site, {"responses": [500, 500]})
    program(site, {"responses": [404]})
    assert [site.request("POST", INBOX).status_code for _ in range(2)] == [404, 200]


def test_an_inbox_records_a_request_before_it_delays_the_response(
    site: SiteClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        assert len(site.sandbox.inboxes["mine"].requests) == 1

    program(site, {"delay": 2.5})
    monkeypatch.setattr(inboxes, "asyncio", type("", (), {"sleep": staticmethod(sleep)}))
    site.request("POST", INBOX)
    assert slept == [2.5]


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", SYNTAX),
        (b"{", SYNTAX),
        (b"[]", OBJECT),
        (b'"x"', OBJECT),
        (b'{"responses": 5}', FORM),
        (b'{"responses": null}', FORM),
        (b'{"responses": [[]]}', FORM),
        (b'{"responses": [NaN]}', SYNTAX),
        (b'{"delay": "soon"}', FORM),
        (b'{"delay": null}', FORM),
        (b'{"responses": [199]}', FORM),
        (b'{"responses": [200, 600]}', FORM),
        (b'{"delay": -1}', FORM),
        (b'{"delay": 60.5}', FORM),
        (b'{"delay": NaN}', SYNTAX),
        (b'{"delay": 1e999}', OBJECT),
        (b'{"responses": [true]}', FORM),
        (b'{"responses": ["204"]}', FORM),
        (b'{"delay": true}', FORM),
        (b'{"response": []}', "an inbox takes no 'response': did you mean 'responses'?"),
    ],
)
def test_an_invalid_inbox_program_is_rejected_and_changes_nothing(
    site: SiteClient, body: bytes, detail: str
) -> None:
    program(site, {"responses": [503]})
    response = site.request("PUT", INBOXES, content=body)
    status, kind, actual = read_problem(response)
    assert (status, kind) == (422, "invalid-body")
    assert actual.startswith(detail)
    assert site.request("POST", INBOX).status_code == 503


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"responses": [1e999]}', 422),
        (b"[" * 5_000, 422),
        (b'{"responses": [500' + b" " * 1_000_000 + b"]}", 413),
        (b'{"anwsers": [500]}', 422),
    ],
    ids=["infinite", "deep", "long", "unknown key"],
)
def test_a_hostile_inbox_program_is_rejected(site: SiteClient, body: bytes, status: int) -> None:
    assert site.request("PUT", INBOXES, content=body).status_code == status


@pytest.mark.parametrize(
    "body", [b'{"a": NaN}', b'"\\ud800"', b"[" * 5_000], ids=["NaN", "surrogate", "deep"]
)
def test_an_inbox_that_received_a_hostile_body_can_be_shown(site: SiteClient, body: bytes) -> None:
    site.request("POST", INBOX, content=body)
    assert site.request("GET", INBOXES).status_code == 200


def test_an_inbox_rejects_a_body_over_the_limit(site: SiteClient) -> None:
    assert site.request("POST", INBOX, content=bytes(1_000_001)).status_code == 413


def test_an_inbox_redacts_a_received_credential(site: SiteClient) -> None:
    site.request("POST", INBOX, headers={"authorization": f"Bearer {BEARER}"})
    assert BEARER not in site.request("GET", INBOXES).text


def test_deleting_an_inbox_removes_its_requests_and_its_program(site: SiteClient) -> None:
    program(site, {"responses": [500, 500]})
    site.request("POST", INBOX)
    response = site.request("DELETE", INBOXES)
    assert (response.status_code, response.content) == (204, b"")
    assert received_requests(site) == []
    assert site.request("POST", INBOX).status_code == 200


def test_deleting_an_unused_inbox_succeeds(site: SiteClient) -> None:
    assert site.request("DELETE", INBOXES).status_code == 204


def test_an_inbox_receives_all_concurrent_requests(site: SiteClient) -> None:
    async def send_concurrently() -> list[int]:
        async with site.client() as client:
            responses = await asyncio.gather(*(client.post(INBOX) for _ in range(20)))
        return sorted(response.status_code for response in responses)

    program(site, {"responses": [500] * 5})
    assert asyncio.run(send_concurrently()) == [200] * 15 + [500] * 5
    assert len(received_requests(site)) == 20
