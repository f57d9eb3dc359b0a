"""The blocking client against a server over a socket."""

import asyncio
from datetime import UTC, datetime

import httpx
import pytest

from mock_calls import (
    BlockingCall,
    ConnectionFailed,
    ControlError,
    MockServer,
    NotCalled,
    RequestRefused,
    WaitTimeout,
)
from tests.support.client_calls import HEADERS, click_to_call
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH

BUSY = ["placed", "begin", "ring a", "answer a", "ring b", "hangup b", "hangup a"]


def test_the_blocking_client_plays_a_call_from_request_to_report(mock: MockServer) -> None:
    mock.use("callee-busy", times=1)
    click_to_call(mock)
    result = mock.finish()
    [call] = mock.calls(provider="mobtexting")
    [webhook] = mock.webhooks(kind="completed")
    [request] = mock.requests()
    assert (call.outcome, call.leg("b").cause, call.leg("to").cause) == ("busy", "busy", "busy")
    assert list(call.events[: len(BUSY)]) == BUSY
    assert (webhook.call, webhook.attempts[0].status) == (call.id, 200)
    assert webhook.body["status"] == "MISSED"
    assert (request.operation, request.status, request.calls) == ("c2c", 200, (call.id,))
    assert (result.attempts, result.pending, result.stop_reason) == (1, 0, None)
    assert result.now == call.ended_at == datetime(2026, 1, 1, 9, 0, 5, tzinfo=UTC)
    assert mock.call(call.id) == call


def test_a_request_has_the_scenarios_of_its_header(mock: MockServer) -> None:
    headers = {**HEADERS, "x-mock-scenario": "callee-busy, late-report"}
    url = mock.url("mobtexting") + CLICK_TO_CALL_PATH
    httpx.post(url, json=dict(CLICK_TO_CALL), headers=headers, trust_env=False)
    click_to_call(mock)
    assert [request.scenarios for request in mock.requests()] == [
        ("callee-busy", "late-report"),
        (),
    ]


def test_a_report_says_what_a_receiver_did(mock: MockServer) -> None:
    mock.program(500, name="shop")
    mock.deliver("mobtexting", f"{mock.origin}/_sandbox/{mock.sandbox}/_mock/receive/shop")
    mock.scenario("twice", {"webhooks": {"any": {"duplicate": 2}}})
    mock.use("twice")
    click_to_call(mock)
    mock.finish()
    [report] = mock.report()
    assert (report.attempts, report.failures, report.timeouts) == (2, 1, 0)
    assert (report.statuses, report.errors) == ({200: 1, 500: 1}, {})
    assert report.failed_webhooks == {"500": ("w1",)}
    assert report.p50 is not None
    assert report.p99 is not None
    assert report.p50 <= report.p99
    assert [each["webhooks"] for each in report.differing_copies] == [["w1", "w2"]]
    assert report.follow_ups == ()


def test_a_receiver_that_nothing_was_sent_to_has_no_latency(mock: MockServer) -> None:
    mock.scenario("simulated", {"webhooks": {"any": {"attempts": ["timeout"]}}})
    mock.use("simulated")
    click_to_call(mock)
    mock.finish()
    [report] = mock.report()
    assert (report.attempts, report.unasked, report.p50, report.p99) == (0, 1, None, None)


def test_an_unknown_leg_is_a_lookup_error_that_names_the_legs(mock: MockServer) -> None:
    click_to_call(mock)
    with pytest.raises(LookupError, match="call c1 has no leg c, only callee, a, b, from, to"):
        mock.calls()[0].leg("c")


def test_the_clock_advances_by_a_duration_and_to_a_time(mock: MockServer) -> None:
    assert mock.advance("90s").now == datetime(2026, 1, 1, 9, 1, 30, tzinfo=UTC)
    assert mock.advance(0.5).now == datetime(2026, 1, 1, 9, 1, 30, 500_000, tzinfo=UTC)
    assert mock.advance_to("2026-01-02T00:00:00Z").now == datetime(2026, 1, 2, tzinfo=UTC)
    assert mock.clock()["mode"] == "manual"


def test_a_test_plays_a_leg_by_events(mock: MockServer) -> None:
    mock.use("waits-for-a-person")
    click_to_call(mock)
    mock.finish()
    assert mock.calls()[0].waiting == ("person",)
    assert mock.event("c1", "hangup", leg="b", cause="busy").outcome == "busy"
    with pytest.raises(
        ControlError, match="POST /_mock/calls/c1/events -> 409: hangup is not possible"
    ):
        mock.event("c1", "hangup", leg="b")


