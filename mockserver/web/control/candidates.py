"""Explains what became of each activation and match rule that a request was compared with."""

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.core.composition import ASPECTS
from mockserver.core.scenario import MatchContext, MatchRule, Scenario
from mockserver.core.selection import Activation, SelectedScenario
from mockserver.engine.exchange import CallMatch, Exchange

Decided = Mapping[str, SelectedScenario]
"""Aspect -> the scenario that decides it."""


def explain_activations(exchange: Exchange, match: CallMatch) -> Iterator[dict[str, Any]]:
    """Yield each activation of the moment: what it decides of the call, or why it decides nothing.

    An activation suits whose scenario and match the request meets. What comes before it may still
    decide all of which its scenario speaks.
    """
    decided = _decided(match)
    for activation in exchange.activations:
        decides = [
            aspect
            for aspect, selected in decided.items()
            if selected.activation_id == activation.id
        ]
        scenario = exchange.scenarios.by_name.get(activation.scenario_name)
        mismatch = _activation_mismatch(activation, scenario, match.context)
        is_late = not (mismatch or decides)
        deciders = _name_deciders(exchange, scenario, decided) if scenario and is_late else ""
        yield {
            "activation": activation.id,
            "scenario": activation.scenario_name,
            "suited": not mismatch,
            "decides": decides,
            "reason": mismatch or deciders or None,
        }


def explain_match_rules(exchange: Exchange, match: CallMatch) -> Iterator[dict[str, Any]]:
    """Yield each scenario with a match rule that decides nothing of the call, and why."""
    decided = _decided(match)
    deciders = {selected.scenario.name for selected in decided.values()}
    for scenario in exchange.scenarios.matchable:
        reason = scenario.match and _mismatch(scenario.match, scenario, match.context)
        if not reason and scenario.name not in deciders:
            reason = _name_deciders(exchange, scenario, decided)
        if reason:
            yield {"scenario": scenario.name, "reason": reason}


def _decided(match: CallMatch) -> Decided:
    selections = ((aspect, getattr(match.selection, aspect)) for aspect in ASPECTS)
    return {aspect: selected for aspect, selected in selections if selected}


def _activation_mismatch(
    activation: Activation, scenario: Scenario | None, context: MatchContext
) -> str:
    """Say why an activation does not suit; empty if it does."""
    if scenario is None:
        return "no scenario has this name any more"
    if activation.remaining == 0:
        return "none of its times is left: each is spent, or reserved by an earlier request"
    return _mismatch(activation.match, scenario, context)


def _mismatch(rule: MatchRule, scenario: Scenario, context: MatchContext) -> str:
    return rule.mismatch(context) or scenario.missing_requirement(context)


def _name_deciders(exchange: Exchange, scenario: Scenario, decided: Decided) -> str:
    """Name what decides all of which a scenario speaks, although the scenario suits."""
    aspects = exchange.scenarios.reach(scenario).aspects
    deciders = (f"{aspect} is decided by {_describe(decided[aspect])}" for aspect in aspects)
    return f"it suits, but {', '.join(deciders)}"


def _describe(selected: SelectedScenario) -> str:
    how = f"activation {selected.activation_id}" if selected.activation_id else selected.rank
    return f"{selected.scenario.name} ({how})"
