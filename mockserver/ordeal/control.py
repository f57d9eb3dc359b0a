"""Asks the control API of the server that plays the cases."""

import json
from http.client import HTTPException
from typing import Any, Final

from mock_calls.http_exchange import HttpRequest, HttpResponse, exchange_over, open_connection
from mock_calls.transport import FIRST_ERROR, build_control_request, problem_detail

TIMEOUT: Final = 300.0  # real seconds: an advance waits for every attempt


class OrdealError(Exception):
    """The ordeal cannot go on; the message says why, and what would be right."""


def ask(origin: str, method: str, path: str, body: Any = None) -> Any:
    """Send a request to the control API, and return the JSON of its response.

    Raises:
        OrdealError: it is refused.
    """
    return json.loads(read(origin, method, path, body))


def read(origin: str, method: str, path: str, body: Any = None) -> str:
    """Send a request to the control API, and return the text of its response.

    Raises:
        OrdealError: it is refused.
    """
    answer = send(origin, build_control_request("default", "", method, path, body))
    if answer.status >= FIRST_ERROR:
        raise OrdealError(problem_detail(answer))
    return answer.body.decode()


def send(origin: str, request: HttpRequest) -> HttpResponse:
    """Send a request as it is.

    Raises:
        OrdealError: no response comes.
    """
    try:
        with open_connection(origin, TIMEOUT) as connection:
            return exchange_over(connection, origin, request)
    except (OSError, HTTPException) as error:
        what = f"{request.method} {request.target}"
        raise OrdealError(f"the mock server does not respond to {what}: {error}") from None
