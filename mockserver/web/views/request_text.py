"""Writes a vendor request as a client sends it to this server."""

import json
import re
from typing import Any
from urllib.parse import quote, urlencode

from mockserver.core.http import Request, value_text
from mockserver.core.provider import Endpoint

JSON_TYPE = "application/json"
_PARAMETER = re.compile(r"\{(\w+)\}")


def render_request(
    endpoint: Endpoint, request: Request, media_type: str, prefix: str
) -> dict[str, Any]:
    """Return method, path with query, headers and body; `prefix` precedes the vendor's host."""
    fields = dict(request.fields)
    path = _PARAMETER.sub(
        lambda match: quote(value_text(fields.pop(match[1])), safe=""), endpoint.path
    )
    headers, body = {"accept": JSON_TYPE, **request.headers}, None
    if endpoint.method == "GET":
        path += f"?{_encode_form(fields)}" if fields else ""
    elif fields:
        headers["content-type"] = media_type
        body = _encode_body(fields, media_type)
    return {
        "method": endpoint.method,
        "path": f"{prefix}/{request.host}{path}",
        "headers": headers,
        "body": body,
    }


def _encode_body(fields: dict[str, object], media_type: str) -> str:
    is_json = media_type == JSON_TYPE
    return json.dumps(fields, ensure_ascii=False) if is_json else _encode_form(fields)


def _encode_form(fields: dict[str, object]) -> str:
    return urlencode({name: value_text(value) for name, value in fields.items()})
