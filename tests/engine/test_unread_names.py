"""A scenario that a header names is ignored if names before it decide all that it speaks of."""

import pytest

from mockserver.core.journal import Ignored, JournalEntry
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.scenario_runs import state_from_text
from tests.support.simulation import START, click_to_call

SCENARIOS = """
scenarios:
  mine: {legs: {callee: busy}, webhooks: {any: {drop: all}}}
  down: {refuse: service-unavailable}
"""


@pytest.fixture
def state() -> SandboxState:
    return state_from_text(SCENARIOS)


@pytest.mark.parametrize(
    ("names", "ignored"),
    [
        (("mine", "down"), []),
        (("callee-busy", "mine"), []),
        (("mine", "mine"), []),
        (("mine", "nobody"), []),
        (("mine", "callee-busy"), [("callee-busy", "legs by mine")]),
        (("mine", "callee-busy", "lost-report", "down"),
         [("callee-busy", "legs by mine"), ("lost-report", "webhooks by mine")]),
        (("callee-busy", "lost-report", "mine"),
         [("mine", "legs by callee-busy, webhooks by lost-report")]),
    ],
)  # fmt: skip
def test_a_name_that_decides_nothing_is_ignored_with_those_that_do(
    state: SandboxState, names: tuple[str, ...], ignored: list[tuple[str, str]]
) -> None:
    expected = tuple(
        Ignored(
            scenario=name,
            what="header X-Mock-Scenario",
            reason=f"names before it decide all that it speaks of ({by}): combine them with use",
            request_id="r1",
        )
        for name, by in ignored
    )
    exchange = click_to_call(state, *names)
    assert exchange.ignored == expected
    entries = [entry for entry in read.journal(state) if entry.type == "ignored"]
    assert entries == [
        JournalEntry(at=START, type="ignored", call_id="", payload=each) for each in expected
    ]
