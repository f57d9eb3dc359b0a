"""Replace the masks in a log of inputs by the known secrets behind them."""

import base64
from collections.abc import Mapping
from typing import Any

from mockserver.core.account import REJECTED_CREDENTIALS
from mockserver.core.configuration import Configuration
from mockserver.web.redaction import MASK_PATTERN, mask

SecretsByMask = Mapping[str, str]
"""Mask -> the secret behind it."""


def find_secrets(configuration: Configuration, salt: str) -> SecretsByMask:
    """Mask every string in the accounts, and the credentials that no account accepts."""
    documents = [account.document for account in configuration.accounts.values()]
    return {mask(secret, salt): secret for secret in (*REJECTED_CREDENTIALS, *_strings(documents))}


def unmask(secrets: SecretsByMask, text: str) -> str:
    """Replace masks by their secrets."""
    return MASK_PATTERN.sub(lambda match: secrets.get(match[0], match[0]), text)


def unmask_value(secrets: SecretsByMask, value: Any) -> Any:
    """Replace masks by their secrets in all texts of a JSON value."""
    if isinstance(value, str):
        return unmask(secrets, value)
    if isinstance(value, Mapping):
        return {name: unmask_value(secrets, inner) for name, inner in value.items()}
    return [unmask_value(secrets, inner) for inner in value] if isinstance(value, list) else value


def unmask_authorization(secrets: SecretsByMask, header: str) -> str:
    """Unmask Basic credentials, which have the mask inside their Base64 text."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic" or encoded in secrets or encoded.startswith("***"):
        return header
    credentials = unmask(secrets, base64.b64decode(encoded).decode())
    return f"{scheme} {base64.b64encode(credentials.encode()).decode()}"


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, Mapping) else value
    items = inner if isinstance(value, Mapping | list | tuple | frozenset) else ()
    return [text for item in items for text in _strings(item)]
