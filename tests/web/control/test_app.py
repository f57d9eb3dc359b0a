"""The control API renders exceptions as problems, and its routes are distinct."""

import asyncio
import json

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from mockserver.web.control.app import ROUTE_MODULES, render_error


def render(error: Exception) -> Response:
    return asyncio.run(render_error(Request({"type": "http"}), error))


@pytest.mark.parametrize(
    ("error", "status", "title", "detail"),
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
def test_an_exception_is_rendered_as_a_problem(
    error: Exception, status: int, title: str, detail: str
) -> None:
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    response = render(error)
    headers = response.headers
    assert (response.status_code, json.loads(bytes(response.body))) == (status, body)
    assert headers["content-type"] == "application/problem+json"
    assert headers["x-mock-problem"] == title.replace(" ", "-")


def test_the_problem_of_an_http_exception_keeps_its_headers() -> None:
    error = HTTPException(405, "no", {"Allow": "GET"})
    assert render(error).headers["allow"] == "GET"


def test_no_two_control_routes_have_the_same_path_and_methods() -> None:
    routes = [(route.path, tuple(sorted(route.methods or ()))) for module in ROUTE_MODULES
              for route in module.ROUTES]  # fmt: skip
    assert len(set(routes)) == len(routes)
