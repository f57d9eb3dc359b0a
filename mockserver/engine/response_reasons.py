"""Says why a request got its response: rules that it breaks, and what scenarios order."""

from typing import Final, NamedTuple

from mockserver.core.findings import Finding
from mockserver.core.provider import EndpointResult
from mockserver.core.rulebook import RequestContext, Rule
from mockserver.engine.exchange import MatchedRequest
from mockserver.engine.ordered_responses import describe_order, ordered_response
from mockserver.engine.refusals import explain_refusal
from mockserver.engine.refused_items import describe_refused_items


class Reasons(NamedTuple):
    """Why a request got its response; the fields are those of `Exchange`."""

    broken_rules: tuple[Rule, ...] = ()
    findings: tuple[tuple[Finding, ...], ...] = ()
    ordered_by: str = ""
    ordered: str = ""
    explanation: str = ""


NO_REASONS: Final = Reasons()


def find_reasons(
    matched: MatchedRequest,
    context: RequestContext,
    result: EndpointResult,
    broken_rules: tuple[Rule, ...],
) -> Reasons:
    """Say why a request got its response.

    What a scenario orders in place of the vendor's response is no fault of the fields.
    """
    rules, findings, fault = _explain_rules(matched, context, result, broken_rules)
    ordered = describe_order(matched)
    selected = matched.applied_api
    ordered_by = selected.scenario.name if selected and ordered else ""
    is_vendors = not ordered_response(matched)
    explanation = "; ".join(filter(None, (fault if is_vendors else "", ordered)))
    return Reasons(rules, findings, ordered_by, ordered, explanation)


def _explain_rules(
    matched: MatchedRequest,
    context: RequestContext,
    result: EndpointResult,
    broken_rules: tuple[Rule, ...],
) -> tuple[tuple[Rule, ...], tuple[tuple[Finding, ...], ...], str]:
    """Return the rules that the request or its items break, their findings, and both in words."""
    if matched.api.fault:
        return (), (), ""
    if broken_rules:
        findings, refusal = explain_refusal(broken_rules, context, matched.incoming.bound)
        return broken_rules, findings, refusal
    items = result.refused_items
    if not items:
        return (), (), ""
    rules, found = zip(*items, strict=True)
    return rules, found, describe_refused_items(items, context)
