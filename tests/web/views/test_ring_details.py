"""An entry of a ring has role and number of the leg, at each attempt those of its time."""

from typing import Any

import pytest

from mockserver.core.call import Event
from mockserver.core.configuration import Configuration
from mockserver.core.journal import JournalEntry
from mockserver.engine.sandbox_state import SandboxState
from mockserver.web.views.ring_details import serialize_with_ring
from tests.support import read
from tests.support.leg_operations import place
from tests.support.simulation import START, play_until_idle
from tests.support.site_client import SiteClient


def rings(state: SandboxState) -> list[tuple[Any, ...]]:
    entries = [serialize_with_ring(entry, state) for entry in read.journal(state)]
    return [
        tuple(entry.get(name) for name in ("leg", "role", "number"))
        for entry in entries
        if entry.get("event") == "ring"
    ]


def test_a_ring_tells_role_and_number_in_journal_and_export(site: SiteClient) -> None:
    site.click_to_call()
    site.advance()
    entries = site.get_json("/_mock/journal")["entries"]
    shown = [(each["leg"], each["role"], each["number"]) for each in entries if "role" in each]
    assert shown == [("a", "from", "918867135000"), ("b", "to", "918867136000")]
    export = site.request("GET", "/_mock/journal?format=jsonl").text
    assert export.count('"event":"ring","leg":"b","role":"to","number":"918867136000"') == 1


@pytest.mark.parametrize("scenario", ["no-answer", "answered"])
def test_each_attempt_has_the_number_that_it_dials(
    configuration: Configuration, scenario: str
) -> None:
    state = SandboxState(configuration, START)
    place(state, "dispatch", scenario)
    play_until_idle(state)
    call = read.calls(state)["c1"]
    attempts = (*(attempt.legs[0].number for attempt in call.attempts), call.legs[0].number)
    assert rings(state) == [("a", call.legs[0].role, number) for number in attempts]


def test_a_ring_that_names_its_number_is_as_it_was(configuration: Configuration) -> None:
    data = {"role": "agent", "number": "ann"}
    entry = JournalEntry(
        at=START,
        type="event",
        call_id="c9",
        payload=Event(at=START, type="ring", leg="b", data=data),
    )
    serialized = serialize_with_ring(entry, SandboxState(configuration, START))
    assert (serialized["role"], serialized["number"]) == ("agent", "ann")


@pytest.mark.parametrize(("call_id", "leg"), [("c9", "a"), ("c1", "x")])
def test_a_ring_of_what_is_gone_tells_the_leg_alone(
    configuration: Configuration, call_id: str, leg: str
) -> None:
    state = SandboxState(configuration, START)
    place(state, "click-to-call", "answered")
    event = Event(at=START, type="ring", leg=leg)
    entry = JournalEntry(at=START, type="event", call_id=call_id, payload=event)
    assert "role" not in serialize_with_ring(entry, state)
