"""Captured bytes as they can be shown: JSON as JSON if it is sound, anything else as text."""

import json
from collections.abc import Mapping
from typing import Any

from mockserver.core.http import Upload
from mockserver.web.bodies import decode


def legible(body: bytes) -> Any:
    """Never more than can be written as JSON again, however hostile it is."""
    if body.lstrip()[:1] != b"{" or decode("application/json", body, "").flaw:
        return body.decode("utf-8", "replace")
    return json.loads(body)


def plain(field: Any) -> Any:
    """A request's field as JSON can tell it: of a file its name, its type and its size."""
    if isinstance(field, Upload):
        return {"file": field.filename, "type": field.content_type, "bytes": len(field.data)}
    if isinstance(field, Mapping):
        return {name: plain(inner) for name, inner in field.items()}
    return [plain(inner) for inner in field] if isinstance(field, list) else field


def sound(value: Any) -> bool:
    """Whether a value can be written as JSON in UTF-8."""
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError):
        return False
    return True
