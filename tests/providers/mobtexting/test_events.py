"""What follows an event at Mobtexting: the limit, the redials, one report."""

from collections.abc import Mapping
from typing import Any

import pytest

from mockserver.core.behavior import DEFAULT_BEHAVIOR, PRESETS, STAY_ON_LINE, LegBehavior
from mockserver.core.call import Event
from mockserver.core.configuration import Configuration
from mockserver.core.scenario import Scenario
from mockserver.core.script import WaitReason
from mockserver.engine.sandbox_state import SandboxState
from mockserver.providers.mobtexting import PROVIDER
from tests.conftest import START, click, play, telling, with_account

SILENT = PRESETS["no-answer"]


def began(store: SandboxState) -> list[int]:
    """When each attempt began."""
    return [event.at - START for event in store.calls["c1"].events if event.type == "begin"]


@pytest.mark.parametrize(("duration", "at"), [(1, 64_000), ("2", 124_000), ("10", 604_000)])
def test_limited_ends_the_call_after_so_many_minutes(
    world: Configuration, duration: object, at: int
) -> None:
    store = telling(world, Scenario("mine", legs={"a": STAY_ON_LINE, "b": STAY_ON_LINE}))
    click(store, duration=duration)
    [sent] = play(store)
    call = store.calls["c1"]
    assert (call.outcome, call.ended_at) == ("completed", START + at)
    assert Event(START + at, "hangup", "b", {"cause": "normal"}) in call.events
    assert sent.webhook.body is not None
    assert sent.webhook.body["billing"] == str(at // 1_000 - 4)


@pytest.mark.parametrize("fields", [{}, {"duration": ""}])
def test_limited_not_unless_asked(world: Configuration, fields: dict[str, Any]) -> None:
    store = telling(world, Scenario("mine", legs={"a": STAY_ON_LINE, "b": STAY_ON_LINE}))
    click(store, **fields)
    assert (play(store), store.calls["c1"].phase) == ([], "bridged")


@pytest.mark.parametrize(("duration", "at"), [(1, 62_000), ("2", 122_000)])
def test_limited_ends_a_flow_as_well(world: Configuration, duration: object, at: int) -> None:
    store = telling(world, Scenario("mine", legs={"a": STAY_ON_LINE}))
    click(store, to="flow:220", duration=duration)
    [sent] = play(store)
    call = store.calls["c1"]
    assert Event(START + at, "hangup", "a", {"cause": "normal"}) in call.events
    assert sent.webhook.body is not None
    assert (sent.webhook.body["status"], sent.webhook.body["duration"]) == (
        "RECEIVED",
        str(at // 1_000),
    )


def test_limited_counts_the_conversation_not_the_ringing(world: Configuration) -> None:
    """Nobody on b answers: there is no conversation that could be too long."""
    store = telling(world, Scenario("mine", legs={"a": STAY_ON_LINE, "b": PRESETS["person"]}))
    click(store, duration=1)
    assert (play(store), store.wait_reasons["c1"]) == ([], (WaitReason("person", "b"),))


@pytest.mark.parametrize(
    ("attempts", "begins"),
    [
        (0, [0]),
        ("0", [0]),
        (1, [0, 87_000]),
        ("1", [0, 87_000]),
        (2, [0, 87_000, 174_000]),
        ("2", [0, 87_000, 174_000]),
        (None, [0, 87_000, 174_000]),
        ("", [0, 87_000, 174_000]),
    ],
)
def test_redialled_as_often_as_asked(
    store: SandboxState, attempts: object, begins: list[int]
) -> None:
    click(store, "no-answer", attempts=attempts)
    sent = play(store)
    assert (began(store), [delivery.next_attempt_at for delivery in sent]) == (
        begins,
        [START + begins[-1] + 27_000],
    )


@pytest.mark.parametrize(
    ("legs", "begins"),
    [
        ({"b": SILENT}, [0, 87_000, 174_000]),
        ({"a": SILENT}, [0, 85_000, 170_000]),
        ({}, [0]),
        ({"a": PRESETS["busy"]}, [0]),
        ({"b": PRESETS["busy"]}, [0]),
        ({"b": PRESETS["rejected"]}, [0]),
        ({"b": PRESETS["unreachable"]}, [0]),
        ({"a": DEFAULT_BEHAVIOR._replace(hangup=DEFAULT_BEHAVIOR.ring), "b": SILENT}, [0]),
    ],
)
def test_redialled_only_when_somebody_left_it_unanswered(
    world: Configuration, legs: Mapping[str, LegBehavior], begins: list[int]
) -> None:
    store = telling(world, Scenario("mine", legs=legs))
    click(store)
    assert (len(play(store)), began(store)) == (1, begins)


def test_redialled_flow(store: SandboxState) -> None:
    click(store, "no-answer", to="flow:220", attempts=1)
    assert (len(play(store)), began(store)) == (1, [0, 85_000])


@pytest.mark.parametrize(
    ("webhooks", "webhook_id", "url"),
    [
        ({}, None, "{origin}/_mock/inbox/mobtexting"),
        ({}, "w1", "{origin}/_mock/inbox/mobtexting"),
        ({"any": "http://any/"}, None, "http://any/"),
        ({"any": "http://any/", "w1": "http://w1/"}, "w1", "http://w1/"),
        ({"any": "http://any/", "w1": "http://w1/"}, "w2", "http://any/"),
    ],
)
def test_reported_where_the_account_says(
    store: SandboxState, webhooks: Mapping[str, str], webhook_id: str | None, url: str
) -> None:
    with_account(store, webhooks=webhooks)
    click(store, webhook_id=webhook_id)
    [sent] = play(store)
    webhook = sent.webhook
    assert (webhook.kind, webhook.method, webhook.url) == ("completed", "POST", url)
    assert (webhook.kind,) == PROVIDER.webhooks


def test_reported_to_the_inbox_when_the_hook_has_gone(store: SandboxState) -> None:
    with_account(store, webhooks={"w1": "http://w1/"})
    click(store, webhook_id="w1")
    with_account(store, webhooks={"w2": "http://w2/"})
    assert [sent.webhook.url for sent in play(store)] == ["{origin}/_mock/inbox/mobtexting"]
