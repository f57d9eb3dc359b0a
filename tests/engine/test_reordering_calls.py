"""Webhooks that change places with those of another call of the account."""

import pytest

from mockserver.core.behavior import IMMEDIATELY, LegBehavior, fixed_duration
from mockserver.core.call import Event
from mockserver.core.configuration import Configuration
from mockserver.core.journal import Ignored
from mockserver.core.scenario import DeliveryBehavior, Scenario
from mockserver.core.webhook import DeliveryResult, SimulatedAttempt
from mockserver.engine.effects import place_call
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import run_due_item
from mockserver.engine.webhooks import complete_attempt, enqueue
from tests.support import read
from tests.support.builders import build_call, build_call_spec, build_webhook
from tests.support.matches import match_call
from tests.support.simulation import START, click_to_call, state_with_scenarios

SWAP = DeliveryBehavior(reorder_calls=True)
NOBODY_CAME = "no completed of another call came within 60 s"


def state_with_calls(
    configuration: Configuration, count: int, **kinds: DeliveryBehavior
) -> SandboxState:
    """Return a state with calls `c1`, `c2`, ... that never begin, and these delivery behaviors."""
    state = state_with_scenarios(configuration, Scenario(name="mine", webhooks=kinds))
    for number in range(1, count + 1):
        spec = build_call_spec(id=f"c{number}", created_at=START)
        placed = (Event(at=START, type="placed"),)
        call = build_call(spec=spec, starts_at=START + 10**9, events=placed)
        place_call(state, call, START, match_call(state, call))
        never = read.progress(state)[call.spec.id].replace(next_step=None, serial=0)
        state.calls.set_progress(call.spec.id, never)
    return state


def play_webhooks(state: SandboxState, until: int = 10**9) -> list[tuple[str, int]]:
    """Deliver what is due up to `until` ms after the start; return (id, ms) of each in order."""
    sent = []
    while (due := read.peek(state)) is not None and due.at <= START + until:
        delivery = run_due_item(state)
        if delivery is not None:
            sent.append((delivery.id, due.at - START))
            complete_attempt(state, delivery, DeliveryResult(status=200), due.at)
    return sent


def ignored(state: SandboxState) -> list[tuple[int, str, str, str]]:
    return [
        (entry.at - START, entry.payload.webhook_id, entry.payload.what, entry.payload.reason)
        for entry in read.journal(state)
        if isinstance(entry.payload, Ignored)
    ]


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ([("c1", 0), ("c2", 20_000)], [("w2", 20_000), ("w1", 20_000)]),
        ([("c2", 0), ("c1", 1)], [("w2", 1), ("w1", 1)]),
        (
            [("c1", 0), ("c2", 1), ("c3", 2), ("c4", 3)],
            [("w2", 1), ("w1", 1), ("w4", 3), ("w3", 3)],
        ),
        ([("c1", 0), ("c1", 5), ("c2", 9)], [("w2", 5), ("w3", 9), ("w1", 9)]),
    ],
)
def test_two_webhooks_of_two_calls_swap(
    configuration: Configuration,
    sent: list[tuple[str, int]],
    expected: list[tuple[str, int]],
) -> None:
    """One is held at a time: neither the next call's, nor another one of the same call."""
    state = state_with_calls(configuration, 4, any=SWAP)
    for call_id, at in sent:
        enqueue(state, build_webhook(call_id=call_id), START + at)
    assert (play_webhooks(state), ignored(state)) == (
        expected,
        [],
    )


def test_a_webhook_that_stays_alone_goes_after_a_minute_and_is_reported(
    configuration: Configuration,
) -> None:
    state = state_with_calls(configuration, 1, any=SWAP)
    enqueue(state, build_webhook(), START + 5_000)
    assert play_webhooks(state) == [("w1", 65_000)]
    assert ignored(state) == [(65_000, "w1", "webhooks.any.reorder", NOBODY_CAME)]
    assert read.deliveries_held_for_calls(state) == {}


@pytest.mark.parametrize(
    ("at", "kind", "expected"),
    [
        (59_999, "completed", [("w2", 59_999), ("w1", 59_999)]),
        (60_001, "completed", [("w1", 60_000), ("w2", 120_001)]),
        (1, "other", [("w1", 60_000), ("w2", 60_001)]),
    ],
)
def test_only_a_webhook_of_the_same_kind_within_a_minute_changes_places(
    configuration: Configuration, at: int, kind: str, expected: list[tuple[str, int]]
) -> None:
    state = state_with_calls(configuration, 2, any=SWAP)
    enqueue(state, build_webhook(call_id="c1"), START)
    sent = play_webhooks(state, at)
    enqueue(state, build_webhook(call_id="c2", kind=kind), START + at)
    assert [*sent, *play_webhooks(state)] == expected


def test_a_held_webhook_waits_until_the_first_attempt_of_the_other_is_over(
    configuration: Configuration,
) -> None:
    """The other one is late itself, and its attempt takes time: it is not alone any more."""
    slow = DeliveryBehavior(
        reorder_calls=True,
        delay=fixed_duration(70_000),
        attempts=(SimulatedAttempt(status=200, duration=fixed_duration(3_000)),),
    )
    state = state_with_calls(configuration, 2, any=slow)
    enqueue(state, build_webhook(call_id="c1"), START)
    enqueue(state, build_webhook(call_id="c2"), START + 50_000)
    play_webhooks(state)
    begins = {name: each.attempts[0].at - START for name, each in read.deliveries(state).items()}
    assert (begins, ignored(state)) == ({"w1": 123_000, "w2": 120_000}, [])


