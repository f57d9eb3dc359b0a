"""Activations: reserved when a request arrives, then spent or given back."""

from typing import Any

import pytest

from mockserver.core.behavior import PRESETS
from mockserver.core.call import PlannedCall
from mockserver.core.configuration import Configuration
from mockserver.core.http import Response
from mockserver.core.provider import Effects, EndpointResult
from mockserver.core.resolution import NO_DRAW
from mockserver.core.rulebook import RequestContext
from mockserver.core.scenario import ApiBehavior, DeliveryBehavior, MatchRule, Scenario
from mockserver.engine.pipeline import match_request, respond
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.scenario_selection import admit, give_back
from tests.support import read
from tests.support.matches import activate, admit_click_to_call, clear_activations
from tests.support.simulation import (
    START,
    build_click_to_call,
    click_to_call,
    play_until_idle,
    state_with_provider,
    state_with_scenarios,
)

BUSY = Scenario(name="busy", legs={"callee": PRESETS["busy"]})
ALL = {"globs": {"provider": "mobtexting"}}
CALLEE_6000 = {"globs": {"callee": "*6000"}}
OTHER_CALLEE = {"globs": {"callee": "*6001"}}


def remaining(state: SandboxState) -> dict[str, int | None]:
    return {activation.id: activation.remaining for activation in read.activations(state)}


def place_planned_calls(context: RequestContext) -> EndpointResult:
    calls = tuple(context.place(index) for index in range(len(context.planned_calls)))
    return EndpointResult(response=Response(status=200), effects=Effects(calls=calls))


def state_with_batches(configuration: Configuration, *callees: str) -> SandboxState:
    """Return a state in which every click-to-call calls all these numbers."""

    def plan_calls(_: RequestContext) -> tuple[PlannedCall, ...]:
        return tuple(
            PlannedCall(flow="one-leg", numbers={"a": callee}, parameters={}) for callee in callees
        )

    endpoint, *_ = configuration.providers["mobtexting"].provider.endpoints
    batch = endpoint._replace(planned_calls=plan_calls, respond=place_planned_calls)
    return state_with_provider(configuration, endpoints=(batch,))


@pytest.mark.parametrize(
    ("match", "times", "expected"),
    [
        (ALL, 1, {}),
        (ALL, 2, {"a1": 1}),
        (ALL, None, {"a1": None}),
        (CALLEE_6000, 1, {}),
        (OTHER_CALLEE, 1, {"a1": 1}),
    ],
)
def test_a_matching_request_that_places_a_call_spends_one_use(
    state: SandboxState,
    match: dict[str, dict[str, str]],
    times: int | None,
    expected: dict[str, int | None],
) -> None:
    activate(state, "callee-busy", times=times, **match)
    click_to_call(state)
    assert remaining(state) == expected


@pytest.mark.parametrize(
    ("callees", "match", "expected"),
    [
        (("918867136000",) * 3, ALL, {"a1": 1}),
        (("1", "2", "918867136000"), CALLEE_6000, {"a1": 1}),
        (("1", "2", "3"), CALLEE_6000, {"a1": 2}),
    ],
)
def test_a_batch_spends_one_use(
    configuration: Configuration,
    callees: tuple[str, ...],
    match: dict[str, dict[str, str]],
    expected: dict[str, int],
) -> None:
    state = state_with_batches(configuration, *callees)
    activate(state, "callee-busy", times=2, **match)
    assert len(click_to_call(state).call_ids) == 3
    assert remaining(state) == expected


def test_a_batch_spends_an_activation_only_if_a_call_that_it_matches_is_placed(
    configuration: Configuration,
) -> None:
    def place_first_call(context: RequestContext) -> EndpointResult:
        calls = (context.place(0),)
        return EndpointResult(response=Response(status=200), effects=Effects(calls=calls))

    batch = state_with_batches(configuration, "1", "2").configuration
    endpoint, *_ = batch.providers["mobtexting"].provider.endpoints
    state = state_with_provider(batch, endpoints=(endpoint._replace(respond=place_first_call),))
    for callee in ("1", "2"):
        activate(state, "callee-busy", times=1, globs={"callee": callee})
    click_to_call(state)
    assert remaining(state) == {"a2": 1}


