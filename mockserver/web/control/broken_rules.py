"""The broken rules of a refused request as JSON: where, what was sent there, what would pass."""

import json
from collections.abc import Iterator
from typing import Any

from mockserver.core.field_paths import NOT_SENT, path_text, value_at
from mockserver.core.findings import Finding
from mockserver.core.rulebook import Rule
from mockserver.engine.exchange import Exchange
from mockserver.web import redaction
from mockserver.web.views.body_preview import preview_field


def serialize_broken_rules(exchange: Exchange, salt: str) -> Iterator[dict[str, Any]]:
    """Yield an entry for each place at which the request breaks a rule."""
    for rule, findings in zip(exchange.broken_rules, exchange.findings, strict=True):
        yield from (_serialize_finding(rule, finding, exchange, salt) for finding in findings)


def _serialize_finding(
    rule: Rule, finding: Finding, exchange: Exchange, salt: str
) -> dict[str, Any]:
    fault = rule.fault
    return {
        "fault": fault.name,
        "evidence": str(fault.evidence),
        "message": fault.message,
        "field": path_text(finding.field) or None,
        "received": _received(finding.field, exchange, salt),
        "would_pass": redaction.redact_text(finding.expected, salt),
        "sample": json.loads(finding.sample) if finding.sample else None,
        "condition": str(rule.condition_evidence),
        "note": rule.note or None,
    }


def _received(path: str, exchange: Exchange, salt: str) -> Any:
    """The value sent there, masked if a name on the way to it is that of a secret."""
    value = value_at(exchange.request.fields, path)
    if value is NOT_SENT:
        return None
    shown = preview_field(value)
    for part in path.split("."):
        shown = redaction.redact_value({part: shown}, salt)[part]
    return shown