def test_a_test_sets_scenario_account_webhook_url_and_inbox(mock: MockServer) -> None:
    mock.scenario("mine", {"legs": {"callee": "rejected"}})
    mock.use("mine")
    mock.deliver("mobtexting", to=mock.inbox_url("app"))
    mock.account("mobtexting", "mobtexting-default", {"retry": {"waits": ["60s"]}})
    mock.program(500, name="app")
    click_to_call(mock)
    mock.finish()
    assert [received.status for received in mock.inbox("app")] == [500, 200]
    assert [attempt.status for attempt in mock.webhooks()[0].attempts] == [500, 200]
    assert mock.calls()[0].outcome == "rejected"
    assert mock.redeliver("w1").state == "pending"


def test_reset_removes_calls_and_journal(mock: MockServer) -> None:
    click_to_call(mock)
    mock.reset()
    assert (mock.calls(), mock.journal()) == ([], [])


def test_wait_for_webhook_advances_the_clock_as_far_as_needed(mock: MockServer) -> None:
    click_to_call(mock)
    webhook = mock.wait_for_webhook(advance="1h", body__status="COMPLETED")
    assert webhook.kind == "completed"
    assert mock.clock()["now"] == "2026-01-01T09:00:10.000Z"


def test_a_wait_that_times_out_names_the_nearest_webhook_field_by_field(mock: MockServer) -> None:
    click_to_call(mock)
    mock.finish()
    with pytest.raises(WaitTimeout) as error:
        mock.wait_for_webhook(within=0, kind="completed", body__status="MISSED")
    assert str(error.value) == (
        "no webhook has come that matches {'kind': 'completed', 'body.status': 'MISSED'}: "
        "0 of 1 matched. The clock is manual and stands at 2026-01-01T09:00:10.000Z, "
        "and nothing is due.\n"
        "  w1 came near, but:\n"
        "    body.status is 'COMPLETED', not 'MISSED'"
    )


def test_a_wait_that_times_out_says_that_there_is_nothing_near(mock: MockServer) -> None:
    with pytest.raises(WaitTimeout, match="there is nothing that comes near"):
        mock.wait_for("call", {}, timeout=0)


def test_assert_called_counts_matching_requests(mock: MockServer) -> None:
    click_to_call(mock)
    click_to_call(mock, to="flow:220")
    assert [request.id for request in mock.assert_called(operation="c2c")] == ["r1", "r2"]
    assert [request.id for request in mock.assert_called(times=1, body__to="flow:*")] == ["r2"]
    assert mock.assert_called(times=0, body__to="1") == []
    with pytest.raises(NotCalled, match=r"2 requests match {'operation': 'c2c'}, not 1"):
        mock.assert_called(times=1, operation="c2c")
    with pytest.raises(NotCalled, match=r"2 requests match {}, not 0"):
        mock.assert_called(times=0)
    with pytest.raises(WaitTimeout, match="operation is 'c2c', not 'create'"):
        mock.assert_called(operation="create")


def test_assert_order_checks_the_order_of_webhooks_or_requests(mock: MockServer) -> None:
    for to in ("918867136001", "918867136002"):
        click_to_call(mock, to=to)
        mock.finish()
    first, second = {"body.to": 918867136001}, {"body.to": 918867136002}
    mock.assert_order(first, second)
    mock.assert_order({"body.to": "*"}, second)
    mock.assert_order({"body.to": "918867136001"}, kind="request")
    with pytest.raises(NotCalled) as error:
        mock.assert_order(second, first)
    assert str(error.value) == (
        "nothing that matches {'body.to': 918867136001} comes in that place of: 1. w1, 2. w2\n"
        "  there is nothing that comes near"
    )


def test_explain_takes_a_response_or_a_request_id(mock: MockServer) -> None:
    response = click_to_call(mock, **{"from": "+91 88"})
    explanation = mock.explain(response)
    assert explanation.reason.startswith("from-malformed (assumed)")
    assert explanation == mock.explain("r1")
    assert str(explanation).splitlines()[1] == (
        "  rule from-malformed (assumed) field from, received '+91 88'"
    )
    assert str(explanation).splitlines()[2].startswith("  would pass: 10 to 15 digits")


def test_explain_of_an_unknown_path_names_the_nearest_operation(mock: MockServer) -> None:
    response = httpx.post(
        mock.url("mobtexting") + "/api/v2/voice/c2", headers=HEADERS, trust_env=False
    )
    assert f"  nearest: POST {CLICK_TO_CALL_PATH}" in str(mock.explain(response)).splitlines()


