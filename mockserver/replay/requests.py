"""Makes the request again of which a fact of the journal tells."""

import base64
import json
from typing import Any, Final, NamedTuple

from mockserver.replay.journal import Json
from mockserver.replay.secrets import OWN_ORIGIN, SecretsByMask, unmask, unmask_authorization
from mockserver.web.views.journal_export import HOST_PLACEHOLDER

OWN_HOST: Final = OWN_ORIGIN.partition("//")[2]


class AsgiRequest(NamedTuple):
    """A request as ASGI has it."""

    scope: dict[str, Any]
    body: bytes


def build_vendor_request(entry: Json, sandbox: str, secrets: SecretsByMask) -> AsgiRequest:
    """A vendor request."""
    told = entry["sent"]
    body = base64.b64decode(told["base64"]) if "base64" in told else None
    if body is None:
        body = unmask(secrets, told.get("body", "")).encode()
    host = OWN_HOST if told["host"] == HOST_PLACEHOLDER else told["host"]
    headers = {**told["headers"], "host": host, "x-mock-sandbox": sandbox}
    if "authorization" in headers:
        headers["authorization"] = unmask_authorization(secrets, headers["authorization"])
    place = unmask(secrets, entry["path"]), unmask(secrets, entry["query"])
    return AsgiRequest(
        _build_scope(entry["method"], place, _encode_headers(headers, secrets), told["client"]),
        body,
    )


def build_control_request(entry: Json, sandbox: str, secrets: SecretsByMask) -> AsgiRequest:
    """A control request."""
    given = entry.get("body")
    text = given if isinstance(given, str) else json.dumps(given)
    headers = {"host": OWN_HOST, "content-type": "application/json", "x-mock-sandbox": sandbox}
    place = unmask(secrets, f"/_mock{entry['path']}"), ""
    scope = _build_scope(entry["method"], place, _encode_headers(headers, secrets), "127.0.0.1")
    return AsgiRequest(scope, unmask(secrets, text).encode())


def _encode_headers(headers: Json, secrets: SecretsByMask) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), unmask(secrets, one).encode()) for name, one in headers.items()]


def _build_scope(
    method: str, path_and_query: tuple[str, str], headers: list[tuple[bytes, bytes]], client: str
) -> dict[str, Any]:
    path, query = path_and_query
    return {
        "method": method,
        "scheme": "http",
        "path": path,
        "query_string": query.encode(),
        "headers": headers,
        "server": ("localhost", 8080),
        "client": (client, 0),
    }
