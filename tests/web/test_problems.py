"""A problem of the mock server cannot be mistaken for a vendor response."""

import json

import pytest
from starlette.responses import Response

from mockserver.web.problems import problem


def read_response(response: Response) -> tuple[int, str, str | None, dict[str, object]]:
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
def test_a_problem_has_its_media_type_header_and_ordered_keys(
    title: str, header: str, more: dict[str, object]
) -> None:
    expected = {"type": "about:blank", "title": title, "status": 404, "detail": "ü", **more}
    printed = read_response(problem(404, title, "ü", **more))
    assert printed == (404, "application/problem+json", header, expected)
    assert list(printed[3]) == list(expected)
