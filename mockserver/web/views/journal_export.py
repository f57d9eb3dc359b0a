"""Exports the journal: all entries in order, and the requests as they can be replayed."""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from mockserver import __version__
from mockserver.core.configuration import Configuration
from mockserver.core.http import Request
from mockserver.core.journal import JournalEntry
from mockserver.core.time import format_iso
from mockserver.core.webhook import ORIGIN_PLACEHOLDER
from mockserver.engine.exchange import Exchange
from mockserver.engine.sandbox_state import SandboxState
from mockserver.web import redaction
from mockserver.web.hosts import HostsByProvider, hosts_by_provider, vendor_host
from mockserver.web.slices import Job
from mockserver.web.views.serializers import serialize_entry
from mockserver.web.views.weights import weigh_entry

EXPORT_FORMAT: Final = 2
"""The version of the export, which a replay has to know."""

HOST_PLACEHOLDER: Final = "{host}"
"""Stands for the host name by which the client called this server."""

NumberedEntry = tuple[int, JournalEntry]
"""The sequence number of an entry, and the entry."""

Origins = frozenset[str]

ORIGIN: Final = re.compile(r"https?://(?:\[[0-9a-fA-F:.%]*\](?::\d+)?|[^\s\[\]/?#\"'\\<>{}@]+)")
"""What may be an origin: scheme, host and port of a URL."""

UNMASKED_HEADERS: Final = ("accept", "content-type", "x-mock-scenario")


def number_entries(state: SandboxState) -> list[NumberedEntry]:
    """Return all entries that the journal still has, with their sequence numbers."""
    return [*enumerate(state.journal.entries, state.journal.first_sequence)]


def build_heading(state: SandboxState) -> dict[str, Any]:
    """Build the first line of an export: version, seed and start of the sandbox."""
    return {
        "journal": EXPORT_FORMAT,
        "version": __version__,
        "sandbox": state.name,
        "seed": state.configuration.seed,
        "start_at": format_iso(state.started_at),
        "evicted": state.journal.first_sequence - 1,
    }


def export_lines(state: SandboxState, origins: Iterable[str]) -> Iterator[str]:
    """Yield the lines of an export: heading and entries, with requests as they can be resent."""
    return (job.run() for job in build_export_jobs(state, origins))


def build_export_jobs(state: SandboxState, origins: Iterable[str]) -> Iterator[Job[str]]:
    """Yield a job for each line of an export."""
    known = known_origins(state, origins)
    vendor_hosts = hosts_by_provider(state.configuration.providers)
    heading = build_heading(state)
    yield Job(0, lambda: replace_origins(format_json(heading), known))
    for numbered in number_entries(state):
        yield Job(
            weigh_entry(numbered[1]), partial(_export_entry, numbered, state, vendor_hosts, known)
        )


def _export_entry(
    numbered: NumberedEntry, state: SandboxState, vendor_hosts: HostsByProvider, known: Origins
) -> str:
    serialized = serialize_numbered(numbered, state.configuration)
    exchange = numbered[1].payload
    if isinstance(exchange, Exchange):
        serialized["sent"] = serialize_sent_request(exchange, state, vendor_hosts)
    return replace_origins(format_json(serialized), known)


def serialize_numbered(numbered: NumberedEntry, configuration: Configuration) -> dict[str, Any]:
    number, entry = numbered
    return {"id": number, **serialize_entry(entry, configuration)}


def known_origins(state: SandboxState, origins: Iterable[str]) -> Origins:
    """Return `origins`, and those by which clients called the server."""
    return frozenset((*origins, *state.journal.request_origins))


def replace_origins(text: str, origins: Origins) -> str:
    """Replace the origins by `{origin}`."""
    return ORIGIN.sub(lambda match: ORIGIN_PLACEHOLDER if match[0] in origins else match[0], text)


def format_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def serialize_sent_request(
    exchange: Exchange, state: SandboxState, vendor_hosts: HostsByProvider
) -> dict[str, Any]:
    """Serialize what the journal entry of a request omits, with secrets masked in place."""
    request, salt = exchange.request, state.configuration.seed
    bound = state.configuration.providers.get(exchange.provider)
    secret = bound.provider.credential(request) if bound else None
    is_vendor_host = vendor_host(vendor_hosts, request.host) is not None
    client_and_host = {
        "client": request.client,
        "host": request.host if is_vendor_host else HOST_PLACEHOLDER,
    }
    return {
        **client_and_host,
        "headers": {
            **_serialize_matched_headers(request, state),
            **_serialize_headers(request, secret, salt),
        },
        **_serialize_body(request, secret, salt),
    }


def _serialize_matched_headers(request: Request, state: SandboxState) -> dict[str, str]:
    """The headers that a match rule asks for: without them a replay would select others."""
    rules = [scenario.match for scenario in state.configuration.scenarios.matchable]
    rules += [activation.match for activation in state.activations.in_force]
    names = {name for rule in rules if rule for name in rule.headers}
    sent = {name: request.headers[name] for name in sorted(names) if name in request.headers}
    return redaction.redact_headers(sent, state.configuration.seed)


def _serialize_headers(request: Request, secret: str | None, salt: str) -> dict[str, str]:
    headers = {name: request.headers[name] for name in UNMASKED_HEADERS if name in request.headers}
    if "authorization" in request.headers:
        headers["authorization"] = _redact_authorization(request.headers["authorization"], salt)
    cookie = request.headers.get("cookie", "")
    if secret and secret in cookie:
        headers["cookie"] = cookie.replace(secret, redaction.mask(secret, salt))
    return headers


def _redact_authorization(header_value: str, salt: str) -> str:
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


def _serialize_body(request: Request, secret: str | None, salt: str) -> Mapping[str, str]:
    try:
        text = request.body.decode()
    except UnicodeDecodeError:
        # One character per byte: masking leaves all other bytes as they are.
        redacted = _redact_body(request.body.decode("latin-1"), secret, salt).encode("latin-1")
        return {"base64": base64.b64encode(redacted).decode()}
    return {"body": _redact_body(text, secret, salt)} if text else {}


def _redact_body(text: str, secret: str | None, salt: str) -> str:
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
