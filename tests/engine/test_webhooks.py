"""Webhooks: their addresses, copies, delays, order and bodies."""

from collections.abc import Mapping

import pytest

from mockserver.core.behavior import DurationRange, fixed_duration
from mockserver.core.call import Event
from mockserver.core.configuration import Configuration
from mockserver.core.journal import Ignored, JournalEntry
from mockserver.core.scenario import DeliveryBehavior, Scenario
from mockserver.core.webhook import GARBAGE_BODY, render_body
from mockserver.engine.effects import place_call
from mockserver.engine.reordering import release_held
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.webhooks import enqueue, inbox_url, is_due_before_response
from tests.support import read
from tests.support.builders import build_call, build_call_spec, build_delivery, build_webhook
from tests.support.matches import match_call
from tests.support.simulation import START, click_to_call, play_until_idle, state_with_scenarios

SPEC = build_call_spec(created_at=START)
CALL = build_call(spec=SPEC, starts_at=START + 10**9, events=(Event(at=START, type="placed"),))


def state_with_webhooks(configuration: Configuration, **kinds: DeliveryBehavior) -> SandboxState:
    """Return a state with a call that has not begun, and these delivery behaviors."""
    state = state_with_scenarios(configuration, Scenario(name="mine", webhooks=kinds))
    place_call(state, CALL, START, match_call(state, CALL))
    return state


def scheduled_deliveries(state: SandboxState) -> list[tuple[str, int]]:
    """Return the scheduled deliveries in order, each with its delay in ms."""
    return [
        (due.subject, due.at - START)
        for due in sorted(read.pending_items(state))
        if due.kind == "delivery"
    ]


def delivery_states(state: SandboxState) -> list[str]:
    return [delivery.state for delivery in read.deliveries(state).values()]


@pytest.mark.parametrize(
    ("url", "targets", "expected"),
    [
        ("http://own/", {"mobtexting": "http://target/"}, "http://own/"),
        ("", {"mobtexting": "http://target/"}, "http://target/"),
        ("", {"phonon": "http://target/"}, "{origin}/_mock/receive/mobtexting"),
        ("", {}, "{origin}/_mock/receive/mobtexting"),
    ],
)
def test_a_webhook_goes_to_its_own_url_the_target_or_the_inbox(
    configuration: Configuration, url: str, targets: Mapping[str, str], expected: str
) -> None:
    state = state_with_webhooks(configuration._replace(webhook_targets=targets))
    state.epoch = 3
    webhook = build_webhook(url=url, body={"a": 1})
    enqueue(state, webhook, START + 7)
    addressed = webhook.replace(url=expected)
    account = "mobtexting-default"
    assert read.deliveries(state) == {
        "w1": build_delivery(account=account, webhook=addressed, epoch=3, next_attempt_at=START + 7)
    }


def test_the_deliveries_of_a_call_are_listed_in_order(state: SandboxState) -> None:
    for number in (1, 2):
        spec = SPEC.replace(id=f"c{number}")
        call = CALL.replace(spec=spec)
        place_call(state, call, START, match_call(state, call))
    for name in ("c1", "c2", "c1"):
        enqueue(state, build_webhook(call_id=name), START)
    assert read.delivery_ids_by_call(state) == {"c1": ["w1", "w3"], "c2": ["w2"]}
    assert [name for name, _ in scheduled_deliveries(state)] == ["w1", "w2", "w3"]


def test_the_inbox_url_has_our_origin_and_the_sandbox_name(configuration: Configuration) -> None:
    default, other = SandboxState(configuration, START), SandboxState(configuration, START, "t1")
    assert inbox_url(default, "mobtexting") == "{origin}/_mock/receive/mobtexting"
    assert inbox_url(other, "mobtexting") == "{origin}/_sandbox/t1/_mock/receive/mobtexting"


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ({}, [("w1", 0)]),
        ({"completed": DeliveryBehavior(duplicate=3)}, [("w1", 0), ("w2", 0), ("w3", 0)]),
        ({"any": DeliveryBehavior(duplicate=2)}, [("w1", 0), ("w2", 0)]),
        ({"any": DeliveryBehavior(duplicate=2), "completed": DeliveryBehavior()}, [("w1", 0)]),
        ({"other": DeliveryBehavior(duplicate=2)}, [("w1", 0)]),
        ({"any": DeliveryBehavior(delay=fixed_duration(10_000))}, [("w1", 10_000)]),
        ({"any": DeliveryBehavior(delay=fixed_duration(0))}, [("w1", 0)]),
        ({"any": DeliveryBehavior(delay=DurationRange(low=1_000, high=9_000))}, [("w1", 4_619)]),
        (
            {"any": DeliveryBehavior(duplicate=2, delay=DurationRange(low=1_000, high=9_000))},
            [("w1", 4_619), ("w2", 4_619)],
        ),
        ({"any": DeliveryBehavior(before_reply=True)}, [("w1", 0)]),
    ],
)
def test_the_scenario_decides_the_copies_and_the_delay_of_a_webhook(
    configuration: Configuration,
    kinds: dict[str, DeliveryBehavior],
    expected: list[tuple[str, int]],
) -> None:
    state = state_with_webhooks(configuration, **kinds)
    enqueue(state, build_webhook(), START)
    assert (scheduled_deliveries(state), set(delivery_states(state))) == (expected, {"pending"})


