"""The trace context of a request reaches the webhooks of the calls that it places."""

import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.http import Request
from mockserver.core.immutable import EMPTY_MAPPING
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.builders import build_incoming_request
from tests.support.fake_vendor import (
    BOUND_FAKE_VENDOR,
    FAKE_VENDOR,
    build_shop,
    build_state,
    place_calls,
)
from tests.support.simulation import START, build_click_to_call, click_to_call, play_until_idle

PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
CONTEXT = {"traceparent": PARENT, "tracestate": "a=1"}


@pytest.fixture
def traced(configuration: Configuration) -> SandboxState:
    """A state whose webhooks hand trace contexts on."""
    return SandboxState(configuration._replace(trace_webhooks=True), START)


def webhook_headers(state: SandboxState) -> dict[str, dict[str, str]]:
    """Call -> the headers of its webhooks."""
    return {
        delivery.webhook.call_id: dict(delivery.webhook.headers)
        for delivery in play_until_idle(state)
    }


def test_the_webhooks_of_a_call_have_the_trace_context_of_its_own_request(
    traced: SandboxState,
) -> None:
    click_to_call(traced, headers=CONTEXT)
    click_to_call(traced)
    click_to_call(traced, headers={**CONTEXT, "traceparent": "no"})
    assert webhook_headers(traced) == {"c1": CONTEXT, "c2": {}, "c3": {}}


def test_without_the_option_no_webhook_has_a_trace_context(state: SandboxState) -> None:
    click_to_call(state, headers=CONTEXT)
    assert webhook_headers(state) == {"c1": {}}


def test_a_call_keeps_its_trace_context_beside_its_depth(traced: SandboxState) -> None:
    incoming = build_click_to_call(traced)
    request = incoming.request.replace(headers={**incoming.request.headers, **CONTEXT})
    handle(traced, incoming.replace(request=request, webhook_depth=3), START)
    assert read.webhook_depths(traced) == {"c1": 3}
    assert webhook_headers(traced) == {"c1": CONTEXT}


def test_a_request_that_only_changes_a_call_gives_it_no_trace_context() -> None:
    state = build_state(build_shop({}))
    state.set_configuration(state.configuration._replace(trace_webhooks=True))
    place_calls(state)
    incoming = build_incoming_request(
        bound=BOUND_FAKE_VENDOR,
        endpoint=FAKE_VENDOR.endpoints[2],
        request=Request(method="GET", path="/", headers=CONTEXT, fields={"id": "v1"}),
    )
    handle(state, incoming, 0)
    assert read.progress(state)["c1"].trace_context == EMPTY_MAPPING
