"""Finds the scenarios in the header of a request that decide nothing, as earlier ones do."""

from collections.abc import Iterator

from mockserver.core.composition import ASPECTS
from mockserver.core.journal import Ignored
from mockserver.core.selection import Selection
from mockserver.engine.exchange import MatchedRequest

PLACE = "header X-Mock-Scenario"
"""Where the name stands, in place of a word of the scenario."""


def unread_names(matched: MatchedRequest) -> Iterator[Ignored]:
    """Yield each scenario that the header names and that decides nothing.

    A header may name several: each aspect is decided by the first that speaks to it. The header is
    the same for all calls of a batch.
    """
    if len(matched.incoming.scenario_names) < 2:  # noqa: PLR2004 - a single one decides
        return
    deciders = dict(_from_header(matched.matches[0].selection))
    for name in dict.fromkeys(matched.incoming.scenario_names):
        scenario = matched.scenarios.by_name.get(name)
        if scenario and name not in deciders.values():
            spoken = matched.scenarios.reach(scenario).aspects
            shown = ", ".join(f"{aspect} by {deciders[aspect]}" for aspect in spoken)
            reason = (
                f"names before it decide all that it speaks of ({shown}): combine them with use"
            )
            yield Ignored(name, PLACE, reason)


def _from_header(selection: Selection) -> Iterator[tuple[str, str]]:
    """Yield (aspect, name of the scenario) of what the header decides."""
    for aspect in ASPECTS:
        selected = getattr(selection, aspect)
        if selected and selected.rank == "header":
            yield aspect, selected.scenario.name
