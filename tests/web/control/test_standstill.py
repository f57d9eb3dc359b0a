"""A wait that cannot end while the clock stands still says what is due, and how to get there."""

from collections.abc import Mapping
from typing import Any

import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.time import SECOND
from mockserver.web.control.standstill import describe_standstill, needs_time
from tests.support.edge_site import EdgeSite, build_edge_site
from tests.support.simulation import START
from tests.support.site import read_problem

STANDS = "The clock is manual and stands at 2026-01-01T09:00:00.000Z"
FINISH = (
    'Call finish() first (POST /_mock/clock/advance {"until": "idle"}), or wait with advance="1h".'
)
WEBHOOK: Mapping[str, Any] = {"for": "webhook", "match": {"kind": "completed"}, "timeout": 60}


def wait(edge: EdgeSite, **body: Any) -> tuple[int, str, str]:
    return read_problem(edge.request("POST", "/_mock/wait", json={**WEBHOOK, **body}))


@pytest.mark.parametrize(
    ("kind", "match", "timed"),
    [
        ("webhook", {}, True),
        ("request", {"status": 200}, False),
        ("call", {}, False),
        ("call", {"provider": "mobtexting"}, False),
        ("call", {"state": "queued"}, False),
        ("call", {"state": "*"}, False),
        ("call", {"state": "ended"}, True),
        ("call", {"state": "queued", "outcome": "busy"}, True),
        ("call", {"outcome": None}, False),
        ("call", {"ended_at": "2026*"}, True),
        ("call", {"webhooks": "w1"}, True),
    ],
)
def test_what_no_request_can_bring_at_once_needs_time(
    kind: str, match: Mapping[str, Any], timed: object
) -> None:
    assert needs_time(kind, match) is timed


@pytest.mark.parametrize(("advances", "when"), [(0, "now"), (1, "in 2 s")])
def test_a_wait_for_a_webhook_ends_soon_and_names_the_call_that_gets_there(
    edge: EdgeSite, advances: int, when: str
) -> None:
    edge.click_to_call()
    for _ in range(advances):
        edge.advance(by=0)
    detail = f"0 of 1 matched. {STANDS}; next, call c1 goes on {when}. {FINISH}"
    assert wait(edge) == (408, "wait-timeout", detail)


@pytest.mark.parametrize("body", [{}, {"for": "call", "match": {"state": "ended"}}], ids=str)
def test_a_wait_ends_soon_if_nothing_is_due(edge: EdgeSite, body: Mapping[str, Any]) -> None:
    detail = f"0 of 1 matched. {STANDS}, and nothing is due: no call has been placed."
    assert wait(edge, **body) == (408, "wait-timeout", detail)


def test_a_wait_that_has_advanced_the_clock_ends_soon(edge: EdgeSite) -> None:
    edge.click_to_call()
    detail = (
        "0 of 1 matched. The clock is manual and stands at 2026-01-01T09:00:05.000Z; "
        f"next, call c1 goes on in 5 s. {FINISH}"
    )
    assert wait(edge, advance="5s") == (408, "wait-timeout", detail)


@pytest.mark.parametrize(
    "body",
    [{"for": "request", "match": {}}, {"for": "call", "match": {"state": "queued"}}],
    ids=str,
)
def test_a_wait_for_what_may_come_at_any_moment_lasts_until_its_timeout(
    edge: EdgeSite, body: Mapping[str, Any]
) -> None:
    assert wait(edge, **body, timeout=0.01)[2] == "0 of 1 matched within 0.01 s"


@pytest.mark.parametrize("mode", ["real", "60x", "instant"])
def test_a_wait_on_a_clock_that_runs_lasts_until_its_timeout(
    configuration: Configuration, mode: str
) -> None:
    edge = build_edge_site(configuration, mode=mode)
    assert wait(edge, timeout=0.01)[2] == "0 of 1 matched within 0.01 s"


def test_a_call_that_waits_for_a_person_is_named_with_the_event_that_goes_on(
    edge: EdgeSite,
) -> None:
    edge.click_to_call("waits-for-a-person")
    edge.advance()
    status, _, detail = wait(edge)
    person = 'Call c1 waits for a person: event("c1", "answer", leg="b") is one.'
    assert (status, detail.endswith(person)) == (408, True)


def test_where_finish_stops_the_advance_that_gets_there_is_named(edge: EdgeSite) -> None:
    state = edge.default.state
    state.agenda.schedule(START + 90 * SECOND, "account", "mine")
    assert describe_standstill(state, START) == (
        f"{STANDS}; next, account mine changes in 90 s. "
        'finish() stops before that: advance("90s") gets there.'
    )