def test_an_activation_lasts_for_its_number_of_matching_requests(state: SandboxState) -> None:
    activate(state, "callee-busy", times=2, **CALLEE_6000)
    numbers = ("918867136000", "918867130000", "918867136000", "918867136000")
    call_ids = [click_to_call(state, to=to).call_ids[0] for to in numbers]
    play_until_idle(state)
    outcomes = [read.calls(state)[name].outcome for name in call_ids]
    assert outcomes == ["busy", "completed", "busy", "completed"]
    assert remaining(state) == {}


@pytest.mark.parametrize("scenario", ["needy", "gone"])
def test_a_request_that_the_scenario_cannot_play_spends_no_activation(
    configuration: Configuration, scenario: str
) -> None:
    needy = Scenario(name="needy", needs={"leg": "manager"}, legs=BUSY.legs)
    state = state_with_scenarios(configuration, BUSY, needy)
    activate(state, scenario, times=1)
    click_to_call(state)
    assert remaining(state) == {"a1": 1}


def test_a_refused_request_without_an_api_behavior_gives_back(state: SandboxState) -> None:
    activate(state, "callee-busy", times=1)
    assert click_to_call(state, bridge="x").fault == "bridge-malformed"
    assert remaining(state) == {"a1": 1}
    assert click_to_call(state).scenario_names == ("callee-busy",)
    assert remaining(state) == {}


@pytest.mark.parametrize(
    ("behavior", "fields"),
    [
        (ApiBehavior(fault="conflict"), {}),
        (ApiBehavior(disconnect="reset"), {}),
        (ApiBehavior(), {}),
        (ApiBehavior(), {"bridge": "x"}),
    ],
)
def test_a_request_whose_api_behavior_an_activation_decides_spends_it(
    configuration: Configuration, behavior: ApiBehavior, fields: dict[str, Any]
) -> None:
    """Whatever the behavior is, the request has taken an item of the list of responses."""
    scenario = Scenario(name="mine", responses=(behavior,))
    state = state_with_scenarios(configuration, BUSY, scenario)
    activate(state, "mine", times=1)
    click_to_call(state, **fields)
    assert remaining(state) == {}


def test_a_request_that_another_activation_refuses_gives_back(configuration: Configuration) -> None:
    refusing = Scenario(name="refusing", responses=(ApiBehavior(fault="conflict"),))
    state = state_with_scenarios(configuration, BUSY, refusing)
    for scenario in ("busy", "refusing", "refusing"):
        activate(state, scenario, times=1)
    assert click_to_call(state).fault == "conflict"
    assert remaining(state) == {"a1": 1, "a3": 1}


def test_the_oldest_activation_decides_the_legs_and_the_next_one_waits(
    configuration: Configuration,
) -> None:
    state = state_with_scenarios(
        configuration, Scenario(name="usual"), BUSY, BUSY.replace(name="other")
    )
    activate(state, "busy", times=2)
    activate(state, "other", times=1)
    click_to_call(state)
    selected = read.leg_scenarios(state)["c1"]
    assert (selected.scenario, selected.rank, selected.activation_id) == (BUSY, "activation", "a1")
    assert remaining(state) == {"a1": 1, "a2": 1}


def test_activations_decide_one_request_after_the_other(configuration: Configuration) -> None:
    state = state_with_scenarios(
        configuration, Scenario(name="usual"), BUSY, BUSY.replace(name="other")
    )
    for scenario in ("busy", "other"):
        activate(state, scenario, times=1)
    names = [click_to_call(state).scenario_names for _ in range(3)]
    assert names == [("busy",), ("other",), ()]
    assert remaining(state) == {}


