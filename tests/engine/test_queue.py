"""Queues: which call gets which agent and when, and what ends a call without one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.core.account import Account
from mockserver.core.behavior import (
    DEFAULT_BEHAVIOR,
    IMMEDIATELY,
    PRESETS,
    LegBehavior,
    fixed_duration,
)
from mockserver.core.call import Event, IllegalTransition
from mockserver.core.journal import RejectedEvent
from mockserver.core.provider import NO_EFFECTS
from mockserver.core.scenario import Scenario
from mockserver.core.script import Condition, Step, WaitReason
from mockserver.engine.dry_run import FINE, dry_run
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event, run_due_item, update_account
from mockserver.engine.state.agenda import ScheduledEvent
from tests.support import read
from tests.support.builders import STAY_ON_LINE
from tests.support.fake_vendor import (
    BOUND_FAKE_VENDOR,
    FAKE_VENDOR,
    Agent,
    build_shop,
    build_state,
    event_log,
    place_calls,
)
from tests.support.simulation import play_until_idle, run_until

IN_TURN = (
    Scenario(name="turns", numbers=("silent", "there")),
    Scenario(name="silent", legs={"b": PRESETS["no-answer"]}),
    Scenario(name="there", legs={"b": DEFAULT_BEHAVIOR}),
)


def agent_states(state: SandboxState) -> dict[str, str]:
    return {
        name: agent.state
        for name, agent in read.accounts(state)["toy", "shop"].records["agents"].items()
    }


def test_an_available_agent_is_assigned_at_once_and_available_again_after_the_call() -> None:
    state = build_state(build_shop({"ann": "available"}, "10"))
    place_calls(state)
    play_until_idle(state)
    assert event_log(state) == [
        (0, "c1", "begin", ""),
        (0, "c1", "offer", ""),
        (0, "c1", "placed", ""),
        (0, "c1", "ring", "a"),
        (0, "c1", "ring", "b"),
        (2_000, "c1", "answer", "a"),
        (2_000, "c1", "answer", "b"),
        (2_000, "c1", "bridge", ""),
        (8_000, "c1", "attempt-ended", ""),
        (8_000, "c1", "ended", ""),
        (8_000, "c1", "hangup", "a"),
        (8_000, "c1", "hangup", "b"),
    ]
    assert (agent_states(state), read.calls(state)["c1"].outcome) == (
        {"ann": "available"},
        "completed",
    )
    account = read.accounts(state)["toy", "shop"]
    assert (str(account.balance), account.document["balance"]) == ("9.94", "9.94")
    charged = [entry for entry in read.journal(state) if entry.type == "charge"]
    assert [(entry.at, entry.call_id, entry.payload) for entry in charged] == [
        (8_000, "c1", {"provider": "toy", "account": "shop", "amount": "0.06", "reason": "talk"})
    ]


def test_an_agent_that_does_not_answer_is_replaced_by_the_next() -> None:
    state = build_state(build_shop({"ann": "available", "bob": "available"}), *IN_TURN)
    place_calls(state)
    play_until_idle(state)
    assert event_log(state, "offer", "bridge") == [
        (0, "c1", "offer", ""),
        (30_000, "c1", "offer", ""),
        (32_000, "c1", "bridge", ""),
    ]
    assert agent_states(state) == {"ann": "ignoring", "bob": "available"}
    assert [leg.number for leg in read.calls(state)["c1"].legs] == ["100", "bob"]


def test_a_caller_abandons_the_queue_after_its_timeout() -> None:
    state = build_state(build_shop({"ann": "offline"}))
    place_calls(state)
    run_until(state, 5_000)
    assert read.wait_reasons(state)["c1"] == (WaitReason(reason="agent"),)
    play_until_idle(state)
    assert event_log(state, "abandon", "ended") == [
        (600_000, "c1", "abandon", ""),
        (600_000, "c1", "ended", ""),
    ]
    assert read.calls(state)["c1"].outcome == "no-answer"
    assert (read.wait_reasons(state), read.resource_queue(state)) == ({}, {})


def test_a_caller_that_hangs_up_in_the_queue_has_outcome_no_answer() -> None:
    state = build_state(
        build_shop({}),
        Scenario(name="leaves", legs={"a": LegBehavior(hangup=fixed_duration(30_000))}),
    )
    place_calls(state)
    play_until_idle(state)
    assert event_log(state, "ended") == [(32_000, "c1", "ended", "")]
    assert read.calls(state)["c1"].outcome == "no-answer"


def test_a_busy_caller_has_outcome_busy() -> None:
    state = build_state(build_shop({}), Scenario(name="busy", legs={"a": PRESETS["busy"]}))
    place_calls(state)
    play_until_idle(state)
    assert read.calls(state)["c1"].outcome == "busy"


def test_the_longest_waiting_call_gets_the_agent_first() -> None:
    state = build_state(build_shop({"ann": "available"}))
    for _ in range(3):
        place_calls(state)
    play_until_idle(state)
    assert event_log(state, "offer") == [
        (0, "c1", "offer", ""),
        (8_000, "c2", "offer", ""),
        (16_000, "c3", "offer", ""),
    ]


def test_an_updated_account_assigns_its_agents_at_once() -> None:
    state = build_state(build_shop({"ann": "offline"}))
    place_calls(state)
    run_until(state, 5_000)
    account = read.accounts(state)["toy", "shop"].replace(records={"agents": {"ann": Agent()}})
    update_account(state, account, 9_000)
    assert event_log(state, "offer") == [(9_000, "c1", "offer", "")]
    assert agent_states(state) == {"ann": "busy"}


def test_a_timeline_entry_assigns_agents() -> None:
    account = build_shop({"ann": "offline"}).replace(timeline=((60_000, {"agents": {}}),))

    def parse_account(
        name: str, provider: str, _: object
    ) -> tuple[Account | None, tuple[object, ...]]:
        return build_shop({"ann": "available"}).replace(name=name, provider=provider), ()

    state = build_state(account)
    state.configuration = state.configuration._replace(parse_account=parse_account)
    place_calls(state)
    play_until_idle(state)
    assert event_log(state, "offer") == [(60_000, "c1", "offer", "")]


def test_steps_that_offer_agents_replace_the_assignment_by_the_queue() -> None:
    steps = (
        Step(
            delay=fixed_duration(90_000),
            event_type="offer",
            data={"agent": "ann"},
            behavior=PRESETS["no-answer"],
        ),
        Step(delay=IMMEDIATELY, event_type="", condition=Condition(type="settled", leg="b")),
        Step(
            delay=fixed_duration(5_000),
            event_type="offer",
            data={"agent": "bob"},
            behavior=STAY_ON_LINE,
        ),
        Step(delay=IMMEDIATELY, event_type="", condition=Condition(type="settled", leg="b")),
        Step(delay=fixed_duration(30_000), event_type="hold"),
        Step(delay=fixed_duration(20_000), event_type="resume"),
        Step(delay=fixed_duration(1_000), event_type="hangup", leg="b", data={"cause": "normal"}),
    )
    state = build_state(
        build_shop({"ann": "available", "bob": "available"}), Scenario(name="mine", steps=steps)
    )
    place_calls(state)
    play_until_idle(state)
    assert event_log(state, "offer", "hold", "resume", "ended") == [
        (90_000, "c1", "offer", ""),
        (125_000, "c1", "offer", ""),
        (157_000, "c1", "hold", ""),
        (177_000, "c1", "resume", ""),
        (178_000, "c1", "ended", ""),
    ]


def test_the_queue_assigns_agents_again_after_the_last_offer_of_the_steps() -> None:
    ignores = Step(
        delay=fixed_duration(90_000),
        event_type="offer",
        data={"agent": "ann"},
        behavior=PRESETS["no-answer"],
    )
    steps = (
        ignores,
        Step(delay=fixed_duration(300_000), event_type="hangup", leg="a", data={"cause": "normal"}),
    )
    state = build_state(
        build_shop({"ann": "available", "bob": "available"}), Scenario(name="mine", steps=steps)
    )
    place_calls(state)
    play_until_idle(state)
    assert event_log(state, "offer", "ended") == [
        (90_000, "c1", "offer", ""),
        (120_000, "c1", "offer", ""),
        (390_000, "c1", "ended", ""),
    ]


def test_a_call_is_queued_only_between_its_beginning_and_its_end() -> None:
    greedy = FAKE_VENDOR.resources["agent"]._replace(waits_for=lambda _: True)
    state = build_state(build_shop({}), Scenario(name="busy", legs={"a": PRESETS["busy"]}))
    bound = BOUND_FAKE_VENDOR._replace(provider=FAKE_VENDOR._replace(resources={"agent": greedy}))
    state.configuration = state.configuration._replace(providers={"toy": bound})
    place_calls(state)
    queued = [dict(read.resource_queue(state))]
    while run_due_item(state) is None and read.peek(state) is not None:
        queued.append(dict(read.resource_queue(state)))
    assert (queued[0], queued[1], read.resource_queue(state)) == ({}, {"c1": "agent"}, {})


def test_an_offer_with_the_person_behavior_waits_for_a_person() -> None:
    offer = Step(
        delay=IMMEDIATELY, event_type="offer", data={"agent": "ann"}, behavior=PRESETS["person"]
    )
    state = build_state(build_shop({"ann": "available"}), Scenario(name="mine", steps=(offer,)))
    place_calls(state)
    run_until(state, 5_000)
    assert read.wait_reasons(state)["c1"] == (WaitReason(reason="person", leg="b"),)


def test_a_transfer_removes_the_agent_and_offers_the_call_again() -> None:
    state = build_state(
        build_shop({"ann": "available", "bob": "offline"}),
        Scenario(name="stays", legs={"a": PRESETS["person"]}),
    )
    place_calls(state)
    run_until(state, 0)
    apply_event(state, "c1", Event(at=1_000, type="answer", leg="a"))
    run_until(state, 3_000)
    apply_event(state, "c1", Event(at=4_000, type="transfer"))
    run_until(state, 4_000)
    assert event_log(state, "leave", "offer") == [
        (0, "c1", "offer", ""),
        (4_000, "c1", "leave", "b"),
        (4_000, "c1", "offer", ""),
    ]
    assert (read.calls(state)["c1"].phase, agent_states(state)["ann"]) == ("begun", "busy")
    play_until_idle(state)
    assert event_log(state, "bridge")[-1] == (6_000, "c1", "bridge", "")


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (Event(at=0, type="hold"), "hold is not possible while queued, only while connected"),
        (Event(at=0, type="rate"), "rate is not possible while queued, only while finished"),
        (Event(at=0, type="offer", data={"agent": "eve"}), "there is no agent eve"),
        (Event(at=0, type="offer"), "there is no agent "),
    ],
)
def test_an_illegal_vendor_event_is_refused_and_changes_nothing(event: Event, reason: str) -> None:
    state = build_state(build_shop({"ann": "offline"}))
    place_calls(state)
    run_until(state, 0)
    before = read.calls(state)["c1"]
    with pytest.raises(IllegalTransition) as error:
        apply_event(state, "c1", event)
    assert (str(error.value), read.calls(state)["c1"]) == (reason, before)


def test_a_vendor_event_after_the_end_changes_only_the_call_state() -> None:
    state = build_state(build_shop({"ann": "available"}))
    place_calls(state)
    play_until_idle(state)
    ended = read.calls(state)["c1"]
    rated = apply_event(state, "c1", Event(at=9_000, type="rate"))
    assert rated == ended.replace(
        state="rated", events=(*ended.events, Event(at=9_000, type="rate"))
    )
    assert read.peek(state) is None


def test_an_event_scheduled_after_the_end_occurs_only_if_it_is_allowed_then() -> None:
    state = build_state(build_shop({"ann": "available"}))
    place_calls(state)
    for at, event_type in ((20_000, "rate"), (30_000, "hold"), (40_000, "poll")):
        state.agenda.schedule(
            at, "event", "c1", ScheduledEvent(attempt=0, event=Event(at=at, type=event_type))
        )
    play_until_idle(state)
    assert event_log(state, "rate", "hold", "poll") == [(20_000, "c1", "rate", "")]
    assert [
        entry for entry in read.journal(state) if isinstance(entry.payload, RejectedEvent)
    ] == []


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        (
            (Step(delay=IMMEDIATELY, event_type="offer", data={"agent": "eve"}, location="f:1:1"),),
            "there is no agent eve",
        ),
        (
            (Step(delay=IMMEDIATELY, event_type="hold", location="f:1:1"),),
            "hold is not possible while offered, only while connected",
        ),
        (
            (
                Step(
                    delay=IMMEDIATELY,
                    event_type="offer",
                    data={"agent": "ann"},
                    behavior=DEFAULT_BEHAVIOR,
                    location="f:1:1",
                ),
            ),
            "",
        ),
    ],
    ids=["unknown agent", "hold in the queue", "fine"],
)
def test_the_dry_run_checks_vendor_events(steps: tuple[Step, ...], reason: str) -> None:
    scenario = Scenario(name="mine", location="f:1:1", steps=steps)
    state = build_state(build_shop({"ann": "available"}), scenario)
    assert [problem.reason for problem in dry_run(state.configuration, scenario).problems] == (
        [reason] if reason else []
    )


def test_the_dry_run_sends_what_steps_wait_for_when_no_agent_is_available() -> None:
    wait = Step(
        delay=IMMEDIATELY, event_type="", condition=Condition(type="control"), location="f:1:1"
    )
    state = build_state(
        build_shop({"ann": "offline"}), Scenario(name="mine", location="f:1:1", steps=(wait,))
    )
    bound = BOUND_FAKE_VENDOR._replace(provider=FAKE_VENDOR._replace(on_event=lambda _: NO_EFFECTS))
    configuration = state.configuration._replace(providers={"toy": bound})
    assert dry_run(configuration, configuration.scenarios.by_name["mine"]) == FINE


@given(
    st.lists(st.integers(0, 20_000), min_size=1, max_size=12),
    st.integers(1, 3),
    st.integers(0, 3),
)
def test_no_agent_has_two_calls_and_every_call_is_completed(
    starts: list[int], agents: int, silent: int
) -> None:
    names = {f"agent-{number}": "available" for number in range(agents)}
    quiet = {f"quiet-{number}": "available" for number in range(silent)}
    state = build_state(build_shop({**quiet, **names}, "1000"))
    for at in sorted(starts):
        run_until(state, at)
        place_calls(state, now=at)
    while read.peek(state) is not None:
        run_due_item(state)
        busy = [
            leg.number
            for call in read.calls(state).values()
            for leg in call.legs
            if leg.name == "b" and leg.state in ("ringing", "answered")
        ]
        assert len(busy) == len(set(busy))
        assert {name for name, state in agent_states(state).items() if state == "busy"} == set(busy)
    assert {call.outcome for call in read.calls(state).values()} == {"completed"}
    charges = [entry.payload for entry in read.journal(state) if entry.type == "charge"]
    spent = sum(float(charge["amount"]) for charge in charges if isinstance(charge, dict))
    assert round(1000 - spent, 2) == float(read.accounts(state)["toy", "shop"].balance or 0)
    offers = [(at, int(call[1:])) for at, call, *_ in event_log(state, "offer")]
    assert [call for _, call in sorted(offers)] == sorted(call for _, call in offers)
