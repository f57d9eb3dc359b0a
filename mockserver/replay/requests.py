"""Build the ASGI request that a journal entry records."""

import base64
import json
from typing import Any, Final, NamedTuple

from mockserver.replay.journal import Json
from mockserver.replay.secrets import OWN_ORIGIN, SecretsByMask, unmask, unmask_authorization
from mockserver.web.views.journal_export import HOST_PLACEHOLDER

OWN_HOST: Final = OWN_ORIGIN.partition("//")[2]


class AsgiRequest(NamedTuple):
    """An ASGI scope and the body of the request."""

    scope: dict[str, Any]
    body: bytes


def build_vendor_request(entry: Json, sandbox: str, secrets: SecretsByMask) -> AsgiRequest:
    """Build a vendor request; a body that is not text is in the entry as Base64."""
    sent = entry["sent"]
    body = base64.b64decode(sent["base64"]) if "base64" in sent else None
    if body is None:
        body = unmask(secrets, sent.get("body", "")).encode()
    host = OWN_HOST if sent["host"] == HOST_PLACEHOLDER else sent["host"]
    headers = {**sent["headers"], "host": host, "x-mock-sandbox": sandbox}
    if "authorization" in headers:
        headers["authorization"] = unmask_authorization(secrets, headers["authorization"])
    target = unmask(secrets, entry["path"]), unmask(secrets, entry["query"])
    return AsgiRequest(
        _build_scope(entry["method"], target, _encode_headers(headers, secrets), sent["client"]),
        body,
    )


def build_control_request(entry: Json, sandbox: str, secrets: SecretsByMask) -> AsgiRequest:
    """Build a control request; its body is a text or a JSON value."""
    body = entry.get("body")
    text = body if isinstance(body, str) else json.dumps(body)
    headers = {"host": OWN_HOST, "content-type": "application/json", "x-mock-sandbox": sandbox}
    target = unmask(secrets, f"/_mock{entry['path']}"), ""
    scope = _build_scope(entry["method"], target, _encode_headers(headers, secrets), "127.0.0.1")
    return AsgiRequest(scope, unmask(secrets, text).encode())


def _encode_headers(headers: Json, secrets: SecretsByMask) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), unmask(secrets, value).encode()) for name, value in headers.items()]


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