def test_a_header_that_decides_a_call_spends_no_activation(state: SandboxState) -> None:
    activate(state, "callee-busy", times=1)
    assert click_to_call(state, "no-answer").scenario_names == ("no-answer",)
    assert remaining(state) == {"a1": 1}


def test_activations_of_different_aspects_are_spent_together(configuration: Configuration) -> None:
    late = Scenario(name="late", webhooks={"any": DeliveryBehavior(duplicate=2)})
    state = state_with_scenarios(configuration, Scenario(name="usual"), BUSY, late)
    for scenario in ("busy", "late"):
        activate(state, scenario, times=1)
    assert click_to_call(state).scenario_names == ("busy", "late")
    assert remaining(state) == {}


def test_requests_that_draw_at_once_have_numbers_of_their_own(
    configuration: Configuration,
) -> None:
    """The number of a request is that of its exchange unless another one is still open."""
    mine = Scenario(name="mine", choose=((1, "answered"),))
    state = state_with_scenarios(configuration, mine)
    click_to_call(state, "answered")
    matches = [admit_click_to_call(state, "mine").matches for _ in range(2)]
    click_to_call(state, "answered")
    click_to_call(state, "answered")
    matches += [click_to_call(state, "mine").matches]
    assert [match.draw.request for [match] in matches] == [2, 3, 4]


def test_a_request_without_a_choice_has_no_number(state: SandboxState) -> None:
    [match] = admit_click_to_call(state, "third-time-lucky").matches
    assert match.draw == NO_DRAW


def test_a_provider_that_raises_gives_back_and_stores_nothing(configuration: Configuration) -> None:
    def fail(_: RequestContext) -> EndpointResult:
        raise ZeroDivisionError

    endpoint, *_ = configuration.providers["mobtexting"].provider.endpoints
    state = state_with_provider(configuration, endpoints=(endpoint._replace(respond=fail),))
    activate(state, "callee-busy", times=1)
    with pytest.raises(ZeroDivisionError):
        click_to_call(state)
    assert remaining(state) == {"a1": 1}
    assert (list(read.exchanges(state)), read.calls(state), list(read.journal(state))) == (
        [],
        {},
        [],
    )


# --- between arrival and response ----------------------------------------------------------------


def test_of_two_requests_at_once_one_gets_the_last_use(state: SandboxState) -> None:
    activate(state, "callee-busy", times=1)
    first, second = admit_click_to_call(state), admit_click_to_call(state)
    assert (first.reserved, second.reserved) == (("a1",), ())
    exchanges = [respond(state, matched, START) for matched in (second, first)]
    assert [exchange.scenario_names for exchange in exchanges] == [(), ("callee-busy",)]
    assert [exchange.call_ids for exchange in exchanges] == [("c1",), ("c2",)]
    assert remaining(state) == {}


def test_a_use_is_given_back_after_another_request_has_spent_the_last_one(
    state: SandboxState,
) -> None:
    activate(state, "callee-busy", times=2)
    first, second = admit_click_to_call(state), admit_click_to_call(state)
    assert remaining(state) == {}
    respond(state, first, START)
    give_back(state, second)
    assert remaining(state) == {"a1": 1}


def used_up(state: SandboxState) -> list[object]:
    return [entry.payload for entry in read.journal(state) if entry.type == "activation-used-up"]


def test_an_activation_that_is_used_up_has_an_entry_after_that_of_its_request(
    state: SandboxState,
) -> None:
    activate(state, "callee-busy", 2, **ALL)
    click_to_call(state)
    assert used_up(state) == []
    click_to_call(state)
    last = {"activation": "a1", "scenario": "callee-busy", "request": "r2"}
    assert used_up(state) == [last]
    click_to_call(state)
    assert used_up(state) == [last]
    types = [entry.type for entry in read.journal(state)]
    assert types.index("activation-used-up") > types.index("request", types.index("request") + 1)