@pytest.mark.parametrize(
    ("drop", "duplicate", "expected"),
    [
        (1, 1, ["dropped", "pending", "pending"]),
        (2, 1, ["dropped", "dropped", "pending"]),
        (None, 1, ["dropped"] * 3),
        (None, 2, ["dropped"] * 3),
        (1, 2, ["dropped", "pending", "pending", "pending", "pending"]),
        (0, 1, ["pending"] * 3),
    ],
)
def test_the_first_webhooks_or_all_are_dropped_and_journaled(
    configuration: Configuration, drop: int | None, duplicate: int, expected: list[str]
) -> None:
    state = state_with_webhooks(configuration, any=DeliveryBehavior(duplicate=duplicate, drop=drop))
    for _ in range(3):
        enqueue(state, build_webhook(), START)
    dropped = [
        name for name, delivery in read.deliveries(state).items() if delivery.state == "dropped"
    ]
    assert delivery_states(state) == expected
    assert [entry for entry in read.journal(state) if entry.type == "webhook-dropped"] == [
        JournalEntry(
            at=START,
            type="webhook-dropped",
            call_id="c1",
            payload={"webhook": name, "kind": "completed"},
        )
        for name in dropped
    ]
    assert [name for name, _ in scheduled_deliveries(state)] == [
        delivery for delivery in read.deliveries(state) if delivery not in dropped
    ]


def test_dropped_webhooks_are_counted_by_kind(configuration: Configuration) -> None:
    state = state_with_webhooks(configuration, any=DeliveryBehavior(drop=1))
    for kind in ("x", "y", "x", "y"):
        enqueue(state, build_webhook(kind=kind), START)
    assert delivery_states(state) == ["dropped", "dropped", "pending", "pending"]


@pytest.mark.parametrize(
    ("kinds", "sent", "expected"),
    [
        ({"any": DeliveryBehavior(reorder=True)}, [("x", 0), ("y", 5)], [("w2", 5), ("w1", 5)]),
        (
            {"any": DeliveryBehavior(reorder=True)},
            [("x", 0), ("y", 5), ("x", 9)],
            [("w2", 5), ("w1", 5), ("w3", 20)],
        ),
        ({"x": DeliveryBehavior(reorder=True)}, [("x", 0), ("y", 5)], [("w2", 5), ("w1", 5)]),
        ({"y": DeliveryBehavior(reorder=True)}, [("x", 0), ("y", 5)], [("w1", 0), ("w2", 20)]),
        (
            {"x": DeliveryBehavior(duplicate=2, reorder=True)},
            [("x", 0), ("y", 5)],
            [("w3", 5), ("w1", 5), ("w2", 5)],
        ),
        (
            {"x": DeliveryBehavior(reorder=True), "y": DeliveryBehavior(delay=fixed_duration(7))},
            [("x", 0), ("y", 5)],
            [("w2", 12), ("w1", 12)],
        ),
        (
            {"x": DeliveryBehavior(reorder=True, delay=fixed_duration(50))},
            [("x", 0), ("y", 5)],
            [("w2", 5), ("w1", 50)],
        ),
        ({"any": DeliveryBehavior(reorder=True)}, [("x", 0)], [("w1", 20)]),
        (
            {"x": DeliveryBehavior(reorder=True), "y": DeliveryBehavior(drop=None)},
            [("x", 0), ("y", 5)],
            [("w1", 20)],
        ),
    ],
)
def test_a_reordered_webhook_is_held_until_the_next_one_or_the_end(
    configuration: Configuration,
    kinds: dict[str, DeliveryBehavior],
    sent: list[tuple[str, int]],
    expected: list[tuple[str, int]],
) -> None:
    """A held webhook is sent after the one that it waited for; the call ends at 20 ms."""
    state = state_with_webhooks(configuration, **kinds)
    for kind, at in sent:
        enqueue(state, build_webhook(kind=kind), START + at)
    release_held(state, "c1", START + 20)
    assert (scheduled_deliveries(state), read.held_deliveries(state)) == (expected, {})
    assert {
        name: delivery.next_attempt_at
        for name, delivery in read.deliveries(state).items()
        if delivery.state == "pending"
    } == {name: START + at for name, at in expected}


