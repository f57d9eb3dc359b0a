"""No event of any vendor shows a time or a duration as a bare number of milliseconds."""

import re
from collections.abc import Iterator
from functools import cache

import pytest

from mockserver.compiler import build_configuration
from mockserver.core.call import Event
from mockserver.core.configuration import Configuration
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event
from mockserver.settings import parse_settings
from mockserver.web.control.timeline import FORMATS
from mockserver.web.views.log_lines import format_line
from mockserver.web.views.mermaid import render_diagram
from mockserver.web.views.serializers import serialize_event
from tests.support import read
from tests.support.conformance import PROVIDERS
from tests.support.placing_requests import (
    PLACING_REQUESTS,
    PlacingRequest,
    build_placing_request,
)
from tests.support.simulation import START, play_until_idle, run_for
from tests.support.vendors import ccai, effebot

COUNTS = {"entry", "participant", "transfers", "q850"}
"""Arguments of events that are numbers, and neither times nor durations."""
TIME_IN_MS = re.compile(r"\b17\d{11}\b")
FROM_A_DUTY_PHONE = PlacingRequest(
    "effebot", "create", {**effebot.CREATE_EXAMPLE, "outgoingPhone": "", "dutyPhone": 1}
)
LATE_EVENTS = (
    ("create-outbound", "ccai-stays", 3_000, "switch"),
    ("create-outbound", "callee-busy", 60_000, "recover"),
    ("create-inbound", "ccai-stays", 1_000, "deflect"),
    ("create-inbound", "answered", 60_000, "rate"),
    ("create-inbound", "ccai-voicemail", 600_000, "read-voicemail"),
    ("create-scheduled", "answered", 0, "cancel"),
)
"""(operation, scenario, ms, event) of the events of CCAI that no scenario causes on its own."""


@cache
def build_every_scenario() -> Configuration:
    return build_configuration(parse_settings({"seed": "seed"}, {}))


def played_states(provider: str) -> Iterator[SandboxState]:
    """Yield a sandbox after each scenario on each way to place a call of the provider."""
    configuration = build_every_scenario()
    for placing in (*PLACING_REQUESTS, FROM_A_DUTY_PHONE):
        for scenario in configuration.scenarios.by_name if placing.provider == provider else ():
            state = SandboxState(configuration, START)
            handle(state, build_placing_request(state, placing, scenario), START)
            play_until_idle(state)
            yield state
    for operation, scenario, at, event_type in LATE_EVENTS if provider == "ccai" else ():
        state = SandboxState(configuration, START)
        ccai.request(state, operation, scenario)
        run_for(state, at)
        apply_event(state, "c1", Event(at=START + at, type=event_type))
        play_until_idle(state)
        yield state


@pytest.mark.parametrize("provider", PROVIDERS)
def test_no_event_shows_a_bare_number_of_milliseconds(provider: str) -> None:
    seen, numbers, lines = set(), set(), set()
    for state in played_states(provider):
        for call in read.calls(state).values():
            events = [serialize_event(event) for event in call.events]
            seen |= {event["event"] for event in events}
            numbers |= {
                name
                for event in events
                for name, value in event.items()
                if isinstance(value, int | float)
            }
        for render, _ in FORMATS.values():
            lines |= {line for entry in read.journal(state) for line in render(entry, state)}
    assert PROVIDERS[provider].provider.vendor_events.keys() <= seen
    assert numbers <= COUNTS
    assert [line for line in lines if TIME_IN_MS.search(line) or "{origin}" in line] == []


def test_timers_show_the_times_that_they_refer_to() -> None:
    state = SandboxState(build_every_scenario(), START)
    ccai.request(state, "create-inbound", "ccai-agent-ignores")
    run_for(state, 60_000)
    types = ("lapse", "connect", "join")
    entries = [
        entry
        for entry in read.journal(state)
        if isinstance(entry.payload, Event) and entry.payload.type in types
    ]
    assert [format_line(entry, state) for entry in entries] == [
        "09:00:30 ccai c1 lapse rang_at 09:00:00",
        "09:00:33 ccai c1 connect answered_at 09:00:32",
        "09:00:34 ccai c1 join since 09:00:33",
    ]
    assert render_diagram(entries, state).splitlines()[2:] == [
        "    Note over mock: 09:00:30 c1 lapse rang_at 09:00:00",
        "    Note over mock: 09:00:33 c1 connect answered_at 09:00:32",
        "    Note over mock: 09:00:34 c1 join since 09:00:33",
    ]
    events = [event for event in read.calls(state)["c1"].events if event.type in types]
    names = ("rang_at", "answered_at", "since")
    assert [serialize_event(event)[name] for event, name in zip(events, names, strict=True)] == [
        "2026-01-01T09:00:00.000Z",
        "2026-01-01T09:00:32.000Z",
        "2026-01-01T09:00:33.000Z",
    ]
