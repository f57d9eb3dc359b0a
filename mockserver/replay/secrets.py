"""Puts known secrets back where a journal has their masks."""

import base64
from collections.abc import Mapping
from typing import Any, Final

from mockserver.core.account import REJECTED_CREDENTIALS
from mockserver.core.webhook import ORIGIN_PLACEHOLDER
from mockserver.runtime.sandbox import Sandbox
from mockserver.web.views.redaction import mask

OWN_ORIGIN: Final = "http://localhost:8080"

SecretsByMask = Mapping[str, str]
"""Mask -> the secret behind it."""


def find_secrets(sandbox: Sandbox) -> SecretsByMask:
    """Masks of what the files tell."""
    documents = [one.document for one in sandbox.state.accounts.values()]
    salt = sandbox.state.configuration.seed
    return {mask(one, salt): one for one in (*REJECTED_CREDENTIALS, *_strings(documents))}


def unmask(secrets: SecretsByMask, text: str) -> str:
    """The text with secrets in place of their masks, and our own address again."""
    for masked, secret in secrets.items():
        if masked in text:
            text = text.replace(masked, secret)
    return text.replace(ORIGIN_PLACEHOLDER, OWN_ORIGIN)


def unmask_authorization(secrets: SecretsByMask, header: str) -> str:
    """Basic hides a mask inside, as it has hidden the secret."""
    scheme, _, packed = header.partition(" ")
    if scheme.lower() != "basic" or packed in secrets or packed.startswith("***"):
        return header
    told = unmask(secrets, base64.b64decode(packed).decode())
    return f"{scheme} {base64.b64encode(told.encode()).decode()}"


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, Mapping) else value
    parts = inner if isinstance(value, Mapping | list | tuple | frozenset) else ()
    return [text for part in parts for text in _strings(part)]
