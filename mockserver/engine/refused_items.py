"""Describes the items that an accepted request has and that are left out."""

from typing import Final

from mockserver.core.rulebook import RequestContext, Rule
from mockserver.engine.exchange import describe_fault

MAX_DESCRIBED: Final = 3
"""How many items an explanation describes, which is also a header; `explain` has all of them."""


def describe_refused_items(rules: tuple[Rule, ...], context: RequestContext) -> str:
    """Describe in one line how many items were left out, and what is wrong with the first ones."""
    described = [describe_fault(rule, context) for rule in rules[:MAX_DESCRIBED]]
    more = len(rules) - len(described)
    return f"{len(rules)} of {len(context.planned_calls)} calls not placed: " + " | ".join(
        [*described, *([f"{more} more"] if more else [])]
    )
