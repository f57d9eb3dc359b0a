"""Section 3 of the contract: the keys of what the control API answers, in the printed order."""

import json
from collections.abc import Mapping
from typing import Any, Final

import pytest

from mockserver.core.configuration import Configuration
from tests.support.edge_site import EdgeSite, build_edge_site
from tests.support.leg_operations import LEG_OPERATIONS, place
from tests.support.simulation import START
from tests.support.site import HEADERS
from tests.support.vendors import effebot

LEG: Final = "name role number state answered_at ended_at cause"
CALL: Final = (
    "id vendor_id provider account operation scenarios state outcome vendor_status created_at "
    "starts_at ended_at waiting legs leg_names attempts events parameters webhooks"
)
REQUEST: Final = (
    "id at provider operation method path query headers body status response fault scenarios "
    "calls duration_ms"
)
WEBHOOK: Final = (
    "id provider call kind method url headers body state next_attempt_at attempts copy_of altered"
)
PROVIDER: Final = (
    "name title base_url hosts operations webhooks webhook_kinds retry acts quirks words details"
    " faults"
)
RECEIVER: Final = (
    "url kinds states attempts unasked statuses errors failures failed_webhooks latency_ms"
    " differing_copies follow_ups"
)
SHAPES: Final[Mapping[str, tuple[str, str]]] = {
    "Call": ("calls calls 0", CALL),
    "waiting of a call": ("calls calls 1 waiting 0", "for leg"),
    "leg": ("calls calls 0 legs 0", LEG),
    "attempt of a call": (
        "calls calls 0 attempts 0",
        "number redial_index number_index started_at ended_at outcome legs",
    ),
    "leg of an attempt": ("calls calls 0 attempts 0 legs 0", LEG),
    "event": ("calls calls 0 events 0", "at event leg"),
    "one call": ("calls/c1", CALL),
    "acts of a call": ("calls/c2/acts", "call can recording"),
    "act": ("calls/c2/acts can 0", "event leg arguments choices"),
    "list of phones": ("phones", "phones"),
    "phone": (
        "phones phones 0",
        "call provider leg role number state since heard can recording",
    ),
    "Request": ("requests requests 0", REQUEST),
    "one request": ("requests/r1", REQUEST),
    "raw request": ("requests/r1/raw", "id method path query headers body base64"),
    "one webhook": ("webhooks/w1", WEBHOOK),
    "raw webhook": ("webhooks/w1/raw", "id method url headers body base64"),
    "list of inboxes": ("inboxes inboxes 0", "name received evicted responses delay"),
    "one sandbox": ("sandboxes/default", "name clock seed now calls state counts"),
    "counts": ("sandboxes/default counts", "calls phones webhooks requests"),
    "Webhook": ("webhooks webhooks 0", WEBHOOK),
    "attempt of a webhook": (
        "webhooks webhooks 0 attempts 0",
        "number at status error duration_ms response reason",
    ),
    "list of calls": ("calls", "calls evicted total"),
    "list of requests": ("requests", "requests evicted total"),
    "list of webhooks": ("webhooks", "webhooks evicted total"),
    "journal": ("journal", "entries evicted"),
    "health": (
        "health",
        "status version clock seed providers errors rejections scenario_problems uptime",
    ),
    "list of providers": ("providers", "providers"),
    "provider": (
        "providers providers 0",
        PROVIDER,
    ),
    "webhook kind": (
        "providers providers 2 webhook_kinds 0",
        "kind body satisfied_by waits later_attempts later_attempts_evidence note",
    ),
    "retry policy": ("providers providers 0 retry", "waits satisfied_by"),
    "operation": (
        "providers providers 0 operations 0",
        "name method host path evidence summary types examples",
    ),
    "example of an operation": (
        "providers providers 0 operations 0 examples 0",
        "name summary fields",
    ),
    "fault": ("providers providers 0 faults 0", "name status body evidence conditions"),
    "clock": ("clock", "mode now pending next_at next while"),
    "list of scenarios": ("scenarios", "default scenarios"),
    "scenario": ("scenarios scenarios 0", "name description file line aspects matches needs notes"),
    "whole scenario": (
        "scenarios/third-time-lucky",
        "name description file line aspects matches needs notes parts operations accounts source",
    ),
    "part of a scenario": (
        "scenarios/third-time-lucky parts 0",
        "scenario description needs match responses cycles legs steps webhooks leads_to",
    ),
    "what a part leads to": (
        "scenarios/third-time-lucky parts 0 leads_to 0",
        "by scenario position percent",
    ),
    "operation of a scenario": (
        "scenarios/third-time-lucky operations 0",
        "provider operation legs lists webhooks responses",
    ),
    "list of activations": ("activations", "activations"),
    "activation": ("activations activations 0", "id scenario match remaining"),
    "list of accounts": ("accounts/mobtexting", "accounts"),
    "account": ("accounts/mobtexting/mobtexting-default", "credentials flows"),
    "list of sandboxes": ("sandboxes", "sandboxes"),
    "sandbox": ("sandboxes sandboxes 0", "name clock seed now calls state"),
    "explanation": (
        "explain/r3",
        "request provider operation status reason ignored rules nearest calls hints",
    ),
    "rule of an explanation": (
        "explain/r3 rules 0",
        "fault evidence message field received would_pass sample condition note",
    ),
    "call of an explanation": (
        "explain/r1 calls 0",
        "call numbers scenarios activations rejected legs overtaken",
    ),
    "scenario of an explanation": ("explain/r1 calls 0 scenarios 0", "aspect scenario rank"),
    "leg of an explanation": (
        "explain/r1 calls 0 legs 0",
        "attempt leg number decided_by behavior is_person",
    ),
    "archive": ("har", "log"),
    "log of an archive": ("har log", "version creator entries"),
    "entry of an archive": (
        "har log entries 0",
        "startedDateTime time timings cache request response _id _fault _calls _scenarios",
    ),
    "what is unexpected": ("unexpected", "unexpected kinds"),
    "report": ("report", "receivers evicted"),
    "receiver of a report": (
        "report receivers 0",
        RECEIVER,
    ),
    "inbox": ("inboxes/mine", "name received evicted"),
    "receivers": ("receivers", "receivers"),
    "received webhook": ("inboxes/mine received 0", "at method query headers body status"),
}
"""Name -> (path below `/_mock` and the way to the object in the answer, its keys).

Not in the contract: `vendor_id` and `leg_names` of a call, `evicted` of a list and of an inbox,
`sample` of a rule, `overtaken` of an explained call, `is_person` of its legs, what health has
between `providers` and `uptime`, the answers to GET of one scenario and of what is unexpected,
receivers, and the members of an archive that begin with `_`.
"""

