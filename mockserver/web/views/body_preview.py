"""Previews bodies and fields: valid JSON objects as JSON, everything else as text."""

import json
from collections.abc import Mapping
from typing import Any

from mockserver.core.http import Upload
from mockserver.web.vendor.request import parse_fields


def preview_body(body: bytes) -> Any:
    """Return the JSON object of a body if it can be written as JSON again, else text."""
    if body.lstrip()[:1] != b"{" or parse_fields("application/json", body, "").body_error:
        return body.decode("utf-8", "replace")
    return json.loads(body)


def preview_field(field: Any) -> Any:
    """Return a request's field as a JSON value; a file becomes its name, type and size."""
    if isinstance(field, Upload):
        return {"file": field.filename, "type": field.content_type, "bytes": len(field.data)}
    if isinstance(field, Mapping):
        return {name: preview_field(inner) for name, inner in field.items()}
    return [preview_field(inner) for inner in field] if isinstance(field, list) else field


def is_json_safe(value: Any) -> bool:
    """Whether a value can be written as JSON in UTF-8."""
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError):
        return False
    return True
