"""Redials, texts, limits and webhooks of Innocalls calls."""

import pytest

from mockserver.core.call import Call
from mockserver.engine.sandbox_state import SandboxState
from mockserver.providers.innocalls.webhooks import add_query
from tests.support import read
from tests.support.simulation import START, play_until_idle
from tests.support.vendors.innocalls import change_account, request

MINUTE = 60_000
HOOK = "http://localhost:3000/hook?a=b"


def attempt_minutes(call: Call) -> list[int]:
    """Return the minutes after the request at which each attempt began."""
    times = [attempt.started_at for attempt in call.attempts]
    return [(at - START) // MINUTE for at in (*times, call.attempt_started_at or 0)]


def texts_played(state: SandboxState) -> list[object]:
    events = [event for call in read.calls(state).values() for event in call.events]
    return [event.data["text"] for event in events if event.type == "play"]


@pytest.mark.parametrize(
    ("scenario", "fields", "minutes", "outcome"),
    [
        ("no-answer", {"tries": " 2", "try_delay": "50"}, [0, 50, 100], "no-answer"),
        ("callee-busy", {"tries": "2", "try_delay": "50"}, [0, 50, 100], "busy"),
        ("third-time-lucky", {"tries": 2, "try_delay": 50}, [0, 50, 100], "completed"),
        ("third-time-lucky", {"tries": 9, "try_delay": 1}, [0, 1, 2], "completed"),
        ("no-answer", {"tries": "1"}, [0, 1], "no-answer"),
        ("no-answer", {"tries": ""}, [0], "no-answer"),
        ("no-answer", {}, [0], "no-answer"),
        ("rejected", {"tries": "2", "try_delay": "50"}, [0], "rejected"),
        ("unreachable", {"tries": "2", "try_delay": "50"}, [0], "unreachable"),
        ("answered", {"tries": "2", "try_delay": "50"}, [0], "completed"),
        ("no-answer", {"tries": "1", "try_delay": "0"}, [0, 0], "no-answer"),
    ],
)
def test_an_order_confirmation_is_redialed_after_no_answer_or_busy(
    state: SandboxState, scenario: str, fields: dict[str, object], minutes: list[int], outcome: str
) -> None:
    request(state, "order-confirmation", scenario, **fields)
    play_until_idle(state)
    assert (attempt_minutes(read.calls(state)["c1"]), read.calls(state)["c1"].outcome) == (
        minutes,
        outcome,
    )


@pytest.mark.parametrize(
    ("redial_after", "fields", "minutes"),
    [
        ("5m", {}, [0, 5, 10]),
        ("5m", {"try_delay": " "}, [0, 5, 10]),
        ("5m", {"try_delay": "50"}, [0, 50, 100]),
        ("0s", {}, [0, 0, 0]),
    ],
)
def test_a_redial_without_a_try_delay_comes_after_the_pause_of_the_account(
    state: SandboxState, redial_after: str, fields: dict[str, object], minutes: list[int]
) -> None:
    change_account(state, redial_after=redial_after)
    request(state, "order-confirmation", "no-answer", tries=2, **fields)
    play_until_idle(state)
    assert attempt_minutes(read.calls(state)["c1"]) == minutes


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({}, "order number 123456789"),
        ({"type": " "}, "order number 123456789"),
        ({"type": "order_cost", "order_cost": 19.9}, "order cost 19.9"),
        (
            {"type": "order_number.order_cost.items_count", "order_cost": "2300", "items_count": 2},
            "order number 123456789, order cost 2300, items count 2",
        ),
    ],
)
def test_an_order_confirmation_reads_out_the_fields_named_by_type(
    state: SandboxState, fields: dict[str, object], text: str
) -> None:
    request(state, "order-confirmation", **fields)
    play_until_idle(state)
    assert texts_played(state) == [text]


def test_a_bridge_plays_no_text_and_sends_no_webhook(state: SandboxState) -> None:
    request(state, "bridge")
    assert play_until_idle(state) == []
    assert texts_played(state) == []


@pytest.mark.parametrize(("duration", "end"), [("1", 64_000), ("2", 124_000), (3, 184_000)])
def test_the_duration_of_a_bridge_counts_from_the_answer_of_the_second_callee(
    state: SandboxState, duration: object, end: int
) -> None:
    numbers = {"first_callee_number": "20100010200", "second_callee_number": "20200010200"}
    request(state, "bridge", duration=duration, **numbers)
    play_until_idle(state)
    assert read.calls(state)["c1"].ended_at == START + end


@pytest.mark.parametrize(
    ("scenario", "webhooks"),
    [
        ("one-then-two", ["GetDigits 1", "GetDigits 2", "CDR Answered"]),
        ("presses-one", ["GetDigits 1", "CDR Answered"]),
        ("no-answer", ["CDR Failed"]),
        ("callee-busy", ["CDR Failed"]),
        ("answered", ["CDR Answered"]),
    ],
)
def test_a_dispatch_reports_each_digit_and_then_the_call(
    state: SandboxState, scenario: str, webhooks: list[str]
) -> None:
    exchange = request(state, "dispatch", scenario, webhook=HOOK)
    assert isinstance(exchange.response.body, dict)
    call_id = exchange.response.body["data"]["callId"]
    requests = [delivery.webhook for delivery in play_until_idle(state)]
    urls = {
        "GetDigits 1": f"{HOOK}&action=GetDigits&callId={call_id}&clicked=1",
        "GetDigits 2": f"{HOOK}&action=GetDigits&callId={call_id}&clicked=2",
        "CDR Answered": f"{HOOK}&action=CDR&callId={call_id}&disposition=Answered&to=966500000000",
        "CDR Failed": f"{HOOK}&action=CDR&callId={call_id}&disposition=Failed&to=966500000000",
    }
    assert [(request.method, request.url, request.body) for request in requests] == [
        ("GET", urls[name], None) for name in webhooks
    ]


def test_a_dispatch_with_the_placeholder_webhook_sends_nothing(state: SandboxState) -> None:
    request(state, "dispatch", "one-then-two")
    assert play_until_idle(state) == []
    assert texts_played(state) == ["1 2"]


@pytest.mark.parametrize(
    ("url", "merged_url"),
    [
        ("http://h/p", "http://h/p?x=1+2"),
        ("http://h", "http://h?x=1+2"),
        ("http://h/p?", "http://h/p?x=1+2"),
        ("http://h/p?a=b&c", "http://h/p?a=b&c&x=1+2"),
        ("http://h/p?a=b#part", "http://h/p?a=b&x=1+2"),
    ],
)
def test_add_query_keeps_the_existing_query(url: str, merged_url: str) -> None:
    assert add_query(url, {"x": "1 2"}) == merged_url