POSTED: Final[Mapping[tuple[str, str], tuple[Any, str]]] = {
    ("POST", "clock/advance"): (
        {"by": 60},
        "now events attempts pending next_at waiting stop_reason errors",
    ),
    ("PUT", "clock"): ({"mode": "manual"}, "mode now pending next_at next while"),
    ("POST", "calls/c2/events"): ({"event": "answer", "leg": "callee"}, CALL),
    ("POST", "webhooks/w1/redeliver"): ({}, WEBHOOK),
    ("POST", "wait"): ({"for": "call", "match": {"id": "c1"}}, "calls"),
    ("PUT", "scenarios/mine"): (
        {"legs": {"a": "busy"}},
        "name description file line aspects matches needs notes",
    ),
    ("POST", "activations"): ({"scenario": "answered"}, "id scenario match remaining"),
    ("PUT", "inboxes/mine"): ({"responses": [500], "delay": 0}, "responses delay"),
    ("PATCH", "receivers"): ({"http://app.test": "localhost:4123"}, "receivers"),
    ("PUT", "sandboxes/t1"): ({"clock": "manual"}, "name clock seed now calls state"),
    ("POST", "reset"): ({}, "now"),
}
"""(method, path below `/_mock`) -> (body, keys of the answer)."""

EVENT_DATA: Final[Mapping[str, tuple[str, ...]]] = {
    "placed": (),
    "begin": (),
    "ring": (),
    "answer": (),
    "bridge": (),
    "play": ("text",),
    "press": ("digits",),
    "say": ("words",),
    "machine": (),
    "sms": ("to", "text"),
    "hangup": ("cause", "q850"),
    "attempt-ended": ("outcome",),
    "ended": ("outcome",),
}
"""Event -> its keys beside `at`, `event` and `leg`. Not in the contract: `begin`.

A `ring` in the course of a call has `role` and `number`; an event from the control API has `by`.
"""


