"""Says where a refused request breaks the rules, and what would pass."""

import json
from typing import Final

from mockserver.core.bound_provider import BoundProvider
from mockserver.core.field_paths import NOT_SENT, path_text, value_at
from mockserver.core.findings import Finding, find_all
from mockserver.core.rulebook import RequestContext, Rule, render_message

MAX_EXPLAINED_VALUE: Final = 200
"""How many characters of a value an explanation repeats, which is also a header."""

Refusal = tuple[tuple[tuple[Finding, ...], ...], str]
NO_REFUSAL: Final[Refusal] = ((), "")


def explain_refusal(
    broken_rules: tuple[Rule, ...], context: RequestContext, bound: BoundProvider
) -> Refusal:
    """Return the findings of each broken rule, and the first of them in one line."""
    finders = bound.provider.finders
    findings = tuple([find_all(rule, context, finders) for rule in broken_rules])
    return findings, describe_refusal(broken_rules[0], findings[0][0], context)


def describe_refusal(rule: Rule, finding: Finding, context: RequestContext) -> str:
    """Describe a broken rule in one line: fault, evidence, field, value received and expected.

    The evidence of the rule's condition is told where it differs from that of the fault's text.
    """
    fault = rule.fault
    message = render_message(fault, context, MAX_EXPLAINED_VALUE)
    summary = f"{fault.name} ({describe_evidence(rule)}): {message}"
    if context.request.body_error:
        return f"{summary}; {context.request.body_error}"
    where = f"; {path_text(finding.field)}: {describe_field(context, finding.field)}"
    return f"{summary}{where if finding.field else ''}; would pass: {finding.expected}"


def describe_evidence(rule: Rule) -> str:
    text, condition = rule.fault.evidence, rule.condition_evidence
    return text if condition == text else f"{text}, condition {condition}"


def describe_field(context: RequestContext, path: str) -> str:
    value = value_at(context.fields, path)
    if value is NOT_SENT:
        return "not sent"
    text = repr(value) if isinstance(value, str) else json.dumps(value, default=str)
    return f"received {text:.80}"
