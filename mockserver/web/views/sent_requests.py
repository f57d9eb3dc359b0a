"""Masks the secrets of a request in place, so that it can be sent again."""

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.web import redaction
from mockserver.web.views.journal_export import format_json


def redact_authorization(header_value: str, salt: str) -> str:
    """Mask the secret; Basic keeps its user, which is no secret and may identify the account."""
    scheme, _, encoded = header_value.partition(" ")
    if scheme.lower() == "basic":
        try:
            user, colon, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            colon = ""
        if colon:
            masked = f"{user}:{redaction.mask(secret, salt)}" if secret else f"{user}:"
            return f"{scheme} {base64.b64encode(masked.encode()).decode()}"
    redacted: str = redaction.redact_headers({"authorization": header_value}, salt)["authorization"]
    return redacted


def redact_body(body: bytes, secret: str | None, salt: str) -> Mapping[str, str]:
    """Mask the secrets in a body: `body` is its text, or `base64` if it is none."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        # One character per byte: masking leaves all other bytes as they are.
        redacted = _redact_text(body.decode("latin-1"), secret, salt).encode("latin-1")
        return {"base64": base64.b64encode(redacted).decode()}
    return {"body": _redact_text(text, secret, salt)}


def _redact_text(text: str, secret: str | None, salt: str) -> str:
    """Mask the secrets in a body and leave the rest of the text, even blanks, unchanged."""
    redacted: str = redaction.redact_secret(text, secret, salt)
    try:
        value = json.loads(redacted)
    except (ValueError, RecursionError):
        return redaction.redact_text(redacted, salt)
    for plain, masked in _find_redactions(value, redaction.redact_value(value, salt)):
        for spelling in (format_json(plain), json.dumps(plain)):
            redacted = redacted.replace(spelling, format_json(masked))
    return redaction.redact_text(redacted, salt)


def _find_redactions(original: Any, replacement: Any) -> Iterator[tuple[Any, Any]]:
    """Yield (original, replacement) for each value that masking has changed."""
    if isinstance(original, dict) and isinstance(replacement, dict):
        for name in original:
            yield from _find_redactions(original[name], replacement[name])
    elif isinstance(original, list) and isinstance(replacement, list):
        for inner, inner_replacement in zip(original, replacement, strict=True):
            yield from _find_redactions(inner, inner_replacement)
    elif original != replacement:
        yield original, replacement