@pytest.fixture
def edge(configuration: Configuration) -> EdgeSite:
    """A site with an ended call, one that waits, a refused request, and a received webhook."""
    site = build_edge_site(configuration)
    site.click_to_call()
    site.click_to_call("waits-for-a-person")
    site.click_to_call(**{"from": ""})
    site.advance()
    site.request("POST", "/_mock/receive/mine", json={})
    site.request("POST", "/_mock/activations", json={"scenario": "callee-busy"})
    return site


def follow(edge: EdgeSite, way: str) -> Any:
    path, *steps = way.split()
    value = edge.get_json(f"/_mock/{path}")
    for step in steps:
        value = value[int(step) if step.isdecimal() else step]
    return value


@pytest.mark.parametrize("name", SHAPES)
def test_an_object_has_the_keys_of_the_table_in_order(edge: EdgeSite, name: str) -> None:
    way, keys = SHAPES[name]
    assert list(follow(edge, way)) == keys.split()


@pytest.mark.parametrize(("method", "path"), POSTED)
def test_an_answer_to_a_command_has_the_keys_of_the_table(
    edge: EdgeSite, method: str, path: str
) -> None:
    body, keys = POSTED[method, path]
    response = edge.request(method, f"/_mock/{path}", json=body)
    assert list(response.json()) == keys.split()


def test_a_wait_that_times_out_tells_what_came_nearest_field_by_field(edge: EdgeSite) -> None:
    body = {"for": "call", "match": {"id": "c1", "outcome": "busy"}, "timeout": 0}
    response = edge.request("POST", "/_mock/wait", json=body)
    found, nearest = (response.json()[key] for key in ("found", "nearest"))
    assert (response.status_code, found, nearest[0]) == (
        408,
        0,
        {"id": "c1", "differs": [{"field": "outcome", "expected": "busy", "actual": "completed"}]},
    )


def test_an_invalid_scenario_is_answered_with_positioned_problems(edge: EdgeSite) -> None:
    text = "legs:\n  callee: bsy\n"
    response = edge.request("PUT", "/_mock/scenarios/mine", content=text)
    places = [problem.partition(": ")[0] for problem in response.json()["problems"]]
    assert (response.status_code, places) == (422, ["mine:2:11"])


def test_the_journal_export_begins_with_its_heading(edge: EdgeSite) -> None:
    text = edge.request("GET", "/_mock/journal?format=jsonl").text
    assert json.loads(text.splitlines()[0])["journal"] == 2


def test_every_event_has_the_keys_of_the_table(configuration: Configuration) -> None:
    site = build_edge_site(configuration)
    for key in LEG_OPERATIONS:
        for scenario in ("answered", "says-yes", "presses-one", "answering-machine"):
            place(site.default.state, key, scenario, now=START)
    create_call_with_text_message(site)
    site.advance()
    acts = {
        name for item in site.get_json("/_mock/providers")["providers"] for name in item["acts"]
    }
    seen: dict[str, set[tuple[str, ...]]] = {}
    for call in site.get_json("/_mock/calls")["calls"]:
        for event in call["events"]:
            data = tuple(name for name in event if name not in ("at", "event", "leg"))
            seen.setdefault(event["event"], set()).add(data)
    core = {name: data for name, data in seen.items() if name not in acts}
    assert core == {name: {data} for name, data in EVENT_DATA.items()} | {
        "ring": {(), ("role", "number"), ("role", "number", "participant")}
    }


def create_call_with_text_message(site: EdgeSite) -> None:
    """Create an Effebot call that sends a text message when 1 is pressed."""
    body = {**effebot.CREATE_EXAMPLE, "ivrs": [{"digit": 1, "smsText": "hello"}]}
    headers = {**HEADERS, "x-mock-scenario": "presses-one"}
    response = site.request("POST", "/effebot/apiCalls/create", json=body, headers=headers)
    assert response.headers.get("x-mock-call"), response.text
