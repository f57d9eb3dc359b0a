"""Requests and responses: accepted media types and defaults."""

import pytest

from mockserver.core.http import Request, Response


@pytest.mark.parametrize(
    ("accept", "accepted"),
    [
        ("application/json", True),
        ("Application/JSON", True),
        ("text/html, application/json;q=0.9", True),
        ("text/html;q=1 , application/json ;charset=utf-8", True),
        ("text/html", False),
        ("application/json-seq", False),
        ("application/problem+json", False),
        ("", False),
    ],
)
def test_a_request_accepts_json_if_its_accept_header_lists_it(
    accept: str,
    accepted: bool,  # noqa: FBT001 - what the table expects
) -> None:
    request = Request(method="GET", path="/", headers={"accept": accept})
    assert request.accepts("application/json") is accepted


def test_requests_and_responses_have_empty_defaults() -> None:
    plain = Request(
        method="GET",
        path="/",
        host="",
        origin="",
        headers={},
        query="",
        fields={},
        client="127.0.0.1",
        body=b"",
        body_error="",
    )
    assert (Request(method="GET", path="/"), Response(status=200)) == (
        plain,
        Response(status=200, body=None, headers={}),
    )


def test_a_request_without_an_accept_header_accepts_no_json() -> None:
    assert Request(method="GET", path="/").accepts("application/json") is False
