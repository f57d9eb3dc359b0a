"""What a scenario orders of the API, and how that is told."""

from collections.abc import Iterator, Mapping
from pathlib import PurePath
from types import MappingProxyType
from typing import Final

from mockserver.core.http import Response
from mockserver.core.provider import find_fault
from mockserver.core.rulebook import Rule
from mockserver.core.scenario import readable_name
from mockserver.core.selection import SelectedScenario
from mockserver.core.time import to_seconds
from mockserver.engine.exchange import MatchedRequest

NO_STATUS = 0
"""The status of a response that is never sent because a scenario breaks the connection."""

CHOOSERS: Final[Mapping[str, str]] = MappingProxyType(
    {"header": "the header X-Mock-Scenario", "default": "the key default"}
)
"""Rank of a selected scenario -> what has chosen it, if that is not its `match`."""


def ordered_response(matched: MatchedRequest) -> Response | None:
    """The response that a scenario orders; None if the vendor itself responds."""
    if matched.api.disconnect:
        return Response(NO_STATUS)
    return matched.api.answer


def ordered_fault(matched: MatchedRequest) -> Rule | None:
    """The rule that refuses the request with the fault that a scenario orders, if it has it."""
    name = matched.api.fault
    fault = find_fault(matched.incoming.bound.provider, name) if name else None
    return Rule(lambda _: True, fault) if fault else None


def describe_order(matched: MatchedRequest) -> str:
    """Say in one line which scenario orders what of the API, and who chose it; empty if none."""
    selected, author = matched.applied_api, matched.api_author
    what = ", ".join(_describe_behavior(matched))
    if not (selected and author and what):
        return ""
    place = "bundled" if author.bundled else PurePath(author.location).name
    shown_place = f" ({place})" if place else ""
    count = len(author.responses)
    item = author.response_index(matched.api_position) + 1
    position = f", item {item} of {count} of its responses" if count > 1 else ""
    outer = "" if author.name == selected.scenario.name else f"{selected.scenario.name} is "
    return (
        f"scenario {readable_name(author.name)}{shown_place} orders {what}{position}; "
        f"{outer}chosen by {_chooser(selected)}"
    )


def _describe_behavior(matched: MatchedRequest) -> Iterator[str]:
    """Yield the words of an item of `responses` as in a file, and the evidence of a fault."""
    api = matched.api
    spans = (("after", api.delay), ("dribble", api.dribble))
    yield from (f"{key}: {to_seconds(span):g}s" for key, span in spans if span)
    fault = find_fault(matched.incoming.bound.provider, api.fault) if api.fault else None
    if fault:
        yield f"refuse: {fault.name} ({fault.evidence})"
    if api.disconnect:
        yield f"break: {api.disconnect}"
    if api.answer:
        yield f"status: {api.answer.status}"


def _chooser(selected: SelectedScenario) -> str:
    """Say what has put a scenario in force."""
    if selected.activation_id:
        return f"activation {selected.activation_id}"
    return CHOOSERS.get(selected.rank, "its match")
