"""Findings: where a request breaks a rule, and what would pass there."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from mockserver.core.field_paths import with_value
from mockserver.core.http import describe_content_type, value_text
from mockserver.core.rulebook import (
    RequestContext,
    Rule,
    Violation,
    ViolationTest,
    is_malformed,
    is_rate_limited,
    is_unauthenticated,
)
from mockserver.core.value import Value

MAX_FINDINGS: Final = 100
"""How many findings of one rule are kept; a list may have thousands of items that break it."""
MAX_CANDIDATES: Final = 100
"""How many names of an account are tried for one that passes."""
MAX_SHOWN_SAMPLE: Final = 200
"""How long a sample may be that stands in the words, which are also a header."""


class Finding(Value):
    """Where a request breaks a rule, and what would pass.

    `field` is a path such as `ivrs.1.record.id`, empty if no field decides. `expected` says in
    words what would pass, or what decides instead. `sample` is a value with which the field passes,
    as JSON; empty if there is none.
    """

    field: str = ""
    expected: str = ""
    sample: str = ""


Finder = Callable[[RequestContext, Rule], tuple[Finding, ...]]
"""(context, broken rule) -> the findings, at least one; all samples together satisfy the rule."""

RefusedItem = tuple[Rule, tuple[Finding, ...]]
"""The rule that an item of an accepted request breaks, and where."""

Finders = Mapping[object, Finder]
"""The test of a rule, or its class, or a field of the schema -> its finder.

A `*` in the field stands for any index, as in `ViolationTest`.
"""


@dataclass(frozen=True, slots=True)
class WrongMethodTest:
    """The test of the rule that refuses a method which the path does not have."""

    allowed: tuple[str, ...]

    def __call__(self, _: RequestContext) -> bool:
        return True


def find_all(rule: Rule, context: RequestContext, finders: Finders) -> tuple[Finding, ...]:
    """Return where the request breaks the rule; beyond `MAX_FINDINGS`, the last one counts them."""
    findings = _finder(rule, finders)(context, rule)
    kept, left = findings[:MAX_FINDINGS], len(findings) - MAX_FINDINGS
    if left <= 0:
        return kept
    note = f"{kept[-1].expected}; {left} more values break this rule"
    return (*kept[:-1], kept[-1].replace(expected=note))


def _finder(rule: Rule, finders: Finders) -> Finder:
    test = rule.test
    if isinstance(test, ViolationTest):
        return finders.get(test.field, find_violations)
    tables = (finders, COMMON_FINDERS)
    keys = (test, type(test))
    return next((table[key] for key in keys for table in tables if key in table), find_field)


def find_field(_: RequestContext, rule: Rule) -> tuple[Finding, ...]:
    """For a test that has no finder: name its field only."""
    return (Finding(rule.field, "cannot be said"),)


def find_violations(context: RequestContext, rule: Rule) -> tuple[Finding, ...]:
    """Find each field that breaks its schema; what would pass is that of the schema."""
    test: Any = rule.test
    violations: dict[str, Violation] = {}
    for violation in filter(test.matches, context.violations):
        violations.setdefault(violation.field, violation)
    return tuple(
        Finding(each.field, describe(each.expected, each.sample), each.sample)
        for each in violations.values()
    )


def describe(expected: str, sample: str) -> str:
    """Return what would pass in words, with a short sample if they do not have it yet."""
    if not sample or len(sample) > MAX_SHOWN_SAMPLE:
        return expected
    text = value_text(json.loads(sample))
    return expected if text in expected else f"{expected}, such as {text}"


def find_at(field: str, expected: str, value: Any) -> Finding:
    """Build a finding with a value that passes."""
    sample = json.dumps(value, ensure_ascii=False)
    return Finding(field, describe(expected, sample), sample)


def always_at(field: str, expected: str, value: Any) -> Finder:
    """Build a finder for a field where the same value always passes."""
    finding = find_at(field, expected, value)
    return lambda _, __: (finding,)


def decided_by(what: str) -> Finder:
    """Build a finder for a rule that no field decides."""
    finding = Finding(expected=f"nothing in the request: {what}")
    return lambda _, __: (finding,)


def choose(
    field: str, what: str, candidates: Callable[[RequestContext], Iterable[object]]
) -> Finder:
    """Build a finder for a field that has to name something that the account has."""
    return lambda context, rule: (choose_at(field, what, candidates(context), context, rule),)


def choose_at(
    field: str, what: str, candidates: Iterable[object], context: RequestContext, rule: Rule
) -> Finding:
    """Find the first candidate with which the rule passes."""
    for candidate in islice(candidates, MAX_CANDIDATES):
        fields = with_value(context.fields, field, candidate)
        if not rule.test(context.replace(request=context.request.replace(fields=fields))):
            return find_at(field, f"{what} of the account", candidate)
    return Finding(field, f"nothing: the account does not have {what} that would pass")


def account_records(kind: str) -> Callable[[RequestContext], Iterable[object]]:
    """Return the identities of the account's records of a kind, as candidates."""
    return lambda context: context.authenticated_account.records.get(kind, ())


def find_body_error(context: RequestContext, _: Rule) -> tuple[Finding, ...]:
    error = context.request.body_error
    return (Finding(expected=f"a body that can be read; this one cannot: {error}"),)


def header_type(accepted: str) -> Finder:
    """Build a finder for a `Content-Type` that the vendor does not take."""
    return lambda context, _: (Finding(expected=describe_content_type(context.request, accepted)),)


def find_method(_: RequestContext, rule: Rule) -> tuple[Finding, ...]:
    test: Any = rule.test
    return (Finding(expected=f"the method {' or '.join(test.allowed)}"),)


COMMON_FINDERS: Final[Finders] = {
    is_malformed: find_body_error,
    is_unauthenticated: decided_by("the credential has to be that of an account"),
    is_rate_limited: decided_by("the account's rate limit is used up, later it passes"),
    WrongMethodTest: find_method,
}
BALANCE_FINDER: Final = decided_by("the balance of the account decides")