def test_timeline_returns_text(mock: MockServer) -> None:
    click_to_call(mock)
    assert mock.timeline().splitlines()[1] == "09:00:00 mobtexting c1 placed"


def test_url_has_the_host_and_the_sandbox_unless_it_is_the_default(
    origin: str, mock: MockServer
) -> None:
    assert mock.url("p", "h.test") == f"{origin}/_sandbox/{mock.sandbox}/p/h.test"
    with MockServer(f"{origin}/") as client:
        assert client.url("mobtexting") == f"{origin}/mobtexting"
        assert client.inbox_url() == f"{origin}/_mock/receive/inbox"


def test_a_server_that_cannot_be_reached_raises_connection_failed() -> None:
    with (
        MockServer("http://127.0.0.1:9") as client,
        pytest.raises(ConnectionFailed, match="no mock server answers at http"),
    ):
        client.calls()


def test_the_blocking_client_refuses_to_run_inside_an_event_loop(mock: MockServer) -> None:
    async def call_inside_a_loop() -> None:
        mock.calls()

    with pytest.raises(BlockingCall, match="use AsyncMockServer"):
        asyncio.run(call_inside_a_loop())


def test_the_blocking_client_runs_between_two_calls_of_a_blocking_playwright(
    mock: MockServer,
) -> None:
    """Such code runs in a callback of a loop, and in none of its tasks."""
    loop, found = asyncio.new_event_loop(), []
    loop.call_soon(lambda: found.append(mock.calls()))
    loop.call_soon(loop.stop)
    loop.run_forever()
    loop.close()
    assert found == [[]]


def test_the_clock_advances_until_what_is_due_next_and_until_nothing_is_due(
    mock: MockServer,
) -> None:
    click_to_call(mock)
    first, second = (mock.advance_until("next").events for _ in range(2))
    assert (first > 0, second > 0, mock.calls()[0].state) == (True, True, "answered")
    assert (mock.advance_until("empty").pending, mock.calls()[0].state) == (0, "ended")
    with pytest.raises(ControlError, match="until takes idle, next or empty"):
        mock.advance_until("end")


def test_a_receiver_returns_what_it_has_received(mock: MockServer) -> None:
    mock.program(204)
    body = {"a": 1}
    httpx.put(f"{mock.inbox_url()}?b=c", json=body, headers={"x-d": "e"}, trust_env=False)
    [received] = mock.inbox()
    assert (received.method, received.query, received.body, received.status) == (
        *("PUT", "b=c"),
        *(body, 204),
    )
    assert (received.at, received.headers["x-d"]) == (datetime(2026, 1, 1, 9, tzinfo=UTC), "e")


def test_raise_for_fault_names_the_rule_the_value_and_a_hint(mock: MockServer) -> None:
    assert mock.raise_for_fault(click_to_call(mock)).status_code == 200
    with pytest.raises(RequestRefused) as error:
        mock.raise_for_fault(click_to_call(mock, to="+918867136000"))
    assert error.value.status == 422
    assert error.value.explanation.rules[0]["fault"] == "to-malformed"
    path = f"/_sandbox/{mock.sandbox}/mobtexting/api/v2/voice/c2c"
    passing = "would pass: 10 to 15 digits with country code, or flow:<id>, such as 918867136000"
    assert str(error.value).splitlines() == [
        (
            f"POST {path} -> 422: to-malformed (assumed): The to format is invalid.; "
            "to: received '+918867136000'; "
            f"{passing}"
        ),
        "  rule to-malformed (assumed) field to, received '+918867136000'",
        f"  {passing}",
        (
            "  hint: to needs no plus in front of it: '918867136000' would pass, "
            "'+918867136000' does not"
        ),
    ]


def test_raise_for_fault_raises_for_a_fault_with_status_200(mock: MockServer) -> None:
    body = {"api-version": "9", "security-id": "x", "flow-id": "Ab12Cd34", "calls": []}
    url = mock.url("phonon") + "/kairos-apis/outbound/create"
    response = httpx.post(url, json=body, trust_env=False)
    assert response.status_code == 200
    with pytest.raises(RequestRefused, match="-> 200: "):
        mock.raise_for_fault(response)


def test_a_fork_is_a_sandbox_of_its_own_that_begins_as_this_one_was(mock: MockServer) -> None:
    click_to_call(mock)
    mock.snapshot("placed")
    mock.finish()
    with mock.fork(snapshot="placed") as fork:
        assert [call.state for call in fork.calls()] == ["queued"]
        fork.finish()
        assert fork.calls()[0].events == mock.calls()[0].events
        click_to_call(fork)
        fork.drop()
    assert len(mock.calls()) == 1
