"""A response of the control API becomes a value or an error."""

import json
import re

import pytest

from mock_calls import ControlError, WaitTimeout, operations
from mock_calls.http_exchange import HttpRequest, HttpResponse
from mock_calls.transport import (
    build_control_request,
    build_request,
    parse_response,
    problem_detail,
    sandbox_prefix,
)

WAIT = operations.wait("call", {"state": "ended"}, {})


@pytest.mark.parametrize(
    ("kind", "error"), [("wait-timeout", WaitTimeout), ("request-timeout", ControlError)]
)
def test_only_a_wait_that_timed_out_is_not_in_time(kind: str, error: type[Exception]) -> None:
    """A request that arrives too slowly has the same status."""
    problem = {"type": f"urn:call-mockserver:problem:{kind}", "status": 408, "detail": "late"}
    with pytest.raises(error):
        parse_response(
            WAIT,
            HttpResponse(
                408, {"content-type": "application/problem+json"}, json.dumps(problem).encode()
            ),
        )


def test_a_request_has_the_token_the_sandbox_and_its_json() -> None:
    operation = operations.event("c 1", "press", {"digits": "é"})
    assert build_request("mine", "secret", operation) == HttpRequest(
        method="POST",
        target="/_sandbox/mine/_mock/calls/c%201/events",
        headers={"authorization": "Bearer secret", "content-type": "application/json"},
        body='{"event":"press","digits":"é"}'.encode(),
    )


def test_a_request_of_the_default_sandbox_has_its_query_and_no_body() -> None:
    assert build_request("default", "", operations.calls({"state": "a b"})) == HttpRequest(
        method="GET", target="/_mock/calls?state=a+b", headers={}, body=b""
    )


@pytest.mark.parametrize("body", [b"<h1>Bad Gateway</h1>", b"[1]"])
def test_an_error_that_is_no_problem_is_quoted(body: bytes) -> None:
    kind = "application/json" if body == b"[1]" else "text/html"
    response = HttpResponse(502, {"content-type": kind}, body)
    with pytest.raises(ControlError, match=re.escape(f"POST /_mock/reset -> 502: {body.decode()}")):
        parse_response(operations.reset(), response)


@pytest.mark.parametrize(
    ("status", "body", "text"),
    [
        (404, b'{"detail": "no such call"}', "no such call"),
        (502, b"<h1>", "502 <h1>"),
        (500, b"[1]", "500 [1]"),
    ],
)
def test_a_refusal_is_described_by_its_detail_or_by_all_of_it(
    status: int, body: bytes, text: str
) -> None:
    assert problem_detail(HttpResponse(status=status, headers={}, body=body)) == text


@pytest.mark.parametrize(
    ("sandbox", "prefix"),
    [("default", ""), ("mine", "/_sandbox/mine"), ("a/b c", "/_sandbox/a%2Fb%20c")],
)
def test_the_name_of_a_sandbox_is_one_part_of_a_path(sandbox: str, prefix: str) -> None:
    assert sandbox_prefix(sandbox) == prefix


def test_half_of_a_character_in_a_body_is_sent_as_json_escapes_it() -> None:
    """An argument of a shell that is not UTF-8 has such halves."""
    request = build_control_request("default", "", "POST", "/samples", {"to": "é\udc80"})
    assert request.body == b'{"to":"\xc3\xa9\\udc80"}'
