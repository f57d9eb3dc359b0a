"""The ready-made receiver: takes anything, answers as programmed, shows what came."""

import asyncio
from typing import Any

import httpx
import pytest

from mockserver.runtime import inboxes
from mockserver.web.control.inboxes import METHODS
from tests.support.site_client import BEARER, SiteClient, read_problem

INBOX, INBOXES = "/_mock/inbox/mine", "/_mock/inboxes/mine"
T0 = "2026-01-01T09:00:00.000Z"
FORM = 'send {"answers": [500, 500, 200], "delay": 0}: answers from 200 to 599, delay up to 60 s'
SYNTAX = "the body is not JSON: "
OBJECT = "the body is a JSON object of numbers and texts that can be told"


def put(site: SiteClient, body: object) -> httpx.Response:
    return site.request("PUT", INBOXES, json=body)


def received(site: SiteClient, name: str = "mine") -> Any:
    told = site.get_json(f"/_mock/inboxes/{name}")
    assert list(told) == ["name", "received"]
    assert told["name"] == name
    return told["received"]


@pytest.mark.parametrize("method", METHODS)
def test_receive_by_any_method(site: SiteClient, method: str) -> None:
    answer = site.request(method, INBOX)
    assert (answer.status_code, answer.content) == (200, b"")
    assert [one["method"] for one in received(site)] == [method]


def test_show_what_was_received(site: SiteClient) -> None:
    site.advance(by=5)
    headers = {"x-odd": "1", "content-type": "application/json"}
    site.request("POST", f"{INBOX}?a=1&b=%20", content=b'{"b": [1]}', headers=headers)
    [one] = received(site)
    assert list(one) == ["at", "method", "query", "headers", "body", "status"]
    assert one["headers"]["x-odd"] == "1"
    del one["headers"]
    expected = {"at": "2026-01-01T09:00:05.000Z", "method": "POST", "query": "a=1&b=%20"}
    assert one == {**expected, "body": {"b": [1]}, "status": 200}


@pytest.mark.parametrize(
    ("body", "expected"),
    [(b"", ""), (b"a=1", "a=1"), (b"\xff", "�"), (b"[1]", "[1]"), (b'"x"', '"x"'), (b"{", "{")],
)
def test_show_a_body(site: SiteClient, body: bytes, expected: object) -> None:
    site.request("POST", INBOX, content=body)
    assert [one["body"] for one in received(site)] == [expected]


def test_show_an_inbox_that_received_nothing(site: SiteClient) -> None:
    assert received(site) == []
    assert dict(site.sandbox.inboxes) == {}


def test_inboxes_are_apart(site: SiteClient) -> None:
    site.request("POST", INBOX)
    assert received(site, "other") == []


@pytest.mark.parametrize(
    ("body", "told", "statuses"),
    [
        ({}, {"answers": [], "delay": 0}, [200, 200]),
        ({"answers": [500, 404], "delay": 0}, {"answers": [500, 404], "delay": 0.0}, [500, 404]),
        ({"answers": [599]}, {"answers": [599], "delay": 0.0}, [599, 200]),
        ({"answers": [200, 599], "delay": 0.0}, {"answers": [200, 599], "delay": 0.0}, [200, 599]),
    ],
)
def test_program(
    site: SiteClient, body: dict[str, object], told: dict[str, object], statuses: list[int]
) -> None:
    answer = put(site, body)
    assert (answer.status_code, answer.json()) == (200, told)
    assert [site.request("POST", INBOX).status_code for _ in range(2)] == statuses
    assert [one["status"] for one in received(site)] == statuses


@pytest.mark.parametrize("delay", [0, 0.5, 60, 60.0])
def test_program_a_delay(site: SiteClient, delay: float) -> None:
    answer = put(site, {"delay": delay})
    assert (answer.status_code, answer.json()) == (200, {"answers": [], "delay": delay})
    assert site.sandbox.inboxes["mine"].delay == delay


