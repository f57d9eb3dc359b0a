"""A webhook that is sent once more, and what is kept of each request for whoever asks why."""

from collections.abc import Callable

import pytest

from mockserver.core.account import Retry
from mockserver.core.behavior import fixed_duration
from mockserver.core.call import Event
from mockserver.core.configuration import Configuration
from mockserver.core.http import Request, Response
from mockserver.core.journal import JournalEntry
from mockserver.core.scenario import (
    ApiBehavior,
    DeliveryBehavior,
    MatchContext,
    MatchRule,
    Scenario,
)
from mockserver.core.selection import Activation
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.engine.exchange import Exchange, IncomingRequest
from mockserver.engine.pipeline import (
    NO_STATUS,
    apply_scenario,
    build_match_contexts,
    build_unknown_path_exchange,
    handle,
    record_exchange,
)
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event, step
from mockserver.engine.webhooks import redeliver
from tests.conftest import CLICK, START, click, play, telling, with_account

REFUSED = DeliveryResult(None, "refused-target")
RETRY = Retry((60_000, 300_000))


def receiver(*answers: int | DeliveryResult) -> Callable[[Delivery], DeliveryResult]:
    """Answers one after another, by status or as they are."""
    coming = iter(answers)

    def receive(_: Delivery) -> DeliveryResult:
        answer = next(coming)
        return DeliveryResult(answer) if isinstance(answer, int) else answer

    return receive


def over(store: SandboxState, *stories: str) -> None:
    """A call that is over at once, so that its webhook is due at the start."""
    click(store, *stories)
    step(store)
    step(store)
    apply_event(store, "c1", Event(START, "hangup", "a", {"cause": "busy"}))


def tries(store: SandboxState, name: str = "w1") -> list[tuple[int, int, int | str | None]]:
    return [
        (one.number, one.at - START, one.result.status or one.result.error)
        for one in store.deliveries[name].attempts
    ]


# --- once more -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("retry", "first", "then", "made", "state"),
    [
        (None, (200,), (200,), [(1, 0, 200), (2, 500_000, 200)], "delivered"),
        (None, (200,), (500,), [(1, 0, 200), (2, 500_000, 500)], "failed"),
        (None, (500,), (200,), [(1, 0, 500), (2, 500_000, 200)], "delivered"),
        (None, (REFUSED,), (200,), [(1, 0, "refused-target"), (2, 500_000, 200)], "delivered"),
        (None, (200,), (REFUSED,), [(1, 0, 200), (2, 500_000, "refused-target")], "refused"),
        (
            RETRY,
            (500, 500, 500),
            (500,),
            [(1, 0, 500), (2, 60_000, 500), (3, 360_000, 500), (4, 500_000, 500)],
            "failed",
        ),
        (
            RETRY,
            (500, 200),
            (500,),
            [(1, 0, 500), (2, 60_000, 200), (3, 500_000, 500)],
            "failed",
        ),
        (
            RETRY,
            (200,),
            (500, 200),
            [(1, 0, 200), (2, 500_000, 500), (3, 800_000, 200)],
            "delivered",
        ),
    ],
)
def test_again(  # noqa: PLR0913, PLR0917 - the columns of the table
    store: SandboxState,
    retry: Retry | None,
    first: tuple[int | DeliveryResult, ...],
    then: tuple[int | DeliveryResult, ...],
    made: list[tuple[int, int, int | str]],
    state: str,
) -> None:
    with_account(store, retry=retry)
    over(store)
    play(store, receiver(*first))
    redeliver(store, "w1", START + 500_000)
    waiting = store.deliveries["w1"]
    assert (waiting.state, waiting.next_attempt_at) == ("pending", START + 500_000)
    play(store, receiver(*then))
    assert (tries(store), store.deliveries["w1"].state) == (made, state)
    assert store.deliveries["w1"].next_attempt_at is None


def test_again_sends_the_very_same_thing(store: SandboxState) -> None:
    over(store)
    first = play(store)
    redeliver(store, "w1", START + 1)
    second = play(store)
    assert [one.webhook for one in first] == [one.webhook for one in second]
    assert (list(store.deliveries), store.delivery_ids_by_call["c1"]) == (["w1"], ["w1"])


def test_again_as_often_as_one_likes(store: SandboxState) -> None:
    over(store)
    play(store, receiver(500))
    for count in (1, 2, 3):
        redeliver(store, "w1", START + count)
        play(store, receiver(500))
    assert tries(store) == [(1, 0, 500), (2, 1, 500), (3, 2, 500), (4, 3, 500)]


def test_again_what_a_story_has_dropped(world: Configuration) -> None:
    store = telling(world, Scenario("mine", webhooks={"any": DeliveryBehavior(drop=None)}))
    over(store)
    assert (play(store), store.deliveries["w1"].state) == ([], "dropped")
    redeliver(store, "w1", START + 9)
    assert [one.id for one in play(store, receiver(200))] == ["w1"]
    assert (tries(store), store.deliveries["w1"].state) == ([(1, 9, 200)], "delivered")


def test_again_does_not_travel_as_the_story_says(world: Configuration) -> None:
    """Neither late nor twice: whoever asks for it wants it now."""
    late = {"any": DeliveryBehavior(duplicate=2, delay=fixed_duration(10_000))}
    store = telling(world, Scenario("mine", webhooks=late))
    over(store)
    play(store)
    redeliver(store, "w2", START + 20_000)
    play(store)
    assert tries(store, "w1") == [(1, 10_000, 200)]
    assert tries(store, "w2") == [(1, 10_000, 200), (2, 20_000, 200)]