def test_a_held_webhook_is_released_when_the_call_ends(configuration: Configuration) -> None:
    state = state_with_scenarios(
        configuration, Scenario(name="mine", webhooks={"any": DeliveryBehavior(reorder=True)})
    )
    click_to_call(state)
    sent = play_until_idle(state)
    assert [(delivery.id, delivery.next_attempt_at) for delivery in sent] == [
        ("w1", START + 10_000)
    ]
    assert delivery_states(state) == ["delivered"]


@pytest.mark.parametrize("corrupt", ["", "truncate", "garbage"])
def test_a_webhook_is_sent_corrupted_as_the_scenario_says(
    configuration: Configuration, corrupt: str
) -> None:
    state = state_with_webhooks(configuration, any=DeliveryBehavior(duplicate=2, corrupt=corrupt))
    enqueue(state, build_webhook(body={"a": 1}), START)
    sent = {render_body(delivery.webhook) for delivery in read.deliveries(state).values()}
    assert sent == {{"": b'{"a":1}', "truncate": b'{"a', "garbage": GARBAGE_BODY}[corrupt]}


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ({}, False),
        ({"any": DeliveryBehavior(duplicate=2)}, False),
        ({"any": DeliveryBehavior(before_reply=True)}, True),
        ({"any": DeliveryBehavior(), "completed": DeliveryBehavior(before_reply=True)}, True),
    ],
)
def test_a_webhook_with_before_reply_is_due_before_the_response(
    configuration: Configuration,
    kinds: dict[str, DeliveryBehavior],
    expected: bool,  # noqa: FBT001 - what the table expects
) -> None:
    state = state_with_webhooks(configuration, **kinds)
    assert [
        is_due_before_response(state, calls) for calls in (("c1",), ("c9", "c1"), ("c9",), ())
    ] == [
        expected,
        expected,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("kinds", "sent", "expected"),
    [
        ({"any": DeliveryBehavior(before_reply=True)}, [("x", 0), ("y", 5)], []),
        ({"any": DeliveryBehavior(before_reply=True)}, [("x", 5), ("y", 6)], [(5, "w1", "x")]),
        (
            {"y": DeliveryBehavior(before_reply=True, duplicate=2)},
            [("x", 0), ("y", 5)],
            [(5, "w2", "y")],
        ),
        ({"y": DeliveryBehavior(before_reply=True)}, [("y", 0), ("x", 5), ("y", 5)], []),
        (
            {"any": DeliveryBehavior(before_reply=True, delay=fixed_duration(1))},
            [("x", 0)],
            [(0, "w1", "x")],
        ),
        ({"any": DeliveryBehavior(before_reply=True, drop=1)}, [("x", 5)], []),
    ],
)
def test_before_reply_is_reported_as_ignored_if_no_webhook_is_due_with_the_request(
    configuration: Configuration,
    kinds: dict[str, DeliveryBehavior],
    sent: list[tuple[str, int]],
    expected: list[tuple[int, str, str]],
) -> None:
    """It is reported once, for the first webhook of the call that it is about."""
    state = state_with_webhooks(configuration, **kinds)
    for kind, at in sent:
        enqueue(state, build_webhook(kind=kind), START + at)
    reason = "it is due after the instant of the request"
    assert [entry for entry in read.journal(state) if entry.type == "ignored"] == [
        JournalEntry(
            at=START + at,
            type="ignored",
            call_id="c1",
            payload=Ignored(
                scenario="mine",
                what=f"webhooks.{kind if kind in kinds else 'any'}.before_reply",
                reason=reason,
                call_id="c1",
                webhook_id=webhook,
            ),
        )
        for at, webhook, kind in expected
    ]


@pytest.mark.parametrize(
    ("scenario", "expected", "delay"),
    [
        ("doubled-report", ["delivered"] * 2, 10_000),
        ("late-report", ["delivered"], 610_000),
        ("lost-report", ["dropped"], None),
        ("report-before-reply", ["delivered"], 0),
    ],
)
def test_the_bundled_report_scenarios_deliver_late_twice_early_or_never(
    state: SandboxState, scenario: str, expected: list[str], delay: int | None
) -> None:
    click_to_call(state, scenario)
    due_times = {delivery.next_attempt_at for delivery in play_until_idle(state)}
    assert (delivery_states(state), due_times) == (
        expected,
        {START + delay} if delay is not None else set(),
    )
