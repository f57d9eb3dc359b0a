"""How webhooks travel: where to, how often, how late, in which order, and in which shape."""

from collections.abc import Mapping

import pytest

from mockserver.core.behavior import DurationRange, fixed_duration
from mockserver.core.call import Event
from mockserver.core.configuration import Configuration
from mockserver.core.journal import JournalEntry
from mockserver.core.scenario import DeliveryBehavior, Scenario
from mockserver.core.webhook import GARBAGE_BODY, render_body
from mockserver.engine.effects import place_call
from mockserver.engine.exchange import NO_SELECTION
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.webhooks import enqueue, inbox_url, is_due_before_response, release_held
from tests.support import read
from tests.support.builders import build_call, build_call_spec, build_delivery, build_webhook
from tests.support.simulation import START, click_to_call, play_until_idle, state_with_scenarios

ORDER = build_call_spec(created_at=START)
CALL = build_call(spec=ORDER, starts_at=START + 10**9, events=(Event(at=START, type="placed"),))


def travelling(configuration: Configuration, **kinds: DeliveryBehavior) -> SandboxState:
    """A call that has not begun, and a story about its webhooks."""
    state = state_with_scenarios(configuration, Scenario(name="mine", webhooks=kinds))
    place_call(state, CALL, START, NO_SELECTION)
    return state


def left(state: SandboxState) -> list[tuple[str, int]]:
    """The webhooks that leave, in their order, and how late."""
    return [
        (due.subject, due.at - START)
        for due in sorted(read.pending_items(state))
        if due.kind == "delivery"
    ]


def states(state: SandboxState) -> list[str]:
    return [delivery.state for delivery in read.deliveries(state).values()]


@pytest.mark.parametrize(
    ("url", "targets", "expected"),
    [
        ("http://own/", {"mobtexting": "http://target/"}, "http://own/"),
        ("", {"mobtexting": "http://target/"}, "http://target/"),
        ("", {"phonon": "http://target/"}, "{origin}/_mock/inbox/mobtexting"),
        ("", {}, "{origin}/_mock/inbox/mobtexting"),
    ],
)
def test_send_to_its_own_url_the_target_or_the_inbox(
    configuration: Configuration, url: str, targets: Mapping[str, str], expected: str
) -> None:
    state = travelling(configuration._replace(webhook_targets=targets))
    state.epoch = 3
    webhook = build_webhook(url=url, body={"a": 1})
    enqueue(state, webhook, START + 7)
    addressed = webhook._replace(url=expected)
    account = "mobtexting-default"
    assert read.deliveries(state) == {
        "w1": build_delivery(account=account, webhook=addressed, epoch=3, next_attempt_at=START + 7)
    }


def test_send_lists_a_calls_webhooks_in_order(state: SandboxState) -> None:
    for number in (1, 2):
        order = ORDER._replace(id=f"c{number}")
        place_call(state, CALL._replace(spec=order), START, NO_SELECTION)
    for name in ("c1", "c2", "c1"):
        enqueue(state, build_webhook(call_id=name), START)
    assert read.delivery_ids_by_call(state) == {"c1": ["w1", "w3"], "c2": ["w2"]}
    assert [name for name, _ in left(state)] == ["w1", "w2", "w3"]


def test_inbox_is_our_own_and_keeps_the_sandbox(configuration: Configuration) -> None:
    default, other = SandboxState(configuration, START), SandboxState(configuration, START, "t1")
    assert inbox_url(default, "mobtexting") == "{origin}/_mock/inbox/mobtexting"
    assert inbox_url(other, "mobtexting") == "{origin}/_sandbox/t1/_mock/inbox/mobtexting"


