"""Accepts vendor requests: framing, access, webhook depth, and a body within its limit."""

from typing import TYPE_CHECKING, Final

from starlette.types import Receive

from mockserver.web.access_control import foreign_host_problem
from mockserver.web.dependencies import Dependencies, RequestInfo
from mockserver.web.problems import problem
from mockserver.web.vendor.content_encoding import (
    ENCODINGS,
    MalformedBody,
    content_encoding,
    read_plain_body,
)
from mockserver.web.vendor.request import BodyTooLarge, read_body

if TYPE_CHECKING:
    from starlette.datastructures import Headers
    from starlette.responses import Response

MAX_WEBHOOK_DEPTH: Final = 8
"""How many webhooks to this server may lead to one another."""

BODY_LIMIT_TEXT: Final = (
    "the mock server takes at most {:,} bytes here; how the vendor refuses more is not known"
)


async def accept(
    info: RequestInfo, dependencies: Dependencies, receive: Receive, limit: int
) -> "tuple[Response | None, bytes]":
    """Return (problem or None, body); the body is empty if its length or encoding is the problem.

    Raises:
        ClientDisconnected: as `read_body`.
    """
    unusual = info.headers.unusual
    rejection = info.rejection or (unusual and check_framing(unusual))
    if rejection:
        return rejection, b""
    rejection = check_head(info, dependencies)
    try:
        if unusual is None:
            return rejection, await read_body(receive, limit)
        return rejection, await read_plain_body(receive, unusual, limit)
    except BodyTooLarge:
        return body_too_large(limit), b""
    except MalformedBody as error:
        return rejection or problem("bad-request", str(error)), b""


def body_too_large(limit: int) -> "Response":
    """A 413 problem for a body of more than `limit` bytes."""
    return problem("body-too-large", BODY_LIMIT_TEXT.format(limit))


def check_head(info: RequestInfo, dependencies: Dependencies) -> "Response | None":
    """Return 400 unless there is one Host, 403 for a foreign page, 508 for a loop of webhooks."""
    rejection = _check_access(info, dependencies)
    if rejection or info.webhook_depth <= MAX_WEBHOOK_DEPTH:
        return rejection
    detail = f"webhooks to this very server have led to one another {MAX_WEBHOOK_DEPTH} times"
    return problem("webhook-loop", detail)


def check_framing(headers: "Headers") -> "Response | None":
    """Return a problem for an ambiguous message length, or for an encoding that is not read."""
    if "content-length" in headers and "transfer-encoding" in headers:
        return problem("bad-request", "Content-Length and Transfer-Encoding contradict each other")
    transfer_encoding = headers.get("transfer-encoding", "chunked").strip().lower()
    if transfer_encoding != "chunked":
        return problem(
            "bad-request", f"a body must be sent whole or chunked, not {transfer_encoding:.40}"
        )
    encoding = content_encoding(headers)
    if encoding not in ENCODINGS:
        detail = f"send it plain, as gzip or as deflate, not as {encoding:.40}"
        return problem("unsupported-encoding", detail)
    return None


def _check_access(info: RequestInfo, dependencies: Dependencies) -> "Response | None":
    headers, access_control = info.headers.unusual, dependencies.access_control
    if headers is None:
        is_allowed = dependencies.router.allows_host(
            access_control, info.host
        ) or access_control.allows_any_host(info.headers.get(b"user-agent"))
        return None if is_allowed else foreign_host_problem([info.host])
    if len(headers.getlist("host")) != 1:
        return problem("bad-request", "a request must have exactly one Host header")
    return access_control.check_vendor_request(headers, dependencies.router.hosts)
