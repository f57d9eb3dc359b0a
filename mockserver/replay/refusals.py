"""Records again what the mock server refused before it looked for a vendor's response."""

import json
from typing import Final

from mockserver.replay.journal import Json
from mockserver.replay.requests import build_vendor_request
from mockserver.replay.secrets import SecretsByMask, unmask
from mockserver.runtime.sandbox import Sandbox
from mockserver.web.vendor.own_refusals import record_again
from mockserver.web.vendor.request import parse_request

REFUSED_AGAIN: Final = frozenset({"unknown-path", "unknown-scenario", "scenario-not-applicable"})
"""Kinds of problems that the same request meets again."""


def is_recorded(entry: Json) -> bool:
    """Whether the journal lacks the reason of a refusal, such as the Host, or a body too large."""
    return entry.get("problem", "unknown-path") not in REFUSED_AGAIN


def replay_refusal(entry: Json, sandbox: Sandbox, secrets: SecretsByMask) -> None:
    """Record the refusal that the entry tells of."""
    scope, body = build_vendor_request(entry, sandbox.name, secrets)
    response = json.loads(unmask(secrets, json.dumps(entry["response"])))
    names = entry["provider"], entry["operation"]
    record_again(sandbox, names, parse_request(scope, body), (entry["problem"], response))
