"""What our own failures look like, so that nobody takes them for a vendor's."""

import json

import pytest
from starlette.responses import Response

from mockserver.web.problems import problem


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
