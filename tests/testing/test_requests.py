"""Drawn requests: the bundled account accepts each, and they differ in what a client may change."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import find, given
from hypothesis import strategies as st

from mockserver.core.configuration import Configuration
from mockserver.testing import VendorRequest, requests
from tests.support.edge_site import build_edge_site

PLACING = {
    "mobtexting": ("c2c",),
    "phonon": ("create", "create-bulk"),
    "innocalls": ("order-confirmation", "bridge", "dispatch", "webrtc-call"),
    "effebot": ("create", "create-with-template"),
    "ccai": ("create-outbound", "create-inbound"),
}
DRAWN = st.one_of(
    [requests(each, provider) for provider, operations in PLACING.items() for each in operations]
)


@given(DRAWN)
def test_a_new_sandbox_accepts_every_drawn_request(
    configuration: Configuration, request_: VendorRequest
) -> None:
    edge = build_edge_site(configuration)
    path = f"/{request_.provider}{request_.path}"
    response = edge.request(request_.method, path, headers=request_.headers, content=request_.body)
    [received] = edge.get_json("/_mock/requests")["requests"]
    assert (response.status_code // 100, received["fault"]) == (2, None)
    assert received["operation"] == request_.operation


def test_requests_differ_in_the_number_of_the_callee() -> None:
    found = find(requests("c2c"), lambda drawn: '"to": "918867130402"' in (drawn.body or ""))
    assert json.loads(found.body or "")["to"].endswith("0402")


def test_the_smallest_request_is_the_plainest() -> None:
    assert find(requests("c2c"), lambda _: True) == VendorRequest(
        provider="mobtexting",
        operation="c2c",
        method="POST",
        path="/portal.mobtexting.com/api/v2/voice/c2c",
        headers={
            "accept": "application/json",
            "authorization": "Bearer sample-credential",
            "content-type": "application/json",
        },
        body='{"bridge": "918068281234", "from": "918867135000", "to": "918867130000"}',
    )


def test_a_request_for_a_later_time_is_for_the_time_that_the_clock_shows() -> None:
    now = datetime(2030, 5, 6, 7, tzinfo=UTC)
    drawn = find(requests("create-scheduled", now=now), lambda _: True)
    assert json.loads(drawn.body or "")["scheduled_at"] == "2030-05-06T08:00:00.000Z"


def test_an_operation_without_a_callee_can_be_drawn() -> None:
    drawn = find(requests("user-info"), lambda _: True)
    assert (drawn.operation, drawn.body) == ("user-info", '{"apiKey": "sample-credential"}')


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("c2d",), "no operation is named 'c2d': did you mean 'c2c'?"),
        (("place", "mobtexting"), "no operation is named 'place': known: c2c"),
        (("c2c", "mobtextin"), "no provider is named 'mobtextin': did you mean 'mobtexting'?"),
        (("create",), "effebot, phonon have an operation 'create': name the provider, too"),
        (
            ("get",),
            "a new sandbox accepts no request effebot get: the account has no call: .*",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_the_reason(
    arguments: tuple[str, ...], message: str
) -> None:
    with pytest.raises(ValueError, match="^" + message.replace("?", r"\?") + "$"):
        requests(*arguments)