def test_an_inbox_keeps_the_last_thousand(site: SiteClient) -> None:
    async def scenario() -> None:
        async with site.client() as client:
            for number in range(1_001):
                await client.post(INBOX, content=str(number))

    asyncio.run(scenario())
    bodies = [one["body"] for one in received(site)]
    assert (len(bodies), bodies[0], bodies[-1]) == (1_000, "1", "1000")


def test_program_anew_forgets_the_old_answers(site: SiteClient) -> None:
    put(site, {"answers": [500, 500]})
    put(site, {"answers": [404]})
    assert [site.request("POST", INBOX).status_code for _ in range(2)] == [404, 200]


def test_a_delay_counts_before_the_answer(
    site: SiteClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        assert len(site.sandbox.inboxes["mine"].requests) == 1

    put(site, {"delay": 2.5})
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
        (b'{"answers": 5}', FORM),
        (b'{"answers": null}', FORM),
        (b'{"answers": [[]]}', FORM),
        (b'{"answers": [NaN]}', SYNTAX),
        (b'{"delay": "soon"}', FORM),
        (b'{"delay": null}', FORM),
        (b'{"answers": [199]}', FORM),
        (b'{"answers": [200, 600]}', FORM),
        (b'{"delay": -1}', FORM),
        (b'{"delay": 60.5}', FORM),
        (b'{"delay": NaN}', SYNTAX),
        (b'{"delay": 1e999}', OBJECT),
        (b'{"answers": [true]}', FORM),
        (b'{"answers": ["204"]}', FORM),
        (b'{"delay": true}', FORM),
    ],
)
def test_a_wrong_program_changes_nothing(site: SiteClient, body: bytes, detail: str) -> None:
    put(site, {"answers": [503]})
    answer = site.request("PUT", INBOXES, content=body)
    status, title, told = read_problem(answer)
    assert (status, title) == (422, "unprocessable entity")
    assert told.startswith(detail)
    assert site.request("POST", INBOX).status_code == 503


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"answers": [1e999]}', 422),
        (b"[" * 5_000, 422),
        (b'{"answers": [500' + b" " * 1_000_000 + b"]}", 413),
        (b'{"anwsers": [500]}', 422),
    ],
    ids=["infinite", "deep", "long", "unknown key"],
)
def test_a_hostile_program(site: SiteClient, body: bytes, status: int) -> None:
    assert site.request("PUT", INBOXES, content=body).status_code == status


@pytest.mark.parametrize(
    "body", [b'{"a": NaN}', b'"\\ud800"', b"[" * 5_000], ids=["NaN", "surrogate", "deep"]
)
def test_a_hostile_body_can_be_shown(site: SiteClient, body: bytes) -> None:
    site.request("POST", INBOX, content=body)
    assert site.request("GET", INBOXES).status_code == 200


def test_a_body_beyond_the_limit(site: SiteClient) -> None:
    assert site.request("POST", INBOX, content=bytes(1_000_001)).status_code == 413


def test_a_credential_that_was_received_is_masked(site: SiteClient) -> None:
    site.request("POST", INBOX, headers={"authorization": f"Bearer {BEARER}"})
    assert BEARER not in site.request("GET", INBOXES).text


def test_empty(site: SiteClient) -> None:
    put(site, {"answers": [500, 500]})
    site.request("POST", INBOX)
    answer = site.request("DELETE", INBOXES)
    assert (answer.status_code, answer.content) == (204, b"")
    assert received(site) == []
    assert site.request("POST", INBOX).status_code == 200


def test_empty_what_is_not_there(site: SiteClient) -> None:
    assert site.request("DELETE", INBOXES).status_code == 204


def test_many_at_once_are_all_received(site: SiteClient) -> None:
    async def scenario() -> list[int]:
        async with site.client() as client:
            answers = await asyncio.gather(*(client.post(INBOX) for _ in range(20)))
        return sorted(answer.status_code for answer in answers)

    put(site, {"answers": [500] * 5})
    assert asyncio.run(scenario()) == [200] * 15 + [500] * 5
    assert len(received(site)) == 20