def test_the_copies_of_a_held_webhook_keep_their_spacing(configuration: Configuration) -> None:
    twice = DeliveryBehavior(reorder_calls=True, duplicate=2, spacing=fixed_duration(1_000))
    state = state_with_calls(configuration, 2, any=twice)
    enqueue(state, build_webhook(call_id="c1"), START)
    enqueue(state, build_webhook(call_id="c2"), START + 500)
    assert play_webhooks(state) == [("w3", 500), ("w1", 500), ("w4", 1_500), ("w2", 1_500)]


def test_a_lost_webhook_of_the_next_call_ends_no_wait(configuration: Configuration) -> None:
    state = state_with_calls(configuration, 2, any=SWAP)
    enqueue(state, build_webhook(call_id="c1"), START)
    lost = Scenario(name="lost", webhooks={"any": DeliveryBehavior(drop=None)})
    state.calls.set_progress("c2", read.progress(state)["c2"].replace(webhook_scenario=lost))
    enqueue(state, build_webhook(call_id="c2"), START + 1)
    assert play_webhooks(state) == [("w1", 60_000)]


def test_webhooks_of_two_accounts_do_not_swap(configuration: Configuration) -> None:
    [(_, usual)] = [item for item in configuration.accounts.items() if item[0][0] == "mobtexting"]
    accounts = {usual.key: usual, ("mobtexting", "other"): usual.replace(name="other")}
    state = state_with_calls(configuration._replace(accounts=accounts), 2, any=SWAP)
    second = read.calls(state)["c2"]
    state.calls.update(second.replace(spec=second.spec.replace(account="other")))
    enqueue(state, build_webhook(call_id="c1"), START)
    enqueue(state, build_webhook(call_id="c2"), START + 1)
    assert play_webhooks(state) == [("w1", 60_000), ("w2", 60_001)]


EARLY_SWAP = SWAP.replace(before_reply=True)
HELD = "`reorder: calls` holds it until the next {} of another call has gone"


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (
            [("c1", 0)],
            [(60_000, "w1", "before_reply", HELD), (60_000, "w1", "reorder", NOBODY_CAME)],
        ),
        (
            [("c1", 0), ("c2", 9)],
            [(9, "w2", "before_reply", ""), (9, "w1", "before_reply", HELD)],
        ),
        ([("c1", 0), ("c2", 0)], []),
        ([("c1", 4), ("c2", 9)], [(4, "w1", "before_reply", ""), (9, "w2", "before_reply", "")]),
    ],
)
def test_before_reply_of_a_webhook_that_is_held_beyond_the_request_is_ignored(
    configuration: Configuration,
    sent: list[tuple[str, int]],
    expected: list[tuple[int, str, str, str]],
) -> None:
    """Two that swap at the instant of the request are both in time."""
    state = state_with_calls(configuration, 2, any=EARLY_SWAP)
    for call_id, at in sent:
        enqueue(state, build_webhook(call_id=call_id), START + at)
    play_webhooks(state)
    late = "it is due after the instant of the request"
    assert ignored(state) == [
        (at, name, f"webhooks.any.{key}", reason.format("completed") or late)
        for at, name, key, reason in expected
    ]


def test_reorder_without_before_reply_is_not_late(configuration: Configuration) -> None:
    state = state_with_calls(configuration, 2, any=SWAP)
    enqueue(state, build_webhook(call_id="c1"), START)
    enqueue(state, build_webhook(call_id="c2"), START + 9)
    assert ignored(state) == []


AT_ONCE = {"a": LegBehavior(ring=IMMEDIATELY, outcome="busy")}


@pytest.mark.parametrize(
    ("webhooks", "kind"),
    [
        ({"any": EARLY_SWAP}, "any"),
        ({"completed": EARLY_SWAP}, "completed"),
        ({"completed": EARLY_SWAP, "any": DeliveryBehavior()}, "completed"),
    ],
)
def test_the_response_tells_that_a_webhook_is_held_beyond_it(
    configuration: Configuration, webhooks: dict[str, DeliveryBehavior], kind: str
) -> None:
    """The next call's swaps with it, and is in time."""
    mine = Scenario(name="mine", legs=AT_ONCE, webhooks=webhooks)
    state = state_with_scenarios(configuration, Scenario(name="usual"), mine)
    first = click_to_call(state, "mine")
    play_webhooks(state, 0)
    second = click_to_call(state, "mine")
    play_webhooks(state)
    expected = (f"webhooks.{kind}.before_reply", HELD.format("completed"))
    assert [(each.what, each.reason) for each in first.ignored] == [expected]
    assert second.ignored == ()
    assert [each[2:] for each in ignored(state)] == [expected]


@pytest.mark.parametrize(
    "webhooks",
    [
        {"report": EARLY_SWAP},
        {"any": EARLY_SWAP, "completed": DeliveryBehavior()},
        {"any": SWAP},
        {"any": DeliveryBehavior(before_reply=True)},
    ],
)
def test_the_response_tells_nothing_of_webhooks_that_are_not_held_or_not_sent(
    configuration: Configuration, webhooks: dict[str, DeliveryBehavior]
) -> None:
    inner = Scenario(name="inner", webhooks={"any": EARLY_SWAP})
    mine = Scenario(name="mine", legs=AT_ONCE, webhooks={"any": DeliveryBehavior()}, use="inner")
    named = Scenario(name="named", legs=AT_ONCE, webhooks=webhooks)
    state = state_with_scenarios(configuration, Scenario(name="usual"), mine, named, inner)
    found = [click_to_call(state, name).ignored for name in ("mine", "named")]
    assert [each.what for each in (*found[0], *found[1]) if "before_reply" in each.what] == []
