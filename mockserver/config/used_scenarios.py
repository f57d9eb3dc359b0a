"""Check that the scenarios to which a scenario leads can play where it plays."""

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.config.references import scenario_references
from mockserver.config.scenario_parts import ScenarioPart, scenario_parts
from mockserver.config.schema_checks import PathProblem
from mockserver.core.playability import PlaySite, play_sites
from mockserver.core.provider import all_faults
from mockserver.core.scenario import Scenario

RawMapping = Mapping[str, Any]


def used_scenario_problems(
    part: ScenarioPart, sites: tuple[PlaySite, ...], bodies: Mapping[str, RawMapping]
) -> Iterator[PathProblem]:
    """Yield the names that lead to a scenario which cannot play everywhere that this one plays.

    A scenario without a word that can take effect there cannot play either. `{where}` in a message
    stands for the operations.
    """
    calls = tuple(site for site in sites if site.flow) or sites
    for path, name in scenario_references(part.body):
        body = bodies.get(name, {})
        suitable = play_sites(Scenario(name, needs=body.get("needs", {})), calls, ())
        if len(suitable) < len(calls):
            needs = ", ".join(f"{key}: {value}" for key, value in body["needs"].items())
            message = (
                f"{name} has `needs: {{{needs}}}`, which this scenario lacks: give it the same"
            )
            yield (*part.path, *path), message
        elif not _has_effect(name, calls, bodies):
            message = f"{name} has no effect here: nothing that it says applies to {{where}}"
            yield (*part.path, *path), message


def _has_effect(name: str, sites: tuple[PlaySite, ...], bodies: Mapping[str, RawMapping]) -> bool:
    """Whether a scenario, or one to which it leads, has a word that can take effect.

    An invalid scenario is not in `bodies` and counts as if it had one.
    """
    seen, names = set[str](), [name]
    while names:
        name = names.pop()
        if name not in bodies:
            return True
        if name in seen:
            continue
        seen.add(name)
        for part in scenario_parts(bodies[name]):
            if _part_has_effect(part, sites):
                return True
            names += [used for _, used in scenario_references(part.body)]
    return False


def _part_has_effect(part: ScenarioPart, sites: tuple[PlaySite, ...]) -> bool:
    body = part.body
    webhooks, fault = body.get("webhooks") or {}, body.get("refuse", "")
    return (
        "responses" in body
        or "steps" in body
        or any(leg in site.legs for leg in part.legs for site in sites)
        or any({*site.calls.webhooks, "any"} & set(webhooks) for site in sites)
        or any(fault == known.name for site in sites for known in all_faults(site.provider))
    )
