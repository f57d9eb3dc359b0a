"""Whatever the scenarios are, all that tells which one was selected agrees."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import asdict

from mockserver.core.behavior import PRESETS
from mockserver.core.call import Call
from mockserver.core.composition import ASPECTS, find_scenario
from mockserver.core.configuration import Configuration
from mockserver.core.leg_names import legs_by_name
from mockserver.core.provider import all_faults
from mockserver.core.scenario import (
    CONTEXT_NAMES,
    ApiBehavior,
    DeliveryBehavior,
    MatchContext,
    MatchRule,
    Scenario,
)
from mockserver.core.seeded import choice
from mockserver.core.selection import EXPLICIT_RANKS, Activation
from mockserver.engine.exchange import Exchange
from mockserver.engine.pipeline import handle, match_request
from mockserver.engine.sandbox_state import SandboxState
from mockserver.web.control.explain import explain_calls
from mockserver.web.views.serializers import serialize_call, serialize_exchange
from tests.support import read
from tests.support.conformance import PROVIDERS
from tests.support.leg_operations import LEG_OPERATIONS
from tests.support.matches import activate
from tests.support.placing_requests import (
    BATCHES,
    PLACING_REQUESTS,
    PlacingRequest,
    build_placing_request,
)
from tests.support.simulation import START, state_with_scenarios

NAMES = ("first", "second", "third")
BUSY = Scenario(name="busy", legs={"callee": PRESETS["busy"]})
"""What `busy` is as an item of a list, where no scenario has that name."""
FIELDS = sorted({name for placing in PLACING_REQUESTS for name in placing.fields})
FAULTS = sorted(
    {fault.name for bound in PROVIDERS.values() for fault in all_faults(bound.provider)}
)
LEGS = sorted({name for each in LEG_OPERATIONS.values() for names in each.names.values()
               for name in names})  # fmt: skip
GLOBS = ("*", "*", "?*", "*0*", "*[02468]", "9*", "+*", "")
SMALL = settings(max_examples=150, deadline=None)

match_rules = st.builds(
    MatchRule,
    globs=st.dictionaries(
        st.sampled_from((*CONTEXT_NAMES, *LEGS)) | st.sampled_from(("a", "callee")),
        st.sampled_from((*GLOBS, *PROVIDERS, "create*", "*-default")),
        max_size=2,
    ),
    fields=st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(GLOBS), max_size=1),
)
bodies: Mapping[str, st.SearchStrategy[dict[str, Any]]] = {
    "api": st.builds(
        lambda faults: {"responses": tuple(ApiBehavior(fault=fault) for fault in faults)},
        st.lists(st.sampled_from(("", "", *FAULTS)), min_size=1, max_size=2),
    ),
    "legs": st.builds(
        lambda leg, preset: {"legs": {leg: preset}},
        st.sampled_from(LEGS),
        st.sampled_from(tuple(PRESETS.values())),
    ),
    "webhooks": st.builds(
        lambda copies: {"webhooks": {"any": DeliveryBehavior(duplicate=copies)}}, st.integers(1, 2)
    ),
}
"""Aspect -> the keys of a scenario that speaks to it."""
LEAVES: Mapping[str, dict[str, Any]] = {
    "down": {"responses": (ApiBehavior(fault="server-error"),)},
    "passing": {"responses": (ApiBehavior(),), "legs": {"callee": PRESETS["rejected"]}},
    "lost": {"webhooks": {"any": DeliveryBehavior(drop=None)}},
    "nested": {"choose": ((1.0, "down"), (2.0, "lost"), (1.0, "busy"))},
    "redialed": {"attempts": ("lost", "busy"), "use": "passing"},
}
"""Scenario to which others lead -> its keys."""
leaves = st.sampled_from((*LEAVES, "no-answer"))
composed: st.SearchStrategy[dict[str, Any]] = st.builds(
    lambda own_list, use: {**own_list, **use},
    st.just({})
    | st.builds(
        lambda names: {"choose": tuple(zip((1.0, 2.0, 0.5), names, strict=False))},
        st.lists(leaves, min_size=1, max_size=3, unique=True),
    )
    | st.builds(
        lambda key, names: {key: tuple(names)},
        st.sampled_from(("attempts", "numbers")),
        st.lists(st.sampled_from(("lost", "busy", "no-answer")), min_size=1, max_size=2),
    ),
    st.just({}) | st.builds(lambda name: {"use": name}, leaves),
)
"""The keys that lead to other scenarios: a list, `use`, both or none."""
NO_BODY: Mapping[str, dict[str, Any]] = {
    "api": {"responses": ()},
    "legs": {"legs": {}},
    "webhooks": {"webhooks": {}},
}


def lacks_fault(exchange: Exchange) -> bool:
    """Whether a scenario orders a fault that the vendor lacks."""
    return any(ignored.what.startswith("refuse: ") for ignored in exchange.ignored)


class Activated(NamedTuple):
    scenario: str
    match: MatchRule
    times: int | None


class Sandbox(NamedTuple):
    """Scenarios, what activates them, and requests: pairs of a request and its header."""

    scenarios: tuple[Scenario, ...]
    activated: tuple[Activated, ...]
    requests: tuple[tuple[PlacingRequest, tuple[str, ...]], ...]


@st.composite
def scenario_strategy(draw: st.DrawFn, name: str) -> Scenario:
    aspects = draw(st.sets(st.sampled_from(sorted(ASPECTS))))
    keys = {key: value for aspect in sorted(aspects) for key, value in draw(bodies[aspect]).items()}
    match = draw(st.none() | match_rules)
    keys |= draw(composed)
    return Scenario(name=name, match=match, bundled=draw(st.booleans()), **keys)


sandboxes = st.builds(
    Sandbox,
    st.tuples(*(scenario_strategy(name) for name in NAMES)),
    st.lists(
        st.builds(Activated, st.sampled_from(NAMES), match_rules, st.sampled_from((1, 1, 2, None))),
        max_size=3,
    ).map(tuple),
    st.lists(
        st.tuples(
            st.sampled_from(PLACING_REQUESTS) | st.sampled_from(BATCHES),
            st.lists(st.sampled_from(NAMES), max_size=1).map(tuple),
        ),
        min_size=1,
        max_size=3,
    ).map(tuple),
)


def build_state(configuration: Configuration, sandbox: Sandbox) -> SandboxState:
    known = configuration.scenarios.by_name
    inner = [Scenario(name=name, **keys) for name, keys in LEAVES.items()]
    state = state_with_scenarios(
        configuration, known["answered"], known["no-answer"], *inner, *sandbox.scenarios
    )
    for activated in sandbox.activated:
        activate(state, activated.scenario, activated.times, **asdict(activated.match))
    return state


def send(state: SandboxState, placing: PlacingRequest, header: tuple[str, ...]) -> Exchange:
    return handle(state, build_placing_request(state, placing, *header), START)


# --- everything agrees ---------------------------------------------------------------------------


@given(sandbox=sandboxes)
@SMALL
def test_call_request_and_explanation_name_the_same_scenarios(
    configuration: Configuration, sandbox: Sandbox
) -> None:
    state = build_state(configuration, sandbox)
    for placing, header in sandbox.requests:
        exchange = send(state, placing, header)
        explained = [*explain_calls(exchange, state)]
        explicit: list[str] = []
        for entry in explained:
            selected = {item["aspect"]: item for item in entry["scenarios"]}
            if entry["call"]:
                shown = serialize_call(state, read.calls(state)[entry["call"]])
                names = [
                    name
                    for aspect, item in selected.items()
                    if aspect != "api"
                    for name in (item["scenario"], *item.get("reached", ()))
                ]
                assert shown["scenarios"] == list(dict.fromkeys(names))
                explicit += [
                    item["scenario"]
                    for aspect, item in selected.items()
                    if aspect != "api" and item["rank"] in EXPLICIT_RANKS
                ]
        applied = [] if lacks_fault(exchange) else explained
        api = [name for name in map(api_scenario, applied) if name][:1]
        expected = list(dict.fromkeys((*header, *api, *explicit)))
        assert serialize_exchange(exchange, configuration)["scenarios"] == expected
        placed = [entry["call"] for entry in explained if entry["call"]]
        assert placed == list(exchange.call_ids)


def api_scenario(explained: Any) -> str:
    names = (item["scenario"] for item in explained["scenarios"] if item["aspect"] == "api")
    return next(names, "")


@given(sandbox=sandboxes)
@SMALL
def test_a_call_plays_what_the_first_scenario_that_matches_it_says(
    configuration: Configuration, sandbox: Sandbox
) -> None:
    """The context is made of the call itself; the first of those that match is found one by one."""
    state = build_state(configuration, sandbox)
    for placing, header in sandbox.requests:
        in_force = read.activations(state)
        exchange = send(state, placing, header)
        credential = build_placing_request(state, placing).credential
        for index, name in exchange.placed_calls.items():
            call = read.calls(state)[name]
            context = context_of(call, placing, credential)
            matched = exchange.matches[index].context
            sent = exchange.request.headers
            assert matched == context.replace(headers=sent, now=START)
            names = precedence(state, header, in_force, context)
            by_name = state.configuration.scenarios.by_name
            spoken = {each: set(spoken_aspects(by_name, each)) for each in names}
            legs = next(each for each in names if "legs" in spoken[each])
            webhooks = next((each for each in names if "webhooks" in spoken[each]), None)
            assert read.leg_scenarios(state)[name].scenario == by_name[legs]
            assert read.webhook_scenarios(state).get(name) == (webhooks and by_name[webhooks])


def context_of(call: Call, placing: PlacingRequest, credential: str) -> MatchContext:
    dialed = {leg.name: leg.number for leg in call.legs}
    return MatchContext(
        provider=call.spec.provider,
        operation=call.spec.operation,
        account=call.spec.account,
        credential=credential,
        numbers={name: dialed.get(leg, "") for name, leg in legs_by_name(call).items()},
        parameters={**placing.fields, **call.spec.parameters},
    )


def precedence(
    state: SandboxState,
    header: tuple[str, ...],
    in_force: tuple[Activation, ...],
    context: MatchContext,
) -> list[str]:
    """Return the names of all scenarios that apply to a call, the first in force first."""
    own = [state.configuration.scenarios.by_name[name] for name in NAMES]
    matching = [
        scenario for scenario in own if scenario.match and not scenario.match.mismatch(context)
    ]
    return [
        *header,
        *(each.scenario_name for each in in_force if not each.match.mismatch(context)),
        *(scenario.name for scenario in matching if not scenario.bundled),
        *(scenario.name for scenario in matching if scenario.bundled),
        "answered",
    ]


@given(sandbox=sandboxes)
@SMALL
def test_an_activation_is_spent_by_the_requests_that_it_changed_and_by_no_other(
    configuration: Configuration, sandbox: Sandbox
) -> None:
    state = build_state(configuration, sandbox)
    for placing, header in sandbox.requests:
        in_force = read.activations(state)
        exchange = send(state, placing, header)
        explained = [*explain_calls(exchange, state)]
        spent = {
            activation.id
            for activation in in_force
            if is_api_activation(state, exchange, explained, in_force, activation)
            or any(
                selected is not None and selected.activation_id == activation.id
                for index in exchange.placed_calls
                for selected in (
                    exchange.matches[index].selection.legs,
                    exchange.matches[index].selection.webhooks,
                )
            )
        }
        expected = [
            activation.replace(remaining=activation.remaining - 1)
            if activation.remaining and activation.id in spent
            else activation
            for activation in in_force
        ]
        assert list(read.activations(state)) == [each for each in expected if each.remaining != 0]


def is_api_activation(
    state: SandboxState,
    exchange: Exchange,
    explained: Any,
    in_force: tuple[Activation, ...],
    activation: Activation,
) -> bool:
    """Return True if the activation decides the API behavior: the oldest one that speaks to it.

    It does not if it orders a fault that the vendor lacks.
    """
    if lacks_fault(exchange):
        return False
    for entry, match in zip(explained, exchange.matches, strict=True):
        ranks = [item["rank"] for item in entry["scenarios"] if item["aspect"] == "api"]
        if ranks:
            by_name = state.configuration.scenarios.by_name
            oldest = next(
                (
                    each
                    for each in in_force
                    if "api" in spoken_aspects(by_name, each.scenario_name)
                    and not each.match.mismatch(match.context)
                ),
                None,
            )
            [selected] = [item for item in entry["scenarios"] if item["aspect"] == "api"]
            reached = (selected["scenario"], *selected.get("reached", ()))
            is_ordered = any(name in by_name and by_name[name].responses for name in reached)
            return ranks == ["activation"] and oldest == activation and is_ordered
    return False


# --- composed scenarios --------------------------------------------------------------------------


def spoken_aspects(
    by_name: Mapping[str, Scenario], name: str, *, is_listless: bool = False
) -> Iterator[str]:
    """Yield the aspects of a scenario and of all that it leads to, read from outside to inside."""
    scenario = by_name.get(name, BUSY)
    own = {"api": scenario.responses, "legs": scenario.legs, "webhooks": scenario.webhooks}
    yield from (aspect for aspect, words in own.items() if words)
    choices = tuple(item for _, item in scenario.choose)
    items = () if is_listless else (*scenario.attempts, *scenario.numbers, *choices)
    for item in items:
        yield from spoken_aspects(by_name, item)
    if scenario.use:
        inner = is_listless or bool(scenario.attempts or scenario.numbers or choices)
        yield from spoken_aspects(by_name, scenario.use, is_listless=inner)


def read_from_outside(
    by_name: Mapping[str, Scenario],
    name: str,
    draw: tuple[int, int, bool],
    *,
    is_listless: bool = False,
) -> Iterator[str]:
    """Yield the names of what describes a first attempt; `draw` are the fields of a `Draw`."""
    request, index, in_batch = draw
    scenario = by_name.get(name, BUSY)
    yield name
    if not is_listless:
        weighted = scenario.choose
        if in_batch:
            silent = [each for each in weighted if "api" not in spoken_aspects(by_name, each[1])]
            weighted = tuple(silent) or weighted
        if weighted:
            weights, names = zip(*weighted, strict=True)
            item = choice(names, weights, "seed", request, index, name)
            yield from read_from_outside(by_name, item, draw)
        for first in (*scenario.attempts[:1], *scenario.numbers[:1]):
            yield from read_from_outside(by_name, first, draw)
    if scenario.use:
        inner = is_listless or bool(scenario.attempts or scenario.numbers or scenario.choose)
        yield from read_from_outside(by_name, scenario.use, draw, is_listless=inner)


@given(sandbox=sandboxes)
@SMALL
def test_each_request_and_call_is_read_from_outside_to_inside_by_its_own_draw(
    configuration: Configuration, sandbox: Sandbox
) -> None:
    state = build_state(configuration._replace(seed="seed"), sandbox)
    by_name = state.configuration.scenarios.by_name
    for number, (placing, header) in enumerate(sandbox.requests, 1):
        exchange = send(state, placing, header)
        entries = [*explain_calls(exchange, state)]
        in_batch = len(entries) > 1
        for index, entry in enumerate(entries):
            for item in entry["scenarios"]:
                is_api = item["aspect"] == "api"
                draw = (
                    number,
                    -1 if is_api and in_batch else index,
                    in_batch and not is_api,
                )
                # a name that comes again says nothing that it has not said before
                names = read_from_outside(by_name, item["scenario"], draw)
                expected = list(dict.fromkeys(names))
                shown = list(dict.fromkeys((item["scenario"], *item.get("reached", ()))))
                assert shown == [name for name in expected if name in shown]
                missing = [name for name in expected if name not in shown]
                call = read.calls(state).get(entry["call"])
                assert all(call and is_hidden(state, call, name, expected) for name in missing)


def is_hidden(state: SandboxState, call: Call, name: str, names: Iterable[str]) -> bool:
    """Whether the scenarios before it say all that the scenario, or what it leads to, says."""
    by_name, legs = state.configuration.scenarios.by_name, legs_by_name(call)
    known = [find_scenario(by_name, each) or BUSY for each in names]
    spoken: set[str] = set()
    for scenario in known:
        own = {legs[leg] for leg in scenario.legs if leg in legs} | {*scenario.webhooks}
        own |= {"api"} if scenario.responses else set()
        if scenario.name == name:
            return own <= spoken and bool(own or scenario.use or scenario.has_list)
        spoken |= own
    return False


# --- aspects are independent ---------------------------------------------------------------------


@pytest.mark.parametrize("aspect", sorted(ASPECTS))
@given(sandbox=sandboxes, data=st.data())
@SMALL
def test_what_a_scenario_says_of_one_aspect_never_decides_another(
    configuration: Configuration, aspect: str, sandbox: Sandbox, data: st.DataObject
) -> None:
    index = data.draw(st.sampled_from(range(len(NAMES))))
    body = data.draw(st.just(NO_BODY[aspect]) | bodies[aspect])
    scenarios = list(sandbox.scenarios)
    scenarios[index] = scenarios[index].replace(**{**NO_BODY[aspect], **body})
    changed = sandbox._replace(scenarios=tuple(scenarios))
    for placing, header in sandbox.requests:
        selections = [
            other_selections(build_state(configuration, each), placing, header, aspect)
            for each in (sandbox, changed)
        ]
        assert selections[0] == selections[1]


def other_selections(
    state: SandboxState, placing: PlacingRequest, header: tuple[str, ...], aspect: str
) -> list[tuple[str, str, str, str]]:
    """Return aspect, scenario, rank and activation of what is selected for the other aspects."""
    matched = match_request(state, build_placing_request(state, placing, *header), START)
    return [
        (other, selected.scenario.name, selected.rank, selected.activation_id)
        for match in matched.matches
        for other in ASPECTS
        if other != aspect and (selected := getattr(match.selection, other))
    ]
