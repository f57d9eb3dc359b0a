"""The control API renders exceptions as problems, and its routes are distinct."""

import asyncio
import json

import httpx
import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from mockserver.web.control.app import ROUTE_MODULES, render_error
from mockserver.web.problems import ProblemError
from tests.support.site import read_problem


def render(error: Exception) -> Response:
    return asyncio.run(render_error(Request({"type": "http"}), error))


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (ProblemError("unknown-call", "no such call"), (404, "unknown-call", "no such call")),
        (HTTPException(404), (404, "unknown-route", "Not Found")),
        (HTTPException(405), (405, "method-not-allowed", "Method Not Allowed")),
        (
            LookupError("oops"),
            (500, "internal-error", "this is a fault of the mock server: LookupError('oops')"),
        ),
    ],
)
def test_an_exception_is_rendered_as_a_problem(
    error: Exception, problem: tuple[int, str, str]
) -> None:
    response = render(error)
    rendered = httpx.Response(
        response.status_code, headers=response.headers, content=bytes(response.body)
    )
    assert read_problem(rendered) == problem


def test_the_problem_of_a_problem_error_has_its_members() -> None:
    error = ProblemError("invalid-scenario", "1:1: wrong", problems=["1:1: wrong"])
    assert json.loads(bytes(render(error).body))["problems"] == ["1:1: wrong"]


def test_the_problem_of_an_http_exception_keeps_its_headers() -> None:
    error = HTTPException(405, "no", {"Allow": "GET"})
    assert render(error).headers["allow"] == "GET"


def test_no_two_control_routes_have_the_same_path_and_methods() -> None:
    routes = [(route.path, tuple(sorted(route.methods or ()))) for module in ROUTE_MODULES
              for route in module.ROUTES]  # fmt: skip
    assert len(set(routes)) == len(routes)
