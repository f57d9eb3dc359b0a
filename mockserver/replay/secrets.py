"""Replace the masks in a journal by the known secrets behind them."""

import base64
from collections.abc import Mapping
from typing import Any, Final

from mockserver.core.account import REJECTED_CREDENTIALS
from mockserver.core.webhook import ORIGIN_PLACEHOLDER
from mockserver.runtime.sandbox import Sandbox
from mockserver.web.redaction import mask

OWN_ORIGIN: Final = "http://localhost:8080"

SecretsByMask = Mapping[str, str]
"""Mask -> the secret behind it."""


def find_secrets(sandbox: Sandbox) -> SecretsByMask:
    """Mask every string in the accounts, and the credentials that no account accepts."""
    documents = [account.document for account in sandbox.state.accounts.by_key.values()]
    salt = sandbox.state.configuration.seed
    return {mask(secret, salt): secret for secret in (*REJECTED_CREDENTIALS, *_strings(documents))}


def unmask(secrets: SecretsByMask, text: str) -> str:
    """Replace masks by their secrets, and the placeholder of our origin by `OWN_ORIGIN`."""
    for masked, secret in secrets.items():
        if masked in text:
            text = text.replace(masked, secret)
    return text.replace(ORIGIN_PLACEHOLDER, OWN_ORIGIN)


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
