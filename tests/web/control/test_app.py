"""What a control route has refused by raising, as a problem."""

import asyncio

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from mockserver.web.control.app import ROUTE_MODULES, render_error
from tests.web.test_problems import told


def ask(refusal: Exception) -> Response:
    return asyncio.run(render_error(Request({"type": "http"}), refusal))


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


def test_every_noun_has_routes_of_its_own() -> None:
    routes = [(route.path, tuple(sorted(route.methods or ()))) for one in ROUTE_MODULES
              for route in one.ROUTES]  # fmt: skip
    assert len(set(routes)) == len(routes)
