"""Describes the items that an accepted request has and that are left out."""

from typing import Final

from mockserver.core.findings import RefusedItem
from mockserver.core.rulebook import RequestContext
from mockserver.engine.refusals import describe_refusal

MAX_DESCRIBED: Final = 3
"""How many items an explanation describes, which is also a header; `explain` has all of them."""


def describe_refused_items(items: tuple[RefusedItem, ...], context: RequestContext) -> str:
    """Describe in one line how many items were left out, and what is wrong with the first ones."""
    described = [
        describe_refusal(rule, findings[0], context) for rule, findings in items[:MAX_DESCRIBED]
    ]
    more = len(items) - len(described)
    return f"{len(items)} of {len(context.planned_calls)} calls not placed: " + " | ".join(
        [*described, *([f"{more} more"] if more else [])]
    )
