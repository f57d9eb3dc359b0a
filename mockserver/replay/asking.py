"""Makes the request again of which a fact of the journal tells."""

import base64
import json
from typing import Any, Final, NamedTuple

from mockserver.replay.journal import Json
from mockserver.replay.unmasking import HERE, Known, authorization, plain
from mockserver.web.record import HOST

LOCAL: Final = HERE.partition("//")[2]


class Asked(NamedTuple):
    """A request as ASGI has it."""

    scope: dict[str, Any]
    body: bytes


def by_client(fact: Json, sandbox: str, secrets: Known) -> Asked:
    """A vendor request."""
    told = fact["sent"]
    body = base64.b64decode(told["base64"]) if "base64" in told else None
    if body is None:
        body = plain(secrets, told.get("body", "")).encode()
    host = LOCAL if told["host"] == HOST else told["host"]
    headers = {**told["headers"], "host": host, "x-mock-sandbox": sandbox}
    if "authorization" in headers:
        headers["authorization"] = authorization(secrets, headers["authorization"])
    place = plain(secrets, fact["path"]), plain(secrets, fact["query"])
    return Asked(_scope(fact["method"], place, _fields(headers, secrets), told["client"]), body)


def by_control(fact: Json, sandbox: str, secrets: Known) -> Asked:
    """A control request."""
    given = fact.get("body")
    text = given if isinstance(given, str) else json.dumps(given)
    headers = {"host": LOCAL, "content-type": "application/json", "x-mock-sandbox": sandbox}
    place = plain(secrets, f"/_mock{fact['path']}"), ""
    scope = _scope(fact["method"], place, _fields(headers, secrets), "127.0.0.1")
    return Asked(scope, plain(secrets, text).encode())


def _fields(headers: Json, secrets: Known) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), plain(secrets, one).encode()) for name, one in headers.items()]


def _scope(
    method: str, place: tuple[str, str], fields: list[tuple[bytes, bytes]], client: str
) -> dict[str, Any]:
    path, query = place
    return {
        "method": method,
        "scheme": "http",
        "path": path,
        "query_string": query.encode(),
        "headers": fields,
        "server": ("localhost", 8080),
        "client": (client, 0),
    }
