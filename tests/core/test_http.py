"""What a client says it accepts."""

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
def test_request_accepts_json(
    accept: str,
    accepted: bool,  # noqa: FBT001 - what the table expects
) -> None:
    request = Request(method="GET", path="/", headers={"accept": accept})
    assert request.accepts("application/json") is accepted


def test_request_and_reply_say_nothing_unless_told() -> None:
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


def test_request_accepts_without_the_header() -> None:
    assert Request(method="GET", path="/").accepts("application/json") is False
