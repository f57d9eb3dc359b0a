"""A Hypothesis rule machine plays the lives of CCAI calls and checks them after each step."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import jsonschema
import yaml
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from mockserver.core.call import Event, IllegalTransition
from mockserver.core.configuration import Configuration
from mockserver.engine.commands import inject_event
from mockserver.engine.sandbox_state import SandboxState
from mockserver.providers.ccai.call_state import status
from mockserver.providers.ccai.vendor_events import VENDOR_EVENTS
from tests.support import read
from tests.support.simulation import START, only_providers, run_until
from tests.support.vendors import response_body
from tests.support.vendors.ccai import patch_account, request

EXAMPLES, STEPS = 300, 40
MAX_CALLS = 6
EMAILS = tuple(f"{name}@somedomain.com" for name in ("admin", "agent", "allen"))
AGENT_STATES = ("available", "busy", "break", "offline")
SCENARIOS = ("answered", "no-answer", "callee-busy", "hangs-up-early", "ccai-stays", "ccai-ignores")
LIVE = ("ringing", "answered")
DOCUMENT = yaml.safe_load((Path(__file__).parents[3] / "schemas" / "ccai.yaml").read_text("utf-8"))
CALL_SCHEMA = {"$ref": "#/components/schemas/Call", "components": DOCUMENT["components"]}
VALIDATOR = jsonschema.Draft202012Validator(CALL_SCHEMA)
TALK_EVENTS = ("answer", "bridge", "hold", "transfer", "leave", "offer", "join", "hangup", "ended")
QUEUE_EVENTS = ("lapse", "expire", "deflect", "voicemail")
"""What has to occur in outbound and in incoming calls, and in incoming ones."""
TALK_TRIGGERS = tuple((name, dict[str, str]()) for name in ("hold", "resume", "switch", "rate"))
TRANSFERS = (
    *(("transfer", {"agent": email}) for email in EMAILS),
    *(("transfer", {"menu": menu}) for menu in ("9", "12")),
)
QUEUE_TRIGGERS: tuple[tuple[str, dict[str, str]], ...] = (
    *(("offer", {"agent": email}) for email in EMAILS),
    *((name, {}) for name in ("deflect", "voicemail", "read-voicemail", "cancel")),
)


def seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def times_of(details: Any, *keys: str) -> list[str]:
    return [details[key] for key in keys if details[key]]


class History:
    """What earlier reads of a call have told, which no later read may take back."""

    def __init__(self) -> None:
        self.waits: dict[str, str] = {}
        self.connections: list[str] = []
        self.transfers: list[Any] = []

    def check_durations(self, details: Any, end: int) -> None:
        """Check that the durations are sums of differences of the timestamps told up to `end`.

        A wait has no end until the next connection.
        """
        queued, connected = details["queued_at"], details["connected_at"]
        if queued:
            self.waits.setdefault(queued, "")
        if connected and connected not in self.connections:
            self.connections.append(connected)
            self.waits = {since: until or connected for since, until in self.waits.items()}
        talked = end - seconds(self.connections[0]) if self.connections else 0
        assert details["call_duration"] == talked
        waits = [(until, seconds(since)) for since, until in self.waits.items()]
        waited = sum((seconds(until) if until else end) - since for until, since in waits)
        assert details["wait_duration"] == waited

    def check_transfers(self, transfers: Any) -> None:
        """Check that what a transfer has told stays: its time, a named agent, and its end."""
        assert len(self.transfers) <= len(transfers)
        for told, transfer in zip(self.transfers, transfers, strict=False):
            assert transfer["created_at"] == told["created_at"]
            assert told["to_agent"] in (None, transfer["to_agent"])
            if told["status"] != "transferring":
                assert transfer == told
        self.transfers = transfers


class CallMachine(RuleBasedStateMachine):
    """Calls of all types, what happens to them, and what a client reads of them."""

    configuration: ClassVar[Configuration]
    occurred: ClassVar[set[tuple[str, str]]]

    def __init__(self) -> None:
        super().__init__()
        self.state = SandboxState(self.configuration, START)
        self.now = START
        self.histories: dict[int, History] = {}

    def calls(self) -> Iterator[Any]:
        yield from read.calls(self.state).values()

    @rule(
        operation=st.sampled_from(("create-outbound", "create-inbound", "create-scheduled")),
        scenario=st.sampled_from(SCENARIOS),
        agent=st.sampled_from(EMAILS),
        parent=st.integers(1, MAX_CALLS),
    )
    def create(self, operation: str, scenario: str, agent: str, parent: int) -> None:
        if len(read.calls(self.state)) == MAX_CALLS:
            return
        at = datetime.fromtimestamp(self.now / 1_000 + 60).astimezone().isoformat()
        more: dict[str, dict[str, Any]] = {
            "create-outbound": {"agent_email": agent},
            "create-inbound": {},
            "create-scheduled": {"scheduled_at": at, "call_id": parent},
        }
        request(self.state, operation, scenario, now=self.now, **more[operation])

    @rule(by=st.sampled_from((1, 999, 1_000, 2_000, 2_000, 4_000, 30_000, 61_000, 600_000)))
    def advance(self, by: int) -> None:
        self.now += by
        run_until(self.state, self.now)

    @initialize(operation=st.sampled_from(("create-outbound", "create-inbound")))
    def begin(self, operation: str) -> None:
        self.create(operation, "ccai-stays", EMAILS[0], 1)
        self.advance(4_000)

    @rule(number=st.integers(1, MAX_CALLS), event=st.sampled_from(TALK_TRIGGERS))
    def talk(self, number: int, event: tuple[str, dict[str, str]]) -> None:
        self.trigger(number, event)

    @rule(number=st.integers(1, MAX_CALLS), event=st.sampled_from(TRANSFERS))
    def hand_over(self, number: int, event: tuple[str, dict[str, str]]) -> None:
        self.trigger(number, event)

    @rule(number=st.integers(1, MAX_CALLS), event=st.sampled_from(QUEUE_TRIGGERS))
    def wait(self, number: int, event: tuple[str, dict[str, str]]) -> None:
        self.trigger(number, event)

    def trigger(self, number: int, trigger: tuple[str, dict[str, str]]) -> None:
        """Prefer the calls in which the event is possible; number 1 picks any."""
        name, data = trigger
        possible = [call for call in self.calls() if status(call) in VENDOR_EVENTS[name].allowed_in]
        calls = possible if possible and number > 1 else [*self.calls()]
        if calls:
            call = calls[number % len(calls)]
            self.inject(
                int(call.spec.id[1:]), Event(at=self.now, type=name, data=data, source="control")
            )

    @rule(
        number=st.integers(1, MAX_CALLS),
        leg=st.sampled_from("ab"),
        event_type=st.sampled_from(("answer", "hangup")),
    )
    def act(self, number: int, leg: str, event_type: str) -> None:
        data = {"cause": "normal"} if event_type == "hangup" else {}
        self.inject(
            number, Event(at=self.now, type=event_type, leg=leg, data=data, source="control")
        )

    def inject(self, number: int, event: Event) -> None:
        if f"c{number}" not in read.calls(self.state):
            return
        with suppress(IllegalTransition):
            inject_event(self.state, f"c{number}", event, {})

    @rule(number=st.integers(1, MAX_CALLS))
    def cancel(self, number: int) -> None:
        request(self.state, "cancel-scheduled", now=self.now, id=str(number))

    @rule(agent=st.sampled_from(EMAILS), to=st.sampled_from(AGENT_STATES))
    def patch(self, agent: str, to: str) -> None:
        patch_account(self.state, {"agents": {agent: {"state": to}}}, self.now)

    @invariant()
    def an_agent_is_in_at_most_one_call(self) -> None:
        agents = [
            leg.number
            for call in self.calls()
            for leg in call.legs
            if leg.role == "agent" and leg.state in LIVE
        ]
        assert len(agents) == len(set(agents))

    @invariant()
    def a_call_ends_when_nobody_is_left(self) -> None:
        for call in self.calls():
            user = next(leg for leg in call.legs if leg.role == "end_user")
            is_over = user.state in ("ended", "left")
            assert call.phase == "ended" or not is_over

    @invariant()
    def reads_tell_one_consistent_history(self) -> None:
        run_until(self.state, self.now)
        first, second = (
            response_body(request(self.state, "manager-calls", now=self.now)) for _ in "ab"
        )
        assert first == second
        for details in first:
            same = request(self.state, "read-call", now=self.now, id=str(details["id"]))
            assert response_body(same) == details
            VALIDATOR.validate(details)
            self.check_times(details)

    def teardown(self) -> None:
        for call in self.calls():
            operation = call.spec.operation
            self.occurred.update((operation, event.type) for event in call.events)

    def check_times(self, details: Any) -> None:
        until = details["ends_at"]
        end = seconds(until) if until else self.now // 1_000
        check_order(details)
        history = self.histories.setdefault(details["id"], History())
        history.check_durations(details, end)
        history.check_transfers(details["transfers"])
        assert details["hold_duration"] <= details["call_duration"] + 1
        for participant in details["participants"]:
            check_participant(participant, details, end)
        transfers = [transfer["created_at"] for transfer in details["transfers"]]
        assert transfers == sorted(transfers)
        casts = [offer["casting_time"] for offer in details["offer_events"]]
        assert casts == sorted(casts)


def check_order(details: Any) -> None:
    """Check the order of the times; those of an agent before the last transfer do not count."""
    queued, transfers = details["queued_at"], details["transfers"]
    assert not transfers or queued == transfers[-1]["created_at"]
    stages = times_of(details, "assigned_at", "connected_at")
    current = [at for at in stages if not transfers or at > queued]
    told = times_of(details, "created_at", "queued_at") + current + times_of(details, "ends_at")
    assert told == sorted(told)
    assert all(at >= details["created_at"] for at in stages)
    is_connected = details["status"] == "connected"
    assert not is_connected or len(current) == len(("assigned_at", "connected_at"))


def check_participant(participant: Any, details: Any, end: int) -> None:
    """Check that times and status of a participant fit each other and those of the call."""
    joined, left = participant["connected_at"], participant["ended_at"]
    words = {
        (False, False): "waiting",
        (True, False): "connected",
        (True, True): "finished",
        (False, True): "failed",
    }
    assert participant["status"] == words[bool(joined), bool(left)]
    assert bool(left) or not details["ends_at"]
    told = times_of(participant, "connected_at", "ended_at")
    assert told == sorted(told)
    until = seconds(left) if left else end
    assert participant["call_duration"] == (until - seconds(joined) if joined else None)


def test_whatever_happens_to_calls_they_tell_one_consistent_history(
    configuration: Configuration,
) -> None:
    CallMachine.occurred = set()
    CallMachine.configuration = only_providers(configuration, "ccai")
    machine_settings = settings(
        max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, derandomize=True
    )
    run_state_machine_as_test(CallMachine, settings=machine_settings)
    queued = {*QUEUE_EVENTS, *TALK_EVENTS}
    expected = {
        *(("create-outbound", event) for event in TALK_EVENTS),
        *(("create-inbound", event) for event in queued),
    }
    assert expected - CallMachine.occurred == set()
