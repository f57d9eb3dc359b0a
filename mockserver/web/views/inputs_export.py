"""Exports the log of inputs as JSON lines, which `mockserver replay` plays, without secrets."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from mockserver import __version__
from mockserver.core.configuration import Configuration
from mockserver.core.time import format_iso
from mockserver.engine.exchange import IncomingRequest
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.state.inputs import Input
from mockserver.web import redaction
from mockserver.web.router import Router
from mockserver.web.slices import Job
from mockserver.web.vendor.recorded_request import rebuild_request
from mockserver.web.views.journal_export import build_export_jobs, format_json
from mockserver.web.views.sent_requests import redact_authorization, redact_body

Json = dict[str, Any]

VERSION: Final = __version__
EXPORT_FORMAT: Final = 1
"""The version of the export, which a replay has to know."""


def _build_heading(state: SandboxState, origins: Sequence[str]) -> Json:
    """Build the first line: what the inputs begin with, and whether all of them are there."""
    log = state.inputs
    recorded, salt = log.base, log.base.seed
    return {
        "inputs": EXPORT_FORMAT,
        "version": VERSION,
        "sandbox": state.name,
        "seed": salt,
        "start_at": format_iso(state.started_at),
        "complete": log.is_complete,
        "count": log.count,
        "number_plan": recorded.scenarios.number_plan,
        "quirks": [list(pair) for pair in recorded.quirks],
        "webhook_targets": list(recorded.policy.allow),
        "webhook_rewrite": [list(pair) for pair in recorded.policy.rewrite.items()],
        "trace_webhooks": recorded.trace_webhooks,
        "origins": list(origins),
        "webhook": {
            name: redaction.redact_url(url, salt) for name, url in recorded.webhook_targets.items()
        },
        "files": redact_files(recorded.files, recorded),
    }


def build_input_jobs(
    state: SandboxState, router: Router, origins: Iterable[str]
) -> Iterator[Job[str]]:
    """Yield a job for each line, as the state is at the first: heading, inputs, end.

    The end has the items that have run since the last input, and a digest of the journal. A log
    that was given up has the heading alone. Jobs that return an empty text are no line: they read
    the journal for its digest.
    """
    log, configuration, known = state.inputs, state.configuration, tuple(origins)
    inputs, end = tuple(log.entries), {"end": log.steps, "entries": state.journal.entry_count}
    heading, is_complete = _build_heading(state, known), log.is_complete
    journal = build_export_jobs(state, known)
    digest = hashlib.sha256(next(journal).run().encode())
    yield Job(0, partial(format_json, heading))
    if not is_complete:
        return
    for job in journal:
        yield Job(job.weight, partial(_add_line, digest, job))
    for number, entry in enumerate(inputs, 1):
        serialize = partial(_export_input, number, entry, configuration, router)
        yield Job(len(entry.packed), serialize)
    yield Job(0, lambda: format_json({**end, "journal": digest.hexdigest()}))


def _add_line(digest: "hashlib._Hash", job: Job[str]) -> str:
    digest.update(job.run().encode())
    return ""


def digest_journal(lines: Iterable[str]) -> str:
    """Return a digest of the lines of an exported journal."""
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line.encode())
    return digest.hexdigest()


def _export_input(number: int, entry: Input, configuration: Configuration, router: Router) -> str:
    """Export an input, with its number from 1."""
    serialized = {
        "input": number,
        "kind": entry.kind,
        "at": format_iso(entry.now),
        "steps": entry.steps,
        "data": _serialize_data(entry, configuration, router),
        "check": list(entry.check),
    }
    return format_json(serialized)


def redact_files(files: Mapping[str, bytes], configuration: Configuration) -> dict[str, str]:
    """Mask the secrets of the accounts in the text of files, in place."""
    salt = configuration.seed
    secrets = {
        secret
        for account in configuration.accounts.values()
        for secret in _masked_texts(
            account.document, redaction.redact_value(account.document, salt)
        )
    }
    texts = {}
    for name, content in files.items():
        text = redaction.redact_text(content.decode(), salt)
        for secret in sorted(secrets, key=len, reverse=True):
            text = text.replace(secret, redaction.mask(secret, salt))
        texts[name] = text
    return texts


def _masked_texts(original: Any, redacted: Any) -> Iterator[str]:
    """Yield the texts of a document that redaction masks."""
    if isinstance(original, Mapping):
        for name, inner in original.items():
            yield from _masked_texts(inner, redacted[name])
    elif isinstance(original, list | tuple):
        for inner, other in zip(original, redacted, strict=True):
            yield from _masked_texts(inner, other)
    elif isinstance(original, str) and original != redacted:
        yield original


def _serialize_data(entry: Input, configuration: Configuration, router: Router) -> Any:
    data, salt = entry.data, configuration.seed
    if entry.kind in ("arrival", "request", "refusal"):
        return _serialize_request(data, router, salt)
    if entry.kind == "configuration":
        return {**data, "files": redact_files(data["files"], configuration)}
    if entry.kind == "result":
        body = redact_body(data["result"].pop("body"), None, salt)
        return {**data, "result": {**data["result"], **body}}
    return redaction.redact_value(data, salt)


def _serialize_request(data: Json, router: Router, salt: str) -> Json:
    incoming = rebuild_request(data, router)
    secret = incoming.credential if isinstance(incoming, IncomingRequest) else None
    headers = redaction.redact_secret(
        redaction.redact_headers(
            {name: text for name, text in data["headers"].items() if name != "cookie"}, salt
        ),
        secret,
        salt,
    )
    if "authorization" in headers:
        headers["authorization"] = redact_authorization(data["headers"]["authorization"], salt)
    if "cookie" in data["headers"]:
        headers["cookie"] = _redact_cookie(data["headers"]["cookie"], secret, salt)
    body = redact_body(data.pop("body"), secret, salt)
    query = redaction.redact_secret(redaction.redact_query(data["query"], salt), secret, salt)
    path = redaction.redact_secret(redaction.redact_path(data["path"], salt), secret, salt)
    if "refusal" in data:
        refusal = redaction.redact_value(data.pop("refusal"), salt)
        body = {**body, "refusal": redaction.redact_secret(refusal, secret, salt)}
    return {**data, "path": path, "headers": headers, "query": query, **body}


def _redact_cookie(cookie: str, secret: str | None, salt: str) -> str:
    """Mask the value of every cookie, or only the credential if that is one of them."""
    if secret and secret in cookie:
        return cookie.replace(secret, redaction.mask(secret, salt))
    redacted: str = redaction.redact_headers({"cookie": cookie}, salt)["cookie"]
    return redacted
