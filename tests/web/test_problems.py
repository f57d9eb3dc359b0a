"""What our own failures look like, so that nobody takes them for a vendor's."""

import asyncio
import json

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from mockserver.web.problems import explained, problem


def told(response: Response) -> tuple[int, str, str | None, dict[str, object]]:
    headers = response.headers
    body = json.loads(bytes(response.body))
    return response.status_code, headers["content-type"], headers.get("x-mock-problem"), body


@pytest.mark.parametrize(
    ("title", "header", "more"),
    [
        ("unknown path", "unknown-path", {"nearest": ["GET /a"]}),
        ("conflict", "conflict", {}),
        ("body too large", "body-too-large", {}),
    ],
)
def test_problem(title: str, header: str, more: dict[str, object]) -> None:
    expected = {"type": "about:blank", "title": title, "status": 404, "detail": "ü", **more}
    answer = told(problem(404, title, "ü", **more))
    assert answer == (404, "application/problem+json", header, expected)
    assert list(answer[3]) == list(expected)


def ask(refusal: Exception) -> Response:
    return asyncio.run(explained(Request({"type": "http"}), refusal))


@pytest.mark.parametrize(
    ("refusal", "status", "title", "detail"),
    [
        (HTTPException(404, "no such call"), 404, "not found", "no such call"),
        (HTTPException(404), 404, "not found", "Not Found"),
        (HTTPException(409, "busy"), 409, "conflict", "busy"),
        (
            LookupError("oops"),
            500,
            "mock failed",
            "this is a fault of the mock server: LookupError('oops')",
        ),
    ],
)
def test_explained(refusal: Exception, status: int, title: str, detail: str) -> None:
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    expected = (status, "application/problem+json", title.replace(" ", "-"), body)
    assert told(ask(refusal)) == expected


def test_explained_keeps_the_headers_of_a_refusal() -> None:
    refusal = HTTPException(405, "no", {"Allow": "GET"})
    assert ask(refusal).headers["allow"] == "GET"
