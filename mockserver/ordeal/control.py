"""Asks the control API of the server that plays the cases."""

import json
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

TIMEOUT: Final = 300.0  # real seconds: an advance waits for every attempt
FIRST_REFUSAL: Final = 400


class OrdealError(Exception):
    """The ordeal cannot go on; the message says why, and what would be right."""


class Answer(NamedTuple):
    """A response of the server; names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


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
    headers = {} if body is None else {"content-type": "application/json"}
    content = None if body is None else json.dumps(body)
    answer = send(origin, method, f"/_mock{path}", headers, content)
    if answer.status >= FIRST_REFUSAL:
        raise OrdealError(describe_refusal(answer))
    return answer.body.decode()


def send(
    origin: str, method: str, path: str, headers: Mapping[str, str], body: str | None
) -> Answer:
    """Send a request as it is.

    Raises:
        OrdealError: no response comes.
    """
    connection = HTTPConnection(urlsplit(origin).netloc, timeout=TIMEOUT)
    try:
        connection.request(method, path, body and body.encode(), dict(headers))
        response = connection.getresponse()
        named = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, named, response.read())
    except (OSError, HTTPException) as error:
        raise OrdealError(f"the mock server does not respond to {method} {path}: {error}") from None
    finally:
        connection.close()


def describe_refusal(answer: Answer) -> str:
    """Return the detail of a problem; of any other refusal, its status and its text."""
    try:
        return str(json.loads(answer.body)["detail"])
    except (ValueError, LookupError, TypeError):
        return f"{answer.status} {answer.body.decode(errors='replace')}"
