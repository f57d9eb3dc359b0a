"""What a scenario file means where two of its words speak of the same thing.

Each puzzle has one answer: what a call did, or the position of the error.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from mockserver.compiler import ScenarioCompiler, build_configuration
from mockserver.config.problems import InvalidFiles
from mockserver.core.call import current_attempt
from mockserver.engine import commands
from mockserver.engine.exchange import Exchange
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.webhooks import is_due_before_response
from mockserver.settings import Settings, parse_settings
from mockserver.web.control.explain import explain_calls
from mockserver.web.views.serializers import serialize_call
from tests.support import read
from tests.support.matches import activate
from tests.support.placing_requests import BATCHES, PlacingRequest, build_placing_request
from tests.support.simulation import CLICK_TO_CALL, START, play_until_idle
from tests.support.vendors import effebot, phonon

Play = Callable[..., SandboxState]
MOBTEXTING = PlacingRequest("mobtexting", "c2c", CLICK_TO_CALL)
EFFEBOT = PlacingRequest("effebot", "create", effebot.CREATE_EXAMPLE)
PHONON = PlacingRequest("phonon", "create", phonon.CREATE_EXAMPLE)
BATCH = BATCHES[1]
INCOMPLETE = PlacingRequest("mobtexting", "c2c", {"from": "918867135000"})
REQUESTS = {"mobtexting": MOBTEXTING, "effebot": EFFEBOT, "phonon": PHONON}


@pytest.fixture
def settings_for(tmp_path: Path) -> Callable[..., Settings]:
    """Write the scenarios to a file, and return the settings of a server that loads it."""

    def write(*scenarios: str, seed: str = "seed") -> Settings:
        file = tmp_path / "mine.yaml"
        file.write_text("\n  ".join(("scenarios:", *scenarios)) + "\n", "utf-8")
        return parse_settings({"seed": seed, "scenarios": (str(file),)}, {})

    return write


@pytest.fixture
def load(settings_for: Callable[..., Settings]) -> Play:
    def load_scenarios(*scenarios: str, seed: str = "seed") -> SandboxState:
        return SandboxState(build_configuration(settings_for(*scenarios, seed=seed)), START)

    return load_scenarios


@pytest.fixture
def problems(settings_for: Callable[..., Settings]) -> Callable[..., list[str]]:
    def find_problems(*scenarios: str) -> list[str]:
        with pytest.raises(InvalidFiles) as raised:
            build_configuration(settings_for(*scenarios))
        return [str(problem).partition("mine.yaml:")[2] for problem in raised.value.problems]

    return find_problems


def send(
    state: SandboxState, *header: str, request: PlacingRequest = MOBTEXTING, **fields: object
) -> Exchange:
    changed = request._replace(fields={**request.fields, **fields})
    return handle(state, build_placing_request(state, changed, *header), START)


def causes(state: SandboxState, name: str = "c1") -> list[dict[str, str]]:
    """Return for each attempt of a call how each leg that rang has ended."""
    call = read.calls(state)[name]
    return [
        {leg.name: leg.cause or "" for leg in attempt.legs if leg.ringing_at is not None}
        for attempt in (*call.attempts, current_attempt(call))
    ]


def faults(exchanges: Iterator[Exchange]) -> list[str | None]:
    return [exchange.fault for exchange in exchanges]


# --- the puzzles ---------------------------------------------------------------------------------

PLAYED: Mapping[str, tuple[tuple[str, ...], str, list[dict[str, str]], int]] = {
    "attempts speak of the callee, legs beside them of the other leg": (
        ("x: {attempts: [no-answer, busy, answered], legs: {a: {answer: 5s}}}",),
        "mobtexting",
        [{"a": "normal", "b": "no-answer"}, {"a": "normal", "b": "busy"}],
        1,
    ),
    "b outside wins against callee inside where they are one leg": (
        ("x: {use: callee-busy, legs: {b: rejected}}",),
        "mobtexting",
        [{"a": "normal", "b": "rejected"}],
        1,
    ),
    "b outside leaves the callee alone where they are two legs": (
        ("x: {use: callee-busy, legs: {b: rejected}}",),
        "effebot",
        [{"a": "busy"}],
        0,
    ),
    "any outside wins against report inside": (
        (
            "x: {use: inner, webhooks: {any: {duplicate: 2}}}",
            "inner: {legs: {callee: busy}, webhooks: {report: {drop: all}}}",
        ),
        "phonon",
        [{"a": "busy"}, {"a": "busy"}],
        2,
    ),
    "report wins against any beside it": (
        ("x: {legs: {callee: busy}, webhooks: {any: {drop: all}, report: {duplicate: 3}}}",),
        "phonon",
        [{"a": "busy"}, {"a": "busy"}],
        3,
    ),
    "another kind outside leaves report inside alone": (
        (
            "x: {use: inner, webhooks: {completed: {duplicate: 2}}}",
            "inner: {legs: {callee: busy}, webhooks: {report: {duplicate: 4}}}",
        ),
        "phonon",
        [{"a": "busy"}, {"a": "busy"}],
        4,
    ),
    "webhooks are those of the attempt's item": (
        (
            "x: {attempts: [{legs: {callee: no-answer}, webhooks: {any: {drop: all}}}, doubled]}",
            "doubled: {legs: {callee: busy}, webhooks: {any: {duplicate: 2}}}",
        ),
        "mobtexting",
        [{"a": "normal", "b": "no-answer"}, {"a": "normal", "b": "busy"}],
        2,
    ),
    "attempts speak of a leg that used steps do not move": (
        (
            "x: {attempts: [{callee: {hangup: 4s}}], use: s}",
            "s: {steps: [{after: 9s, hangup: a, cause: busy}]}",
        ),
        "mobtexting",
        [{"a": "normal", "b": "normal"}],
        1,
    ),
    "used steps alone move a leg, whatever attempts outside of them say of it": (
        (
            "x: {attempts: [{callee: {hangup: 4s}}], use: s}",
            "s: {steps: [{after: 9s, hangup: a, cause: busy}]}",
        ),
        "phonon",
        [{"a": "busy"}],
        1,
    ),
    "an own list replaces that of a used scenario, whose other words stay": (
        (
            "x: {attempts: [busy], use: inner}",
            "inner: {choose: [{weight: 1, use: rejected}], webhooks: {any: {duplicate: 2}}}",
        ),
        "mobtexting",
        [{"a": "normal", "b": "busy"}],
        2,
    ),
}
"""Puzzle -> (scenarios, of which the header names x; provider; causes by attempt; webhooks)."""


@pytest.mark.parametrize("puzzle", PLAYED)
def test_what_is_written_outside_wins(load: Play, puzzle: str) -> None:
    scenarios, provider, expected, webhook_count = PLAYED[puzzle]
    state = load(*scenarios)
    send(state, "x", request=REQUESTS[provider])
    deliveries = play_until_idle(state)
    assert (causes(state), len(deliveries)) == (expected, webhook_count)


HIDDEN = "has no effect: outer words always win against it; leave out one of the two"
REFUSED: Mapping[str, tuple[tuple[str, ...], list[str]]] = {
    "legs beside attempts that speak of nothing else": (
        ("x: {attempts: [no-answer, busy], legs: {callee: answered}}",),
        [
            f"2:18: 'no-answer' {HIDDEN}",
            f"2:29: 'busy' {HIDDEN}",
        ],
    ),
    "any outside of report": (
        ("x: {use: y, webhooks: {any: {duplicate: 2}}}", "y: {webhooks: {report: {drop: 1}}}"),
        [f"2:12: 'y' {HIDDEN}"],
    ),
    "legs outside of the steps that move them": (
        ("x: {use: y, legs: {a: busy}}", "y: {steps: [{after: 9s, hangup: a}]}"),
        ["2:22: the steps of 'y' decide this leg: leave it out here, or write all of it as steps"],
    ),
    "legs beside the steps that move them": (
        ("x: {legs: {a: answered}, steps: [{after: 9s, hangup: a}]}",),
        ["2:14: the steps of 'x' decide this leg: leave it out here, or write all of it as steps"],
    ),
    "an item of attempts that speaks of the API": (
        ("x: {attempts: [busy, y]}", "y: {refuse: server-error}"),
        [
            (
                "2:24: an item of attempts decides legs and webhooks, but 'y' decides the "
                "response: write refuse or responses beside attempts, or use choose"
            )
        ],
    ),
    "a scenario that is used without what it needs": (
        ("x: {use: second-leg-no-answer}",),
        [
            (
                "2:12: 'second-leg-no-answer' needs {leg: b}, which is not true everywhere that "
                "this scenario can play; give this scenario the same needs"
            )
        ],
    ),
}
"""Puzzle -> (scenarios, the problems with their positions)."""


@pytest.mark.parametrize("puzzle", REFUSED)
def test_a_word_without_effect_is_an_error_at_its_position(
    problems: Callable[..., list[str]], puzzle: str
) -> None:
    scenarios, expected = REFUSED[puzzle]
    assert problems(*scenarios) == expected


# --- draws ---------------------------------------------------------------------------------------

TEN = (
    "down: {refuse: server-error}",
    "x: {choose: [{weight: 90, use: answered}, {weight: 10, use: down}]}",
)


def test_a_choice_refuses_about_as_many_requests_as_the_weights_say_and_always_the_same(
    load: Play,
) -> None:
    states = [load(*TEN, seed=seed) for seed in ("one", "one", "two")]
    refused = [[send(state, "x").fault for _ in range(300)] for state in states]
    assert refused[0] == refused[1] != refused[2]
    assert [Counter(each)["server-error"] for each in refused] == [28, 28, 33]


def test_a_batch_draws_once_for_the_api_and_each_call_among_the_other_items(load: Play) -> None:
    state = load(
        "down: {refuse: failure}",
        "x: {choose: [{weight: 2, use: down}, {weight: 1, use: callee-busy}, "
        "{weight: 1, use: rejected}]}",
    )
    exchanges = [send(state, "x", request=BATCH) for _ in range(12)]
    placed = {len(exchange.call_ids) for exchange in exchanges if exchange.fault is None}
    assert {exchange.fault for exchange in exchanges} == {None, "failure"}
    assert placed == {3}
    play_until_idle(state)
    fates = [
        "".join(causes(state, name)[0]["a"][0] for name in exchange.call_ids)
        for exchange in exchanges
        if exchange.fault is None
    ]
    assert fates == ["brb", "rbb", "rbb", "bbb", "rrb", "rrb"]


def test_what_is_drawn_applies_with_all_its_aspects(load: Play) -> None:
    state = load(
        "x:",
        "  choose:",
        "    - {weight: 1, legs: {callee: busy}, webhooks: {any: {drop: all}}}",
        "    - {weight: 1, legs: {callee: rejected}, webhooks: {any: {duplicate: 2}}}",
    )
    for number in range(8):
        send(state, "x", attempts=0)
        sent = len(play_until_idle(state))
        [ended] = causes(state, f"c{number + 1}")
        assert (ended["b"], sent) in {("busy", 0), ("rejected", 2)}
        shown = serialize_call(state, read.calls(state)[f"c{number + 1}"])["scenarios"]
        assert shown == ["x", f"item {1 if ended['b'] == 'busy' else 2} of choose in x"]


def test_where_the_drawn_item_is_silent_no_later_candidate_is_asked(load: Play) -> None:
    state = load(
        'z: {match: {to: "*"}, webhooks: {any: {duplicate: 5}}}',
        "v: {choose: [{weight: 1, use: callee-busy}, {weight: 1, use: lost-report}]}",
    )
    sent = []
    for _ in range(8):
        send(state, "v", attempts=0)
        sent.append(len(play_until_idle(state)))
    assert set(sent) == {0, 1}


# --- counts --------------------------------------------------------------------------------------

LIST = ("x: {responses: [{refuse: server-error}, {refuse: insufficient-balance}, pass]}",)


def test_of_two_activations_of_one_list_the_oldest_comes_first_and_each_begins_anew(
    load: Play,
) -> None:
    state = load(*LIST)
    for _ in range(2):
        activate(state, "x", 2)
    found = faults(send(state) for _ in range(5))
    assert found == [*("server-error", "insufficient-balance") * 2, None]


def test_times_are_given_back_by_a_request_that_the_vendor_refuses_and_a_batch_spends_one(
    load: Play,
) -> None:
    state = load("x: {legs: {callee: busy}}")
    activation = activate(state, "x", 2)
    remaining = []
    for request in (INCOMPLETE, BATCH, INCOMPLETE, MOBTEXTING, MOBTEXTING):
        send(state, request=request)
        remaining.append([each.remaining for each in read.activations(state)])
    assert activation.remaining == 2
    assert remaining == [[2], [1], [1], [], []]


def test_an_activation_that_draws_silence_about_the_api_is_not_spent_by_a_refused_request(
    load: Play,
) -> None:
    state = load("x: {choose: [{weight: 1, use: answered}, {weight: 0, use: down}]}", TEN[0])
    activate(state, "x", 1)
    assert send(state, request=INCOMPLETE).fault
    assert [each.remaining for each in read.activations(state)] == [1]


def test_what_a_scenario_orders_is_answered_before_the_vendors_own_checks_and_counts(
    load: Play,
) -> None:
    state = load(*LIST)
    found = faults(send(state, "x", request=INCOMPLETE) for _ in range(3))
    assert found[:2] == ["server-error", "insufficient-balance"]
    assert found[2] not in (None, *found[:2])


def test_a_scenario_of_the_header_is_not_asked_for_its_match_and_shares_its_position(
    load: Play,
) -> None:
    state = load(
        'x: {match: {to: "*6001"}, responses: [{refuse: server-error}, '
        "{refuse: insufficient-balance}, pass]}"
    )
    first = send(state, "x", to="918867136000")
    second = send(state, to="918867136001")
    third = send(state, "x", to="918867136000")
    assert faults(iter((first, second, third))) == ["server-error", "insufficient-balance", None]


def test_the_position_belongs_to_the_scenario_that_wrote_the_list(load: Play) -> None:
    state = load(*LIST, "y: {use: x}", "z: {use: y, legs: {callee: busy}}")
    found = faults(send(state, name) for name in ("z", "y", "x"))
    assert found == ["server-error", "insufficient-balance", None]


def test_put_of_a_scenario_begins_the_lists_inside_it_anew(
    load: Play, settings_for: Callable[..., Settings]
) -> None:
    text = "{choose: [{weight: 1, responses: [{refuse: server-error}, pass]}]}"
    state = load(f"x: {text}")
    assert faults(send(state, "x") for _ in range(2)) == ["server-error", None]
    compiler = ScenarioCompiler(settings_for(f"x: {text}"))
    configuration, _ = compiler(state.configuration, {"x": text.encode()})
    assert configuration
    commands.put_scenario(state, "x", text, configuration, START)
    assert send(state, "x").fault == "server-error"


# --- which scenario ------------------------------------------------------------------------------

OTHERS = ('y: {match: {to: "*"}, legs: {b: rejected}}',)


@pytest.mark.parametrize(
    ("number", "ended"), [("918867136000", "normal"), ("918800020300", "busy")]
)
@pytest.mark.parametrize("by", ["header", "activation"])
def test_a_leg_that_the_chosen_scenario_leaves_out_follows_its_number_and_no_other_scenario(
    load: Play, by: str, number: str, ended: str
) -> None:
    state = load("x: {legs: {a: {answer: 3s, hangup: 60s}}}", *OTHERS)
    if by == "activation":
        activate(state, "x")
    send(state, *(("x",) if by == "header" else ()), to=number, attempts=0)
    play_until_idle(state)
    [legs] = causes(state)
    assert legs["b"] == ended


def test_a_leg_that_the_drawn_item_leaves_out_follows_its_number(load: Play) -> None:
    state = load("x: {choose: [{weight: 1, use: hangs-up-early}]}", *OTHERS)
    send(state, "x", to="918800020300", attempts=0)
    play_until_idle(state)
    assert causes(state)[0]["b"] == "normal"


def test_before_reply_applies_wherever_it_is_written(load: Play) -> None:
    state = load(
        "x: {choose: [{weight: 1, use: report-before-reply}]}",
        "y: {use: report-before-reply, webhooks: {completed: {duplicate: 2}}}",
    )
    due = [
        is_due_before_response(state, send(state, name, attempts=0).call_ids)
        for name in ("x", "y", "answered")
    ]
    assert due == [True, False, False]


@pytest.mark.parametrize(
    ("scenarios", "request_", "places", "reached"),
    [
        (
            ("x: {legs: {a: answered}, attempts: [no-answer, answered]}",),
            PHONON,
            [("x", "attempts")],
            [],
        ),
        (
            ("x: {legs: {a: answered}, attempts: [no-answer, answered]}",),
            MOBTEXTING,
            [],
            ["no-answer"],
        ),
        (
            ("x: {attempts: [busy, answered], use: s}", "s: {steps: [{after: 9s, hangup: a}]}"),
            PHONON,
            [("busy", "legs.callee"), ("answered", "legs.callee")],
            ["s"],
        ),
        (
            ("x: {attempts: [busy, answered], use: s}", "s: {steps: [{after: 9s, hangup: a}]}"),
            MOBTEXTING,
            [],
            ["busy", "s"],
        ),
    ],
)
def test_a_list_that_outer_words_or_used_steps_hide_on_one_operation_is_ignored_there(
    load: Play,
    scenarios: tuple[str, ...],
    request_: PlacingRequest,
    places: list[tuple[str, str]],
    reached: list[str],
) -> None:
    state = load(*scenarios)
    exchange = send(state, "x", request=request_)
    [entry] = explain_calls(exchange, state)
    assert [(each.scenario, each.what) for each in exchange.ignored] == places
    assert [item.get("reached", []) for item in entry["scenarios"]] == [reached]


def test_explain_tells_what_a_request_and_its_call_reached(load: Play) -> None:
    state = load(
        "x: {choose: [{weight: 1, use: y}]}",
        "y: {attempts: [no-answer, busy], responses: [pass], use: z}",
        "z: {webhooks: {any: {drop: all}}}",
    )
    exchange = send(state, "x")
    play_until_idle(state)
    [entry] = explain_calls(exchange, state)
    assert [(item["aspect"], item["reached"]) for item in entry["scenarios"]] == [
        (aspect, ["y", "no-answer", "z"]) for aspect in ("api", "legs", "webhooks")
    ]
    shown = serialize_call(state, read.calls(state)["c1"])["scenarios"]
    assert shown == ["x", "y", "no-answer", "z", "busy"]
