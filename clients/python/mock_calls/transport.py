"""Turn an operation into an HTTP request, and the response into a value or an error."""

import json
import secrets
from typing import Any, Final, Protocol, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from mock_calls.errors import ControlError, WaitTimeout, hides_frames
from mock_calls.http_exchange import HttpRequest, HttpResponse
from mock_calls.operations import Operation

__tracebackhide__ = hides_frames

T = TypeVar("T")

WAIT_TIMEOUT: Final = "urn:call-mockserver:problem:wait-timeout"
"""The `type` of the problem; a request that arrives too slowly has the status 408, too."""

PKCS12: Final = "application/x-pkcs12"
"""The media type of what is not text."""

FIRST_ERROR: Final = 400
"""Statuses from here on are errors."""


class VendorResponse(Protocol):
    """A response of httpx, requests or another library that has these attributes."""

    @property
    def status_code(self) -> int: ...

    @property
    def headers(self) -> Any: ...

    @property
    def request(self) -> Any: ...


def sandbox_prefix(sandbox: str) -> str:
    """Return the prefix of all paths of a sandbox; empty for the default one."""
    return "" if sandbox == "default" else f"/_sandbox/{quote(sandbox, safe='')}"


def fork_name(sandbox: str) -> str:
    """Return a name for a fork of a sandbox that no other has."""
    return f"{sandbox[:50]}-{secrets.token_hex(4)}"


def build_request(sandbox: str, token: str, operation: Operation[Any]) -> HttpRequest:
    query = f"?{urlencode(operation.query)}" if operation.query else ""
    path = f"{operation.path}{query}"
    return build_control_request(sandbox, token, operation.method, path, operation.body)


def build_control_request(
    sandbox: str, token: str, method: str, path: str, body: Any
) -> HttpRequest:
    """Build a request to the control API; `path` is below `/_mock`, and `body` is sent as JSON."""
    target = f"{sandbox_prefix(sandbox)}/_mock{path}"
    headers = {"authorization": f"Bearer {token}"} if token else {}
    if body is None:
        return HttpRequest(method, target, headers, b"")
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    content = text.encode("utf-8", "backslashreplace")  # JSON escapes a lone surrogate like Python
    return HttpRequest(method, target, {**headers, "content-type": "application/json"}, content)


def parse_response(operation: Operation[T], response: HttpResponse) -> T:
    """Parse the response to an operation.

    Raises:
        WaitTimeout: a wait timed out.
        ControlError: the control API refused the request.
    """
    if response.status < FIRST_ERROR:
        return operation.parse(_parse_body(response))
    request, problem = f"{operation.method} /_mock{operation.path}", _parse_problem(response)
    if problem.get("type") == WAIT_TIMEOUT:
        body = operation.body
        raise WaitTimeout(f"no {body['for']} has come that matches {body['match']}", problem)
    raise ControlError(request, response.status, problem)


def is_fault(response: VendorResponse) -> bool:
    """Whether a vendor's response is a refusal; some refusals have HTTP status 200."""
    return "x-mock-fault" in response.headers or response.status_code >= FIRST_ERROR


def request_line(response: VendorResponse) -> str:
    """Return method and path of the request that got this response."""
    return f"{response.request.method} {urlsplit(str(response.request.url)).path}"


def problem_detail(response: HttpResponse) -> str:
    """Return the detail of a problem; of any other refusal, its status and its text."""
    try:
        return str(json.loads(response.body)["detail"])
    except (ValueError, LookupError, TypeError):
        return f"{response.status} {response.body.decode(errors='replace')}"


def _parse_body(response: HttpResponse) -> Any:
    media_type = response.headers.get("content-type", "")
    if media_type == PKCS12:
        return response.body
    text = response.body.decode("utf-8", "replace")
    return json.loads(text) if "json" in media_type and "jsonl" not in media_type else text


def _parse_problem(response: HttpResponse) -> dict[str, Any]:
    body = _parse_body(response)
    return body if isinstance(body, dict) else {"detail": str(body)[:200]}
