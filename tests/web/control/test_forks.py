"""A fork is the same as its source was, and both go on by themselves."""

import asyncio
from typing import Any

import pytest

from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.engine.state.inputs import Inputs
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH
from tests.support.site import HEADERS, read_problem
from tests.support.site_client import SiteClient

ACCOUNT_PATH = "/_mock/accounts/mobtexting/mobtexting-default"


def put(site: SiteClient, name: str, **body: Any) -> Any:
    response = site.request("PUT", f"/_mock/sandboxes/{name}", json=body)
    assert response.status_code == 200, response.text
    return response.json()


def take_snapshot(site: SiteClient, name: str) -> Any:
    path = "/_mock/sandboxes/default/snapshots"
    response = site.request("POST", path, json={"as": name})
    assert response.status_code == 201, response.text
    return response.json()


def calls_of(site: SiteClient, sandbox: str = "default") -> list[Any]:
    """The calls of a sandbox, without the URL of its own that each has."""
    found: list[Any] = site.get_json(f"/_sandbox/{sandbox}/_mock/calls")["calls"]
    return found


def states_of(site: SiteClient, sandbox: str = "default") -> list[str]:
    return [call["state"] for call in calls_of(site, sandbox)]


def requests_to(site: SiteClient) -> list[str]:
    return [delivery.id for delivery in site.dispatcher.deliveries]


def test_a_fork_has_the_calls_accounts_scenarios_and_clock_of_its_source(site: SiteClient) -> None:
    site.request("PUT", "/_mock/scenarios/mine", content=b"{legs: {callee: busy}}")
    site.request("PATCH", ACCOUNT_PATH, json={"retry": {"waits": ["5s"]}})
    site.request("POST", "/_mock/activations", json={"scenario": "no-answer", "times": 2})
    site.click_to_call("mine")
    site.click_to_call()
    site.advance(by="4s")
    site.click_to_call("waits-for-a-person")
    site.advance(by="20s")
    put(site, "copy", **{"from": "default"})
    for path in ("calls", "activations", "clock", "accounts/mobtexting", "scenarios"):
        copied = site.get_json(f"/_sandbox/copy/_mock/{path}")
        assert copied == site.get_json(f"/_mock/{path}"), path
    event = {"event": "hangup", "leg": "a"}
    site.request("POST", "/_sandbox/copy/_mock/calls/c3/events", json=event)
    site.request("DELETE", "/_sandbox/copy/_mock/scenarios/mine")
    assert states_of(site, "copy")[2] == "ended"
    assert states_of(site)[2] != "ended"
    assert "mine" in {each["name"] for each in site.get_json("/_mock/scenarios")["scenarios"]}


def test_a_fork_sends_only_the_webhooks_that_its_source_had_not_sent(site: SiteClient) -> None:
    site.click_to_call("callee-busy")
    site.advance()
    site.click_to_call("callee-busy")
    put(site, "copy", **{"from": "default"})
    assert requests_to(site) == ["w1"]
    site.request("POST", "/_sandbox/copy/_mock/clock/advance", json={"until": "idle"})
    assert requests_to(site) == ["w1", "w2"]


def test_a_fork_sends_again_what_was_under_way(site: SiteClient) -> None:
    """Nobody knows what becomes of the attempt of the source, so that the fork makes its own."""
    site.click_to_call("callee-busy")

    async def fork_meanwhile(_: Delivery) -> DeliveryResult:
        site.dispatcher.receive = accept
        async with site.client() as client:
            await client.put("/_mock/sandboxes/copy", json={"from": "default"})
        return DeliveryResult(status=500)

    async def accept(_: Delivery) -> DeliveryResult:
        return DeliveryResult(status=200)

    site.dispatcher.receive = fork_meanwhile
    site.advance()
    [original] = site.get_json("/_mock/webhooks")["webhooks"]
    [copied] = site.get_json("/_sandbox/copy/_mock/webhooks")["webhooks"]
    assert [each["status"] for each in original["attempts"]] == [500]
    assert [each["status"] for each in copied["attempts"]] == [200]


def test_a_snapshot_stays_as_it_was_and_survives_a_reset(site: SiteClient) -> None:
    site.click_to_call("callee-busy")
    assert take_snapshot(site, "seeded") == {
        "name": "seeded",
        "at": "2026-01-01T09:00:00.000Z",
        "inputs": 1,
    }
    site.click_to_call()
    site.request("POST", "/_mock/reset")
    listed = site.get_json("/_mock/sandboxes/default/snapshots")["snapshots"]
    assert [each["name"] for each in listed] == ["seeded"]
    put(site, "copy", **{"from": "default", "snapshot": "seeded"})
    assert states_of(site, "copy") == ["queued"]
    assert states_of(site) == []


def test_a_sandbox_is_restored_from_its_own_snapshot_again_and_again(site: SiteClient) -> None:
    site.click_to_call()
    take_snapshot(site, "seeded")
    for _ in range(2):
        site.click_to_call()
        put(site, "default", **{"from": "default", "snapshot": "seeded"})
        assert states_of(site) == ["queued"]


def test_a_fork_until_a_request_goes_back_in_time(site: SiteClient) -> None:
    for _ in range(3):
        site.click_to_call("callee-busy")
        site.advance(by="30s")
    put(site, "copy", **{"from": "default", "until": "r2"})
    assert states_of(site, "copy") == ["ended", "queued"]
    clock = site.get_json("/_sandbox/copy/_mock/clock")
    assert clock["now"] == "2026-01-01T09:00:30.000Z"


