"""Words of a scenario that cannot apply are reported with their scenario and their reason."""

import pytest

from mockserver.core.behavior import DEFAULT_BEHAVIOR, PRESETS
from mockserver.core.configuration import Configuration
from mockserver.core.http import Response
from mockserver.core.journal import Ignored
from mockserver.core.provider import EndpointResult
from mockserver.core.scenario import ApiBehavior, DeliveryBehavior, Scenario
from mockserver.core.webhook import DeliveryResult, SimulatedAttempt
from mockserver.engine.exchange import Exchange
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.simulation import (
    START,
    build_click_to_call,
    click_to_call,
    play_until_idle,
    state_with_scenarios,
)

USUAL = Scenario(name="usual")
DELIVER = None
NO_LEG = "c2c has no leg {}, only a, b, callee, from, to"
LEG_OF_ANOTHER = Scenario(name="mine", legs={"agent": DEFAULT_BEHAVIOR})
KIND_OF_ANOTHER = Scenario(
    name="mine",
    webhooks={"campaign": DeliveryBehavior(duplicate=2), "any": DeliveryBehavior(duplicate=2)},
)


def ignored_entries(state: SandboxState) -> list[tuple[str, Ignored]]:
    """(id of the call, payload) of each entry `ignored`."""
    return [
        (entry.call_id, entry.payload)
        for entry in read.journal(state)
        if isinstance(entry.payload, Ignored)
    ]


def place_none(state: SandboxState, *scenarios: str) -> Exchange:
    """Send a successful click-to-call to an operation that places no call."""
    incoming = build_click_to_call(state, *scenarios)
    result = EndpointResult(response=Response(status=200))
    endpoint = incoming.endpoint._replace(
        respond=lambda _: result, planned_calls=lambda _: (), rules=()
    )
    return handle(state, incoming.replace(endpoint=endpoint), START)


def expected(scenario: str, what: str, reason: str, *, strict: bool = True) -> Ignored:
    return Ignored(
        scenario=scenario,
        what=what,
        reason=reason,
        request_id="r1",
        call_id="c1",
        strict=strict,
    )


@pytest.mark.parametrize(
    ("scenario", "what", "reason"),
    [
        (LEG_OF_ANOTHER, "legs.agent", NO_LEG.format("agent")),
        (KIND_OF_ANOTHER, "webhooks.campaign", "mobtexting sends no webhook campaign"),
    ],
)
@pytest.mark.parametrize("rank", ["header", "default"])
def test_a_leg_and_a_kind_of_webhook_of_another_vendor_are_ignored(
    configuration: Configuration, scenario: Scenario, what: str, reason: str, rank: str
) -> None:
    """A strict test fails only if the scenario was asked for, not if it is the default."""
    is_named = rank == "header"
    order = (USUAL, scenario) if is_named else (scenario, USUAL)
    state = state_with_scenarios(configuration, *order)
    exchange = click_to_call(state, *(["mine"] if is_named else []))
    ignored = expected("mine", what, reason, strict=is_named)
    assert exchange.ignored == (ignored,)
    assert ignored_entries(state) == [("c1", ignored)]


@pytest.mark.parametrize("names", [("a", "b"), ("callee", "from"), ("a", "callee"), ("to",)])
def test_the_legs_that_a_call_has_are_not_ignored(
    configuration: Configuration, names: tuple[str, ...]
) -> None:
    mine = Scenario(name="mine", legs=dict.fromkeys(names, DEFAULT_BEHAVIOR))
    state = state_with_scenarios(configuration, USUAL, mine)
    assert click_to_call(state, "mine").ignored == ()


INNER = Scenario(name="inner", legs={"callee": PRESETS["busy"]})


@pytest.mark.parametrize(
    ("scenario", "what", "reason"),
    [
        (
            Scenario(name="mine", legs={"b": DEFAULT_BEHAVIOR}, attempts=("busy", "answered")),
            "attempts",
            "outer words always win against it on c2c",
        ),
        (
            Scenario(name="mine", legs={"b": DEFAULT_BEHAVIOR}, use="inner"),
            "use: inner",
            "outer words always win against it on c2c",
        ),
        (
            Scenario(name="mine", legs={"b": DEFAULT_BEHAVIOR, "to": DEFAULT_BEHAVIOR}),
            "legs.b",
            "on c2c, it is the leg to, which is described too",
        ),
    ],
)
@pytest.mark.parametrize("rank", ["header", "default"])
def test_what_outer_words_hide_on_this_operation_is_ignored(
    configuration: Configuration, scenario: Scenario, what: str, reason: str, rank: str
) -> None:
    order = (USUAL, scenario) if rank == "header" else (scenario, USUAL)
    state = state_with_scenarios(configuration, *order, INNER)
    exchange = click_to_call(state, *(["mine"] if rank == "header" else []))
    ignored = expected("mine", what, reason, strict=rank == "header")
    assert (exchange.ignored, ignored_entries(state)) == ((ignored,), [("c1", ignored)])


def test_a_hidden_word_is_ignored_only_if_its_scenario_decides_its_aspect(
    configuration: Configuration,
) -> None:
    """The first scenario of the header decides the legs, the second the webhooks."""
    lost = {"any": DeliveryBehavior(drop=None)}
    mine = Scenario(
        name="mine", legs={"b": DEFAULT_BEHAVIOR}, webhooks=lost, attempts=("busy", "answered")
    )
    state = state_with_scenarios(configuration, USUAL, mine, INNER)
    ignored = [click_to_call(state, *names).ignored for names in (("inner", "mine"), ("mine",))]
    assert [[each.what for each in found] for found in ignored] == [[], ["attempts"]]


