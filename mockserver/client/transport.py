"""How an ask becomes an HTTP request, and its answer a value or an error."""

import ssl
from http import HTTPStatus
from typing import Any, TypeVar

import httpx

from mockserver.client.errors import NotInTime, Refused
from mockserver.client.operations import Operation

T = TypeVar("T")

TIMEOUT = httpx.Timeout(10.0, read=None)
"""Real seconds to connect; an advance or a wait may take as long as it takes."""


def tls_verification(origin: str) -> ssl.SSLContext | bool:
    """Whom httpx trusts; nobody is asked over plain HTTP, where a context costs 25 ms to make."""
    return True if origin.startswith("https") else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def sandbox_prefix(sandbox: str) -> str:
    """What goes before every path of a sandbox."""
    return "" if sandbox == "default" else f"/_sandbox/{sandbox}"


def build_request(
    client: httpx.Client | httpx.AsyncClient, sandbox: str, operation: Operation[Any]
) -> httpx.Request:
    path = f"{sandbox_prefix(sandbox)}/_mock{operation.path}"
    return client.build_request(
        operation.method, path, json=operation.body, params=dict(operation.query) or None
    )


def parse_response(operation: Operation[T], response: httpx.Response) -> T:
    """The value of an answer.

    Raises:
        NotInTime: a wait was in vain.
        Refused: the control API says no.
    """
    if response.is_success:
        return operation.parse(_parse_body(response))
    asked, problem = f"{operation.method} /_mock{operation.path}", _parse_problem(response)
    if response.status_code == HTTPStatus.REQUEST_TIMEOUT:
        body = operation.body
        raise NotInTime(f"no {body['for']} has come that matches {body['match']}", problem)
    raise Refused(asked, response.status_code, problem)


def is_fault(response: httpx.Response) -> bool:
    """Whether a vendor's answer is a refusal, which may well come with HTTP 200."""
    return "x-mock-fault" in response.headers or response.is_error


def auth_headers(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"} if token else {}


def _parse_body(response: httpx.Response) -> Any:
    if "json" in response.headers.get("content-type", ""):
        return response.json()
    return response.text


def _parse_problem(response: httpx.Response) -> dict[str, Any]:
    told = _parse_body(response)
    return told if isinstance(told, dict) else {"detail": str(told)[:200]}
