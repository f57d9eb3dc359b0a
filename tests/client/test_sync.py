"""The blocking client, against a server over a socket."""

import asyncio
from datetime import UTC, datetime

import httpx
import pytest

from mockserver.client import (
    BlockingCall,
    MockServer,
    NotAccepted,
    NotCalled,
    NotInTime,
    Refused,
    Unreachable,
)
from tests.support.client_calls import CLICK_TO_CALL_PATH, HEADERS, click_to_call

BUSY = ["placed", "begin", "ring a", "answer a", "ring b", "hangup b", "hangup a"]


def test_call_from_request_to_report(mock: MockServer) -> None:
    mock.use("callee-busy", times=1)
    click_to_call(mock)
    advanced = mock.finish()
    [call] = mock.calls(provider="mobtexting")
    [webhook] = mock.webhooks(kind="completed")
    [request] = mock.requests()
    assert (call.outcome, call.leg("b").cause, call.leg("to").cause) == ("busy", "busy", "busy")
    assert list(call.events[: len(BUSY)]) == BUSY
    assert (webhook.call, webhook.attempts[0].status) == (call.id, 200)
    assert webhook.body["status"] == "MISSED"
    assert (request.operation, request.status, request.call) == ("c2c", 200, call.id)
    assert (advanced.attempts, advanced.pending, advanced.stopped) == (1, 0, None)
    assert advanced.now == call.ended_at == datetime(2026, 1, 1, 9, 0, 5, tzinfo=UTC)
    assert mock.call(call.id) == call


def test_leg_that_is_not_there(mock: MockServer) -> None:
    click_to_call(mock)
    with pytest.raises(LookupError, match="call c1 has no leg c, only \\['a', 'b'\\]"):
        mock.calls()[0].leg("c")


def test_time_moves_by_and_to(mock: MockServer) -> None:
    assert mock.advance("90s").now == datetime(2026, 1, 1, 9, 1, 30, tzinfo=UTC)
    assert mock.advance(0.5).now == datetime(2026, 1, 1, 9, 1, 30, 500_000, tzinfo=UTC)
    assert mock.advance_to("2026-01-02T00:00:00Z").now == datetime(2026, 1, 2, tzinfo=UTC)
    assert mock.clock()["mode"] == "manual"


def test_phone_is_played(mock: MockServer) -> None:
    mock.use("waits-for-a-person")
    click_to_call(mock)
    mock.finish()
    assert mock.calls()[0].waiting == ("person",)
    assert mock.event("c1", "hangup", leg="b", cause="busy").outcome == "busy"
    with pytest.raises(Refused, match="POST /_mock/calls/c1/events -> 409: hangup is not possible"):
        mock.event("c1", "hangup", leg="b")


def test_scenario_account_and_inbox(mock: MockServer) -> None:
    mock.scenario("mine", {"legs": {"callee": "rejected"}})
    mock.use("mine")
    mock.deliver("mobtexting", to=mock.inbox_url("app"))
    mock.account("mobtexting", "mobtexting-default", {"retry": {"waits": ["60s"]}})
    mock.program(500, name="app")
    click_to_call(mock)
    mock.finish()
    assert [one["status"] for one in mock.inbox("app")] == [500, 200]
    assert [one.status for one in mock.webhooks()[0].attempts] == [500, 200]
    assert mock.calls()[0].outcome == "rejected"
    assert mock.redeliver("w1").state == "pending"


def test_reset_forgets(mock: MockServer) -> None:
    click_to_call(mock)
    mock.reset()
    assert (mock.calls(), mock.journal()) == ([], [])


def test_wait_advances_the_clock_as_far_as_needed(mock: MockServer) -> None:
    click_to_call(mock)
    webhook = mock.wait_for_webhook(advance="1h", body__status="COMPLETED")
    assert webhook.kind == "completed"
    assert mock.clock()["now"] == "2026-01-01T09:00:10.000Z"


def test_wait_in_vain_names_the_nearest_field_by_field(mock: MockServer) -> None:
    click_to_call(mock)
    mock.finish()
    with pytest.raises(NotInTime) as raised:
        mock.wait_for_webhook(within=0, kind="completed", body__status="MISSED")
    assert str(raised.value) == (
        "no webhook has come that matches {'kind': 'completed', 'body.status': 'MISSED'}: "
        "0 of 1 matched within 0 s\n"
        "  w1 came near, but:\n"
        "    body.status is 'COMPLETED', not 'MISSED'"
    )


def test_wait_where_nothing_is(mock: MockServer) -> None:
    with pytest.raises(NotInTime, match="there is nothing that comes near"):
        mock.wait_for("call", {}, timeout=0)


