"""Requests and responses: accepted media types and defaults."""

import pytest

from mockserver.core.http import Request, Response, Upload, value_text

FILE = Upload(filename="a.txt", content_type="text/plain", data=b"\xff")


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


@pytest.mark.parametrize(
    ("headers", "media_type"),
    [
        ({"content-type": "application/json"}, "application/json"),
        ({"content-type": " Text/Plain ; charset=utf-8"}, "text/plain"),
        ({"content-type": ""}, ""),
        ({}, ""),
    ],
)
def test_the_media_type_of_a_request_is_that_of_its_header_without_parameters(
    headers: dict[str, str], media_type: str
) -> None:
    assert Request(method="POST", path="/", headers=headers).media_type == media_type


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


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("as it is", "as it is"),
        (None, ""),
        (7, "7"),
        (1.5, "1.5"),
        (True, "true"),
        ({"a": "\u00e9"}, '{"a": "\u00e9"}'),
        (FILE, "a.txt"),
        ([FILE], '[["a.txt", "text/plain", "1 bytes"]]'),
    ],
)
def test_a_value_is_shown_as_text_or_json(value: object, text: str) -> None:
    assert value_text(value) == text
