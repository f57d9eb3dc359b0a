"""Sends the requests of commands to a running server; an error ends the command with a reason."""

import json
from http.client import HTTPException
from typing import Any

from mock_calls.http_exchange import HttpRequest, HttpResponse, exchange_over, open_connection
from mock_calls.transport import FIRST_ERROR, build_control_request, problem_detail
from mockserver.cli import end
from mockserver.cli.connection import Server

TIMEOUT = 30.0  # real seconds for one response


def ask(server: Server, method: str, path: str, body: Any = None) -> Any:
    """Send a request to the control API of the sandbox, and return the JSON of its response.

    A refusal ends the command with 1 and the detail of the problem.
    """
    return json.loads(read(server, method, path, body))


def read(server: Server, method: str, path: str, body: Any = None) -> str:
    """Send a request as `ask` does, and return the text of its response."""
    request = build_control_request(server.sandbox, server.token, method, path, body)
    answer = send(server, request)
    if answer.status >= FIRST_ERROR:
        end(f"mockserver: {problem_detail(answer)}")
    return answer.body.decode()


def send(server: Server, request: HttpRequest) -> HttpResponse:
    """Send a request as it is: without proxies, and without following a redirect."""
    try:
        connection = open_connection(server.origin, TIMEOUT)
    except OSError as error:
        end(
            f"mockserver: nobody answers at {server.origin} ({error}): "
            "start a server by `mockserver serve`, or name another by --url"
        )
    try:
        with connection:
            return exchange_over(connection, server.origin, request)
    except (OSError, HTTPException) as error:
        end(f"mockserver: no response came from {server.origin}: {error}")