def test_a_fork_until_a_request_within_an_advance_stops_there(site: SiteClient) -> None:
    """A receiver sends the second request, while other calls still have to be played."""
    site.click_to_call("callee-busy")
    for _ in range(3):
        site.click_to_call("answered")

    async def call_back(_: Delivery) -> DeliveryResult:
        site.dispatcher.receive = accept
        async with site.client() as client:
            await client.post(CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers=HEADERS)
        return DeliveryResult(status=200)

    async def accept(_: Delivery) -> DeliveryResult:
        return DeliveryResult(status=200)

    site.dispatcher.receive = call_back
    site.advance()
    put(site, "copy", **{"from": "default", "until": "r5"})
    assert states_of(site) == ["ended"] * 5
    assert states_of(site, "copy") == ["ended", *["bridged"] * 3, "queued"]
    clock = site.get_json("/_sandbox/copy/_mock/clock")
    assert clock["now"] == site.get_json("/_mock/requests")["requests"][4]["at"]


def test_a_fork_can_have_another_clock_and_credentials_of_its_own(site: SiteClient) -> None:
    site.click_to_call()
    copied = put(
        site,
        "copy",
        **{"from": "default", "clock": "60x", "credentials": {"mobtexting": ["other"]}},
    )
    assert copied["clock"] == "60x"
    headers = {**HEADERS, "authorization": "Bearer other"}
    site.request("POST", CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers=headers)
    assert (len(calls_of(site, "copy")), len(calls_of(site))) == (2, 1)


def test_a_fork_of_a_fork_has_the_whole_log(site: SiteClient) -> None:
    site.click_to_call("callee-busy")
    site.advance()
    put(site, "first", **{"from": "default"})
    put(site, "second", **{"from": "first"})
    assert calls_of(site, "second") == calls_of(site)


@pytest.mark.parametrize(
    ("body", "status", "kind", "detail"),
    [
        (
            {"from": "defautl"},
            404,
            "unknown-sandbox",
            "no sandbox is named defautl: did you mean 'default'?",
        ),
        (
            {"from": "default", "snapshot": "seded"},
            404,
            "unknown-snapshot",
            "default has no snapshot seded: did you mean 'seeded'?",
        ),
        (
            {"from": "default", "until": "r9"},
            422,
            "invalid-body",
            "there is no request r9: the last is r1",
        ),
        (
            {"from": "default", "until": "9"},
            422,
            "invalid-body",
            "until must be the id of a request, such as r120, not '9'",
        ),
        (
            {"from": "default", "seed": "x"},
            422,
            "invalid-body",
            "a sandbox takes no 'seed': it takes from, snapshot, until, clock, credentials",
        ),
    ],
)
def test_a_fork_that_cannot_be_is_refused(
    site: SiteClient, body: dict[str, str], status: int, kind: str, detail: str
) -> None:
    site.click_to_call()
    take_snapshot(site, "seeded")
    response = site.request("PUT", "/_mock/sandboxes/copy", json=body)
    assert read_problem(response) == (status, kind, detail)
    assert site.registry.find("copy") is None


def test_a_fork_whose_inputs_do_something_else_is_refused(site: SiteClient) -> None:
    state = site.sandbox.state
    state.inputs.record("failed-item", state.started_at, {"error": "LookupError('oops')"})
    response = site.request("PUT", "/_mock/sandboxes/copy", json={"from": "default"})
    detail = "before input 1, the last due item does not fail"
    assert read_problem(response) == (409, "inputs-diverged", detail)
    assert site.registry.find("copy") is None


def test_a_log_beyond_its_limit_says_so_and_begins_anew_at_a_reset(site: SiteClient) -> None:
    state = site.sandbox.state
    state.inputs = Inputs(state.configuration, max_bytes=1_500)
    for _ in range(5):
        site.click_to_call()
    [heading] = site.request("GET", "/_mock/inputs").text.splitlines()
    assert '"complete":false,"count":5' in heading
    for method, path, body in (
        ("POST", "/_mock/sandboxes/default/snapshots", {"as": "late"}),
        ("PUT", "/_mock/sandboxes/copy", {"from": "default"}),
    ):
        response = site.request(method, path, json=body)
        detail = "the log of inputs exceeded 64 MB, so none of its 5 inputs is kept"
        found = (409, "inputs-incomplete", f"{detail}; a reset begins a new one")
        assert read_problem(response) == found
    site.request("POST", "/_mock/reset")
    take_snapshot(site, "fresh")


@pytest.mark.parametrize(
    ("body", "status"), [({"as": ""}, 422), ({"as": "a b"}, 422), ({"name": "x"}, 422)]
)
def test_a_snapshot_needs_a_name(site: SiteClient, body: dict[str, str], status: int) -> None:
    response = site.request("POST", "/_mock/sandboxes/default/snapshots", json=body)
    assert response.status_code == status


def test_a_sandbox_has_at_most_a_hundred_snapshots(site: SiteClient) -> None:
    async def fill() -> list[int]:
        async with site.client() as client:
            path = "/_mock/sandboxes/default/snapshots"
            names = [*map(str, range(101)), "0"]
            responses = [await client.post(path, json={"as": name}) for name in names]
            limit = (409, "too-many-snapshots", "a sandbox can have at most 100 snapshots")
            assert read_problem(responses[100]) == limit
            return [response.status_code for response in responses]

    assert asyncio.run(fill())[99:] == [201, 409, 201]


def test_a_snapshot_of_an_unknown_sandbox_is_refused(site: SiteClient) -> None:
    response = site.request("GET", "/_mock/sandboxes/nobody/snapshots")
    hint = "the first vendor request or change creates it"
    detail = f"no sandbox is named nobody: {hint}"
    assert (response.status_code, response.json()["detail"]) == (404, detail)
