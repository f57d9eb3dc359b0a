"""Turn an operation into an HTTP request, and the response into a value or an error."""

import asyncio
import secrets
import ssl
from typing import Any, Final, TypeVar

import httpx

from mockserver.client.errors import ControlError, WaitTimeout
from mockserver.client.operations import Operation

T = TypeVar("T")

TIMEOUT = httpx.Timeout(10.0, read=None)
"""Real seconds; reading has no limit, because an advance or a wait may take long."""

WAIT_TIMEOUT: Final = "urn:call-mockserver:problem:wait-timeout"
"""The `type` of the problem; a request that arrives too slowly has the status 408, too."""


def tls_verification(origin: str) -> ssl.SSLContext | bool:
    """Return the `verify` of the httpx client.

    Plain HTTP needs no certificates: an empty context saves the 25 ms that loading them takes.
    """
    return True if origin.startswith("https") else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def sandbox_prefix(sandbox: str) -> str:
    """Return the prefix of all paths of a sandbox; empty for the default one."""
    return "" if sandbox == "default" else f"/_sandbox/{sandbox}"


def fork_name(sandbox: str) -> str:
    """Return a name for a fork of a sandbox that no other has."""
    return f"{sandbox[:50]}-{secrets.token_hex(4)}"


def build_request(
    client: httpx.Client | httpx.AsyncClient, sandbox: str, operation: Operation[Any]
) -> httpx.Request:
    path = f"{sandbox_prefix(sandbox)}/_mock{operation.path}"
    return client.build_request(
        operation.method, path, json=operation.body, params=dict(operation.query) or None
    )


def parse_response(operation: Operation[T], response: httpx.Response) -> T:
    """Parse the response to an operation.

    Raises:
        WaitTimeout: a wait timed out.
        ControlError: the control API refused the request.
    """
    if response.is_success:
        return operation.parse(_parse_body(response))
    request, problem = f"{operation.method} /_mock{operation.path}", _parse_problem(response)
    if problem.get("type") == WAIT_TIMEOUT:
        body = operation.body
        raise WaitTimeout(f"no {body['for']} has come that matches {body['match']}", problem)
    raise ControlError(request, response.status_code, problem)


def is_fault(response: httpx.Response) -> bool:
    """Whether a vendor's response is a refusal; some refusals have HTTP status 200."""
    return "x-mock-fault" in response.headers or response.is_error


def auth_headers(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"} if token else {}


def _parse_body(response: httpx.Response) -> Any:
    if "json" in response.headers.get("content-type", ""):
        return response.json()
    return response.text


def _parse_problem(response: httpx.Response) -> dict[str, Any]:
    body = _parse_body(response)
    return body if isinstance(body, dict) else {"detail": str(body)[:200]}


def is_loop_running() -> bool:
    """Return True inside a running event loop."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
