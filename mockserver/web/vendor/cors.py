"""Lets the web pages that `--cors` lists call the vendors' routes."""

from typing import TYPE_CHECKING, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mockserver.web.dependencies import dependencies_in, request_info_in
from mockserver.web.server.transport import WRITE_RESPONSE_KEY, HeaderField
from mockserver.web.vendor.acceptance import check_head
from mockserver.web.vendor.response import AsgiResponse

if TYPE_CHECKING:
    from starlette.datastructures import Headers

METHODS: Final = b"GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
EXPOSED_HEADERS: Final = (
    b"X-Mock-Request, X-Mock-Call, X-Mock-Now, X-Mock-Fault, X-Mock-Explain, X-Mock-Ignored, "
    b"X-Mock-Problem, Retry-After"
)
MAX_AGE: Final = b"600"
"""Real seconds for which a browser need not ask again."""


def with_cors(vendor_app: ASGIApp) -> ASGIApp:
    """Wrap the vendors' routes: answer preflights, and add headers to what listed pages get."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        headers = request_info_in(scope).headers.unusual
        access_control = dependencies_in(scope).access_control
        if headers is None or not access_control.is_cors_request(headers):
            await vendor_app(scope, receive, send)
            return
        scope.pop(WRITE_RESPONSE_KEY, None)  # it would leave out the fields
        answer = _build_preflight(headers) if _is_accepted_preflight(scope, headers) else vendor_app
        await answer(scope, receive, _add_fields(send, _page_fields(headers["origin"])))

    return app


def _is_accepted_preflight(scope: Scope, headers: "Headers") -> bool:
    """Whether a browser asks for leave to send a request; a refused one is told why."""
    is_preflight = scope["method"] == "OPTIONS" and "access-control-request-method" in headers
    return is_preflight and not check_head(request_info_in(scope), dependencies_in(scope))


def _page_fields(origin: str) -> list[HeaderField]:
    """The fields by which a browser lets a page of this origin read a response."""
    return [
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-allow-credentials", b"true"),
        (b"access-control-expose-headers", EXPOSED_HEADERS),
        (b"vary", b"Origin"),
    ]


def _build_preflight(headers: "Headers") -> AsgiResponse:
    """Allow every method, and the headers that the page asks for."""
    requested_headers = headers.get("access-control-request-headers", "")
    return AsgiResponse(
        204,
        [
            (b"access-control-allow-methods", METHODS),
            (b"access-control-allow-headers", requested_headers.encode("latin-1")),
            (b"access-control-allow-private-network", b"true"),
            (b"access-control-max-age", MAX_AGE),
        ],
        b"",
    )


def _add_fields(send: Send, fields: list[HeaderField]) -> Send:
    async def send_with_fields(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *fields]
        await send(message)

    return send_with_fields
