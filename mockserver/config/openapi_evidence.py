"""Adds to a vendor's OpenAPI document how we know of its operations, faults, words and the rest."""

from typing import Any

from mockserver.config.openapi_checks import iter_operations
from mockserver.core.provider import Endpoint, Provider
from mockserver.core.rulebook import serialize_condition
from mockserver.core.webhook_kind import serialize_kind, serialize_retry

KEY = "x-evidence"


def add_evidence(document: dict[str, Any], provider: Provider) -> dict[str, Any]:
    """Return the document with `x-evidence` at each operation, and with that of the rest.

    `other_methods` are those by which the operation is there, too.
    """
    endpoints = {
        (endpoint.path, endpoint.method, endpoint.operation): endpoint
        for endpoint in provider.endpoints
    }
    for path, method, entry in iter_operations(document):
        endpoint = endpoints[path, method, entry["operationId"]]
        others = {
            each.method: str(each.evidence)
            for each in provider.endpoints
            if (each.path, each.operation) == (path, endpoint.operation) and each.method != method
        }
        evidence = _operation_evidence(endpoint)
        entry[KEY] = {**evidence, "other_methods": others} if others else evidence  # type: ignore[index]
    words = {
        field: {word: str(evidence) for word, evidence in words.items()}
        for field, words in provider.words.items()
    }
    details = {
        name: {"text": text, "evidence": str(evidence)}
        for name, (text, evidence) in provider.details.items()
    }
    webhooks = [serialize_kind(*item) for item in provider.webhooks.items()]
    retry = serialize_retry(provider.retry) if webhooks else None
    parts = {"words": words, "details": details, "webhooks": webhooks, "retry": retry}
    known = {name: part for name, part in parts.items() if part}
    return {**document, KEY: known} if known else document


def _operation_evidence(endpoint: Endpoint) -> dict[str, Any]:
    """The evidence of an operation, and of the text and conditions of each of its faults."""
    faults: dict[str, Any] = {}
    for rule in (rule for stage in endpoint.rules for rule in stage):
        evidence = {"text": str(rule.fault.evidence), "conditions": []}
        fault = faults.setdefault(rule.fault.name, evidence)
        fault["conditions"].append(serialize_condition(rule))
    return {"operation": str(endpoint.evidence), "faults": faults}