@pytest.mark.parametrize(
    ("kinds", "webhooks"),
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
def test_send_as_the_story_says(
    configuration: Configuration,
    kinds: dict[str, DeliveryBehavior],
    webhooks: list[tuple[str, int]],
) -> None:
    state = travelling(configuration, **kinds)
    enqueue(state, build_webhook(), START)
    assert (left(state), set(states(state))) == (webhooks, {"pending"})


@pytest.mark.parametrize(
    ("drop", "duplicate", "fate"),
    [
        (1, 1, ["dropped", "pending", "pending"]),
        (2, 1, ["dropped", "dropped", "pending"]),
        (None, 1, ["dropped"] * 3),
        (None, 2, ["dropped"] * 3),
        (1, 2, ["dropped", "pending", "pending", "pending", "pending"]),
        (0, 1, ["pending"] * 3),
    ],
)
def test_send_loses_the_first_ones_or_all(
    configuration: Configuration, drop: int | None, duplicate: int, fate: list[str]
) -> None:
    state = travelling(configuration, any=DeliveryBehavior(duplicate=duplicate, drop=drop))
    for _ in range(3):
        enqueue(state, build_webhook(), START)
    lost = [name for name, one in read.deliveries(state).items() if one.state == "dropped"]
    assert states(state) == fate
    assert [fact for fact in read.journal(state) if fact.type == "dropped"] == [
        JournalEntry(
            at=START, type="dropped", call_id="c1", payload={"webhook": name, "kind": "completed"}
        )
        for name in lost
    ]
    assert [name for name, _ in left(state)] == [
        one for one in read.deliveries(state) if one not in lost
    ]


def test_send_counts_the_lost_by_kind(configuration: Configuration) -> None:
    state = travelling(configuration, any=DeliveryBehavior(drop=1))
    for kind in ("x", "y", "x", "y"):
        enqueue(state, build_webhook(kind=kind), START)
    assert states(state) == ["dropped", "dropped", "pending", "pending"]


@pytest.mark.parametrize(
    ("kinds", "sent", "order"),
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
def test_send_holds_back_until_the_next_one_or_the_end(
    configuration: Configuration,
    kinds: dict[str, DeliveryBehavior],
    sent: list[tuple[str, int]],
    order: list[tuple[str, int]],
) -> None:
    """Whatever was held leaves after the one that it waited for; the call ends at 20 ms."""
    state = travelling(configuration, **kinds)
    for kind, at in sent:
        enqueue(state, build_webhook(kind=kind), START + at)
    release_held(state, "c1", START + 20)
    assert (left(state), read.held_deliveries(state)) == (order, {})
    assert {
        name: one.next_attempt_at
        for name, one in read.deliveries(state).items()
        if one.state == "pending"
    } == {name: START + at for name, at in order}


def test_report_held_back_leaves_when_the_call_ends(configuration: Configuration) -> None:
    state = state_with_scenarios(
        configuration, Scenario(name="mine", webhooks={"any": DeliveryBehavior(reorder=True)})
    )
    click_to_call(state)
    sent = play_until_idle(state)
    assert [(one.id, one.next_attempt_at) for one in sent] == [("w1", START + 10_000)]
    assert states(state) == ["delivered"]


@pytest.mark.parametrize("corrupt", ["", "truncate", "garbage"])
def test_send_what_a_story_has_corrupted(configuration: Configuration, corrupt: str) -> None:
    state = travelling(configuration, any=DeliveryBehavior(duplicate=2, corrupt=corrupt))
    enqueue(state, build_webhook(body={"a": 1}), START)
    sent = {render_body(one.webhook) for one in read.deliveries(state).values()}
    assert sent == {{"": b'{"a":1}', "truncate": b'{"a', "garbage": GARBAGE_BODY}[corrupt]}


@pytest.mark.parametrize(
    ("kinds", "hurry"),
    [
        ({}, False),
        ({"any": DeliveryBehavior(duplicate=2)}, False),
        ({"any": DeliveryBehavior(before_reply=True)}, True),
        ({"any": DeliveryBehavior(), "completed": DeliveryBehavior(before_reply=True)}, True),
    ],
)
def test_hurried_if_a_webhook_may_come_before_the_reply(
    configuration: Configuration,
    kinds: dict[str, DeliveryBehavior],
    hurry: bool,  # noqa: FBT001 - what the table expects
) -> None:
    state = travelling(configuration, **kinds)
    assert [
        is_due_before_response(state, calls) for calls in (("c1",), ("c9", "c1"), ("c9",), ())
    ] == [
        hurry,
        hurry,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("story", "states_", "late"),
    [
        ("doubled-report", ["delivered"] * 2, 10_000),
        ("late-report", ["delivered"], 610_000),
        ("lost-report", ["dropped"], None),
        ("report-before-reply", ["delivered"], 0),
    ],
)
def test_bundled_stories_about_reports(
    state: SandboxState, story: str, states_: list[str], late: int | None
) -> None:
    click_to_call(state, story)
    dues = {one.next_attempt_at for one in play_until_idle(state)}
    assert (states(state), dues) == (states_, {START + late} if late is not None else set())