def test_an_activation_is_used_up_once_no_request_can_give_a_use_back(state: SandboxState) -> None:
    activate(state, "callee-busy", 2, **ALL)
    early, late = admit_click_to_call(state), admit_click_to_call(state)
    respond(state, late, START)
    assert used_up(state) == []
    respond(state, early, START)
    assert used_up(state) == [{"activation": "a1", "scenario": "callee-busy", "request": "r2"}]


def test_an_activation_that_is_cleared_has_no_entry_of_its_end(state: SandboxState) -> None:
    activate(state, "callee-busy", 1, **ALL)
    admitted = admit_click_to_call(state)
    clear_activations(state)
    respond(state, admitted, START)
    assert used_up(state) == []


def test_a_use_that_a_request_gives_back_is_there_for_the_next_one(state: SandboxState) -> None:
    activate(state, "callee-busy", times=1)
    refused = admit_click_to_call(state, bridge="x")
    assert remaining(state) == {}
    respond(state, refused, START)
    assert remaining(state) == {"a1": 1}


def test_an_activation_that_is_cleared_meanwhile_stays_cleared(state: SandboxState) -> None:
    activate(state, "callee-busy", times=2)
    placed, refused = admit_click_to_call(state), admit_click_to_call(state, bridge="x")
    clear_activations(state)
    exchanges = [respond(state, matched, START) for matched in (placed, refused)]
    assert remaining(state) == {}
    assert [exchange.scenario_names for exchange in exchanges] == [("callee-busy",), ()]


def test_a_request_that_ends_without_a_response_gives_back(state: SandboxState) -> None:
    activate(state, "callee-busy", times=1)
    give_back(state, admit_click_to_call(state))
    assert remaining(state) == {"a1": 1}


def test_nothing_is_given_back_to_an_activation_of_another_epoch(state: SandboxState) -> None:
    activate(state, "callee-busy", times=1)
    matched = admit_click_to_call(state)
    state.reset(START)
    activate(state, "callee-busy", times=1)
    give_back(state, matched)
    assert remaining(state) == {"a1": 1}


def test_a_reload_during_a_delay_does_not_change_what_was_selected(
    configuration: Configuration,
) -> None:
    mine = BUSY.replace(name="mine", responses=(ApiBehavior(delay=1_000),))
    state = state_with_scenarios(configuration, Scenario(name="usual"), mine)
    activate(state, "mine", times=1)
    matched = admit_click_to_call(state)
    state.configuration = configuration
    assert respond(state, matched, START).scenario_names == ("mine",)
    assert read.leg_scenarios(state)["c1"].scenario == mine
    assert remaining(state) == {}


def test_the_position_in_a_list_of_responses_is_taken_at_arrival(
    configuration: Configuration,
) -> None:
    faults = ("conflict", "service-unavailable")
    responses = tuple(ApiBehavior(fault=fault) for fault in faults)
    state = state_with_scenarios(
        configuration, BUSY, Scenario(name="mine", match=MatchRule(), responses=responses)
    )
    matched = [admit_click_to_call(state) for _ in range(2)]
    exchanges = [respond(state, each, START) for each in reversed(matched)]
    assert [exchange.fault for exchange in exchanges] == ["service-unavailable", "conflict"]


def test_a_delayed_request_is_answered_with_the_account_as_it_is_then(
    configuration: Configuration,
) -> None:
    slow = Scenario(name="slow", match=MatchRule(), responses=(ApiBehavior(delay=1_000),))
    state = state_with_scenarios(configuration, BUSY, slow)
    matched = admit_click_to_call(state)
    [account] = read.accounts(state).values()
    state.accounts.replace(account.replace(numbers=frozenset({"1"})))
    assert respond(state, matched, START).fault == "bridge-unknown"


def test_a_request_is_answered_with_the_account_after_the_events_before_it(
    state: SandboxState,
) -> None:
    matched = admit(state, match_request(state, build_click_to_call(state), START))
    [account] = read.accounts(state).values()
    state.accounts.replace(account.replace(numbers=frozenset({"1"})))
    assert respond(state, matched, START).fault == "bridge-unknown"