def test_assert_called(mock: MockServer) -> None:
    click_to_call(mock)
    click_to_call(mock, to="flow:220")
    assert [one.id for one in mock.assert_called(operation="c2c")] == ["r1", "r2"]
    assert [one.id for one in mock.assert_called(times=1, body__to="flow:*")] == ["r2"]
    assert mock.assert_called(times=0, body__to="1") == []
    with pytest.raises(NotCalled, match=r"2 requests match {'operation': 'c2c'}, not 1"):
        mock.assert_called(times=1, operation="c2c")
    with pytest.raises(NotCalled, match=r"2 requests match {}, not 0"):
        mock.assert_called(times=0)
    with pytest.raises(NotInTime, match="operation is 'c2c', not 'other'"):
        mock.assert_called(operation="other")


def test_assert_order(mock: MockServer) -> None:
    for to in ("918867136001", "918867136002"):
        click_to_call(mock, to=to)
        mock.finish()
    first, second = {"body.to": 918867136001}, {"body.to": 918867136002}
    mock.assert_order(first, second)
    mock.assert_order({"body.to": "*"}, second)
    mock.assert_order({"body.to": "918867136001"}, kind="request")
    with pytest.raises(NotCalled) as raised:
        mock.assert_order(second, first)
    assert str(raised.value) == (
        "nothing that matches {'body.to': 918867136001} comes in that place of: 1. w1, 2. w2\n"
        "  there is nothing that comes near"
    )


def test_explain_by_response_and_by_id(mock: MockServer) -> None:
    refused = click_to_call(mock, **{"from": "+91 88"})
    told = mock.explain(refused)
    assert told == mock.explain("r1")
    assert str(told).splitlines()[1] == (
        "  rule from-malformed (assumed) field from, received '+91 88'"
    )
    assert str(told).splitlines()[2].startswith("  would pass: 10 to 15 digits")


def test_explain_of_a_path_that_nobody_has(mock: MockServer) -> None:
    lost = httpx.post(mock.url("mobtexting") + "/api/v2/voice/c2", headers=HEADERS, trust_env=False)
    assert f"  nearest: POST {CLICK_TO_CALL_PATH}" in str(mock.explain(lost)).splitlines()


def test_timeline_is_text(mock: MockServer) -> None:
    click_to_call(mock)
    assert mock.timeline().splitlines()[1] == "09:00:00 mobtexting c1 placed"


def test_url_of_a_host_and_of_the_default_sandbox(origin: str, mock: MockServer) -> None:
    assert mock.url("p", "h.test") == f"{origin}/_sandbox/{mock.sandbox}/p/h.test"
    with MockServer(f"{origin}/") as client:
        assert client.url("mobtexting") == f"{origin}/mobtexting"
        assert client.inbox_url() == f"{origin}/_mock/inbox/inbox"


def test_nobody_answers() -> None:
    with (
        MockServer("http://127.0.0.1:9") as client,
        pytest.raises(Unreachable, match="no mock server answers at http"),
    ):
        client.calls()


def test_blocking_call_inside_a_loop(mock: MockServer) -> None:
    async def looping() -> None:
        mock.calls()

    with pytest.raises(BlockingCall, match="use AsyncMockServer"):
        asyncio.run(looping())


def test_token_is_sent(mock: MockServer, origin: str) -> None:
    with MockServer(origin, mock.sandbox, "secret") as client:
        client.calls()
    assert client._client.headers["authorization"] == "Bearer secret"  # noqa: SLF001 - else unseen


def test_raise_for_fault_names_rule_value_and_slip(mock: MockServer) -> None:
    assert mock.raise_for_fault(click_to_call(mock)).status_code == 200
    with pytest.raises(NotAccepted) as caught:
        mock.raise_for_fault(click_to_call(mock, to="+918867136000"))
    assert caught.value.status == 422
    assert caught.value.explained.rules[0]["fault"] == "to-malformed"
    path = f"/_sandbox/{mock.sandbox}/mobtexting/api/v2/voice/c2c"
    assert str(caught.value).splitlines() == [
        (
            f"POST {path} -> 422: to-malformed (assumed): The to format is invalid.; "
            "to: received '+918867136000'; "
            "would pass: 10 to 15 digits with country code, or flow:<id>"
        ),
        "  rule to-malformed (assumed) field to, received '+918867136000'",
        "  would pass: 10 to 15 digits with country code, or flow:<id>",
        (
            "  hint: to needs no plus in front of it: '918867136000' would pass, "
            "'+918867136000' does not"
        ),
    ]


def test_raise_for_fault_sees_a_refusal_that_comes_with_200(mock: MockServer) -> None:
    body = {"api-version": "9", "security-id": "x", "flow-id": "Ab12Cd34", "calls": []}
    url = mock.url("phonon") + "/kairos-apis/outbound/create"
    answer = httpx.post(url, json=body, trust_env=False)
    assert answer.status_code == 200
    with pytest.raises(NotAccepted, match="-> 200: "):
        mock.raise_for_fault(answer)