def test_the_scenario_that_says_it_is_named_and_each_leg_once(configuration: Configuration) -> None:
    scenarios = (
        Scenario(name="outer", legs={"x": DEFAULT_BEHAVIOR}, use="middle"),
        Scenario(name="middle", legs={"z": DEFAULT_BEHAVIOR}, use="inner"),
        Scenario(name="inner", legs={"y": DEFAULT_BEHAVIOR, "x": DEFAULT_BEHAVIOR}),
    )
    state = state_with_scenarios(configuration, USUAL, *scenarios)
    assert click_to_call(state, "outer").ignored == tuple(
        expected(name, f"legs.{leg}", NO_LEG.format(leg))
        for name, leg in (("inner", "y"), ("outer", "x"), ("middle", "z"))
    )


def test_a_leg_that_a_later_redial_names_is_ignored_then_and_once(
    configuration: Configuration,
) -> None:
    """The callee does not answer the first two attempts."""
    silent = Scenario(name="mine/1", legs={"callee": PRESETS["no-answer"]})
    odd = Scenario(name="mine/2", legs={"x": DEFAULT_BEHAVIOR, "callee": PRESETS["no-answer"]})
    mine = Scenario(name="mine", attempts=("mine/1", "mine/2", "mine/2"))
    state = state_with_scenarios(configuration, USUAL, mine, silent, odd)
    exchange = click_to_call(state, "mine")
    play_until_idle(state)
    assert exchange.ignored == ()
    assert ignored_entries(state) == [("c1", expected("mine/2", "legs.x", NO_LEG.format("x")))]


@pytest.mark.parametrize(
    ("attempts", "strict"),
    [
        ((SimulatedAttempt(status=500), DELIVER), [True]),
        ((DELIVER, SimulatedAttempt(status=500)), [False]),
    ],
)
def test_an_attempt_that_an_earlier_one_has_overtaken_fails_no_strict_test(
    configuration: Configuration,
    attempts: tuple[SimulatedAttempt | None, ...],
    strict: list[bool],
) -> None:
    """The account has no retries: the second item of the first list is out of its reach."""
    inner = Scenario(name="inner", webhooks={"any": DeliveryBehavior(attempts=attempts)})
    state = state_with_scenarios(configuration, USUAL, Scenario(name="mine", use="inner"), inner)
    click_to_call(state, "mine")
    play_until_idle(state, lambda _: DeliveryResult(status=200))
    assert [
        (ignored.scenario, ignored.what, ignored.request_id, ignored.webhook_id, ignored.strict)
        for _, ignored in ignored_entries(state)
    ] == [("inner", "webhooks.any.attempts", "r1", "w1", each) for each in strict]


def test_the_scenario_that_names_an_unknown_fault_is_named(configuration: Configuration) -> None:
    inner = Scenario(name="inner", responses=(ApiBehavior(fault="nowhere"),))
    state = state_with_scenarios(configuration, USUAL, Scenario(name="mine", use="inner"), inner)
    [ignored] = click_to_call(state, "mine").ignored
    assert (ignored.scenario, ignored.what) == ("inner", "refuse: nowhere")


REORDERED = DeliveryBehavior(reorder=True)


@pytest.mark.parametrize(
    ("scenario", "what", "reason"),
    [
        (
            Scenario(name="mine", numbers=("busy", "answered")),
            "numbers",
            "c2c tries one number only",
        ),
        (
            Scenario(name="mine", webhooks={"completed": REORDERED}),
            "webhooks.completed.reorder",
            "no other webhook of the call comes after completed",
        ),
        (
            Scenario(name="mine", webhooks={"any": REORDERED}),
            "webhooks.any.reorder",
            "no other webhook of the call comes after completed",
        ),
    ],
)
def test_a_word_that_cannot_apply_to_the_operation_is_ignored(
    configuration: Configuration, scenario: Scenario, what: str, reason: str
) -> None:
    state = state_with_scenarios(configuration, USUAL, scenario)
    assert click_to_call(state, "mine").ignored == (expected("mine", what, reason),)


def test_a_list_with_one_item_and_a_list_that_is_read_are_not_ignored(
    configuration: Configuration,
) -> None:
    mine = Scenario(name="mine", attempts=("busy", "answered"))
    more = Scenario(name="more", numbers=("busy",), webhooks={"any": DeliveryBehavior(drop=1)})
    state = state_with_scenarios(configuration, USUAL, mine, more)
    assert [click_to_call(state, name).ignored for name in ("mine", "more")] == [(), ()]


@pytest.mark.parametrize(
    ("scenario", "what"),
    [
        (Scenario(name="mine", legs={"callee": DEFAULT_BEHAVIOR}), ["legs"]),
        (Scenario(name="mine", webhooks={"any": DeliveryBehavior(duplicate=2)}), ["webhooks"]),
        (Scenario(name="mine", responses=(ApiBehavior(delay=1),)), []),
    ],
)
def test_what_the_header_asks_of_calls_is_ignored_where_a_request_places_none(
    configuration: Configuration, scenario: Scenario, what: list[str]
) -> None:
    state = state_with_scenarios(configuration, USUAL, scenario)
    assert (place_none(state).ignored, click_to_call(state, "mine", to="").ignored) == ((), ())
    assert place_none(state, "mine").ignored == tuple(
        Ignored(
            scenario="mine",
            what=each,
            reason="c2c has placed no call here",
            request_id="r3",
            strict=False,
        )
        for each in what
    )
