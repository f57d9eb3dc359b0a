"""With `--trace-webhooks`, the webhooks of a call have the trace context of its request."""

import json
from typing import Any

import httpx
import pytest

from mockserver.compiler import build_configuration
from mockserver.replay.runner import replay_inputs
from mockserver.settings import parse_settings
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH
from tests.support.site import HEADERS
from tests.support.site_client import SiteClient, build_site_client

PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
OTHER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"

Fields = list[tuple[str, str]]


def build_traced_site(*, is_traced: bool = True) -> SiteClient:
    settings = parse_settings({"seed": "seed", "trace_webhooks": is_traced}, {})
    return build_site_client(build_configuration(settings))


def place(site: SiteClient, fields: Fields, *scenarios: str) -> httpx.Response:
    """Place a Mobtexting call by a request with these headers, too."""
    chosen = [("x-mock-scenario", ", ".join(scenarios))] if scenarios else []
    headers = [*HEADERS.items(), *chosen, *fields]
    return site.request("POST", CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers=headers)


def trace_contexts(site: SiteClient) -> list[dict[str, str]]:
    """The trace context of each webhook, as it was sent."""
    return [
        {
            name: value
            for name, value in delivery.webhook.headers.items()
            if name in ("traceparent", "tracestate")
        }
        for delivery in site.dispatcher.deliveries
    ]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ([("traceparent", PARENT)], {"traceparent": PARENT}),
        (
            [("traceparent", PARENT), ("tracestate", "a=1")],
            {"traceparent": PARENT, "tracestate": "a=1"},
        ),
        (
            [("TraceParent", PARENT), ("tracestate", "a=1"), ("tracestate", "b=2")],
            {"traceparent": PARENT, "tracestate": "a=1, b=2"},
        ),
        ([("traceparent", PARENT), ("tracestate", "a")], {"traceparent": PARENT}),
        ([("traceparent", PARENT), ("traceparent", OTHER)], {}),
        ([("traceparent", "00-x-y-01"), ("tracestate", "a=1")], {}),
        ([("tracestate", "a=1")], {}),
        ([], {}),
    ],
)
def test_webhooks_have_the_valid_trace_context_of_the_request_that_placed_their_call(
    fields: Fields, expected: dict[str, str]
) -> None:
    site = build_traced_site()
    place(site, fields)
    site.advance()
    assert trace_contexts(site) == [expected]


def test_without_the_option_no_webhook_has_a_trace_context() -> None:
    site = build_traced_site(is_traced=False)
    place(site, [("traceparent", PARENT), ("tracestate", "a=1")])
    site.advance()
    assert trace_contexts(site) == [{}]


def test_each_call_has_the_trace_context_of_its_own_request() -> None:
    site = build_traced_site()
    for parent in (PARENT, OTHER):
        place(site, [("traceparent", parent)])
    place(site, [])
    site.advance()
    assert trace_contexts(site) == [{"traceparent": PARENT}, {"traceparent": OTHER}, {}]


def test_copies_and_webhooks_that_are_sent_again_have_it_too() -> None:
    site = build_traced_site()
    site.request("PUT", "/_mock/scenarios/twice", json={"webhooks": {"any": {"duplicate": 2}}})
    place(site, [("traceparent", PARENT)], "twice")
    site.advance()
    site.request("POST", "/_mock/webhooks/w1/redeliver")
    site.advance()
    assert trace_contexts(site) == [{"traceparent": PARENT}] * 3


def test_the_bytes_of_a_webhook_show_it() -> None:
    site = build_traced_site()
    place(site, [("traceparent", PARENT)])
    site.advance()
    raw = site.get_json("/_mock/webhooks/w1/raw")
    assert raw["headers"]["traceparent"] == PARENT


@pytest.mark.parametrize("is_traced", [True, False])
def test_a_replay_hands_on_what_the_recorded_run_did(*, is_traced: bool) -> None:
    site = build_traced_site(is_traced=is_traced)
    place(site, [("traceparent", PARENT), ("tracestate", "token=abcdef,b=2")])
    place(site, [("traceparent", PARENT), ("traceparent", OTHER)])
    site.advance()
    lines = site.request("GET", "/_mock/inputs").text.splitlines()
    heading: Any = json.loads(lines[0])
    result = replay_inputs(lines, parse_settings({}, {}))
    assert (heading["trace_webhooks"], result.difference) == (is_traced, "")


def test_a_fork_hands_it_on() -> None:
    site = build_traced_site()
    place(site, [("traceparent", PARENT)])
    site.request("PUT", "/_mock/sandboxes/t1", json={"from": "default"})
    site.request("POST", "/_sandbox/t1/_mock/clock/advance", json={"until": "idle"})
    assert trace_contexts(site) == [{"traceparent": PARENT}]


def test_a_reset_and_a_put_scenario_keep_the_option() -> None:
    site = build_traced_site()
    site.request("PUT", "/_mock/scenarios/mine", json={"legs": {"callee": "busy"}})
    place(site, [("traceparent", PARENT)], "mine")
    site.advance()
    site.request("POST", "/_mock/reset")
    place(site, [("traceparent", PARENT)])
    site.advance()
    assert trace_contexts(site) == [{"traceparent": PARENT}] * 2