def test_again_comes_after_what_is_due_at_the_same_time(store: SandboxState) -> None:
    over(store)
    play(store)
    click(store, now=START + 5)
    redeliver(store, "w1", START + 5)
    assert [due.subject for due in sorted(store.pending_items())] == ["c2", "w1"]


# --- a path that nobody has ----------------------------------------------------------------------


def test_lost_is_on_record_once_it_is_remembered(store: SandboxState) -> None:
    asked = Request("GET", "/nowhere", origin="http://mock.test")
    exchange = build_unknown_path_exchange(store, asked, START + 3, "nobody has it")
    assert exchange == Exchange(
        "r1", START + 3, "", "", asked, Response(404), None, "nobody has it", ()
    )
    assert (store.request_count, list(store.exchanges), list(store.journal)) == (0, [], [])
    record_exchange(store, exchange)
    assert (store.request_count, list(store.exchanges)) == (1, [exchange])
    assert list(store.journal) == [JournalEntry(START + 3, "request", "", exchange)]
    assert list(store.request_origins) == ["http://mock.test"]


def test_lost_counts_among_the_others(store: SandboxState) -> None:
    names = []
    for _ in range(2):
        names.append(click(store).id)
        exchange = build_unknown_path_exchange(store, Request("GET", "/"), START, "")
        record_exchange(store, exchange)
        names.append(exchange.id)
    assert names == ["r1", "r2", "r3", "r4"]
    assert [one.id for one in store.exchanges] == names


def test_remember_tells_the_first_call_and_each_origin_once(store: SandboxState) -> None:
    for origin in ("http://a", "http://b", "http://a"):
        made = build_unknown_path_exchange(store, Request("GET", "/", origin=origin), START, "")
        record_exchange(store, made._replace(call_ids=("c7", "c8")))
    assert [fact.call_id for fact in store.journal] == ["c7", "c7", "c7"]
    assert list(store.request_origins) == ["http://a", "http://b"]


# --- why it was answered so ----------------------------------------------------------------------


def asked(store: SandboxState, *stories: str, **fields: object) -> IncomingRequest:
    listing = store.configuration.providers["mobtexting"]
    sent = {name: value for name, value in {**CLICK, **fields}.items() if value is not None}
    headers = {"authorization": "Bearer key", "accept": "application/json"}
    return IncomingRequest(
        listing,
        listing.provider.endpoints[0],
        Request("POST", "/", headers=headers, fields=sent),
        stories,
    )


@pytest.mark.parametrize(
    ("fields", "broken", "violations"),
    [
        ({}, [], []),
        ({"bridge": None}, ["bridge-required"], ["bridge"]),
        ({"bridge": None, "to": None}, ["bridge-required", "to-required"], ["bridge", "to"]),
        (
            {"attempts": 9, "duration": 0},
            ["duration-malformed", "attempts-malformed"],
            ["attempts", "duration"],
        ),
    ],
)
def test_exchange_keeps_every_rule_that_was_broken(
    store: SandboxState, fields: dict[str, object], broken: list[str], violations: list[str]
) -> None:
    exchange = handle(store, asked(store, **fields), START)
    assert [rule.fault.name for rule in exchange.broken_rules] == broken
    assert sorted(one.field for one in exchange.violations) == violations
    assert exchange.fault == (broken[0] if broken else None)


def test_exchange_keeps_the_fault_that_a_story_orders(world: Configuration) -> None:
    mine = Scenario("mine", match=MatchRule(), responses=(ApiBehavior("service-unavailable"),))
    store = telling(world, Scenario("usual"), mine)
    exchange = handle(store, apply_scenario(store, asked(store, bridge=None)), START)
    assert [rule.fault.name for rule in exchange.broken_rules] == ["service-unavailable"]
    assert (exchange.fault, exchange.scenarios) == ("service-unavailable", ("mine",))


def test_exchange_of_a_connection_that_a_story_breaks(world: Configuration) -> None:
    mine = Scenario("mine", match=MatchRule(), responses=(ApiBehavior(disconnect="reset"),))
    store = telling(world, Scenario("usual"), mine)
    exchange = handle(store, apply_scenario(store, asked(store, bridge=None)), START)
    assert (exchange.response.status, exchange.broken_rules, exchange.fault) == (
        NO_STATUS,
        (),
        None,
    )
    assert [one.field for one in exchange.violations] == ["bridge"]


def test_exchange_keeps_how_stories_saw_it(store: SandboxState) -> None:
    wanted = asked(store)
    before = build_match_contexts(store, wanted)
    exchange = handle(store, wanted, START)
    legs = dict.fromkeys(("b", "callee", "to"), str(CLICK["to"]))
    legs |= dict.fromkeys(("a", "from"), str(CLICK["from"]))
    seen = MatchContext(
        "mobtexting", "c2c", "mobtexting-default", "key", legs, wanted.request.fields
    )
    assert exchange.match_contexts == before == (seen,)


def test_exchange_keeps_what_was_activated_when_it_came(store: SandboxState) -> None:
    once = Activation("a1", "callee-busy", MatchRule(), 1)
    other = Activation("a2", "no-answer", MatchRule({"account": "nobody"}), 1)
    always = Activation("a3", "rejected", MatchRule(), None)
    store.activations = [once, other, always]
    first, second = click(store), click(store)
    assert (first.activations, second.activations) == ((once, other, always), (other, always))
    assert [store.leg_scenarios[name].scenario.name for name in ("c1", "c2")] == [
        "callee-busy",
        "rejected",
    ]


def test_exchange_of_a_refused_request_spends_what_it_suited(store: SandboxState) -> None:
    once = Activation("a1", "callee-busy", MatchRule(), 1)
    store.activations = [once]
    assert click(store, bridge=None).activations == (once,)
    assert store.activations == []
