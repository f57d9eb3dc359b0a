"""Check the legs of a scenario against the operations: names that never count, a person's times."""

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.config.scenario_parts import ScenarioPart
from mockserver.config.schema_checks import KeySegment, PathProblem
from mockserver.core.playability import PlaySite

RawMapping = Mapping[str, Any]


def shadowed_leg_problems(part: ScenarioPart, sites: tuple[PlaySite, ...]) -> Iterator[PathProblem]:
    """Yield the legs that have a second name, which counts, wherever the scenario can play."""
    for name in part.legs:
        others = [_decisive_name(name, part.legs, site) for site in sites if name in site.legs]
        if others and name not in others:
            meant = " or ".join(map(repr, dict.fromkeys(others)))
            message = f"{name!r} has no effect: it is the leg {meant}, which is described too"
            yield (*part.legs_path, KeySegment(name)), message


def leg_behavior_problems(part: ScenarioPart) -> Iterator[PathProblem]:
    """Yield the keys of a leg's behavior that can never take effect, also after an act."""
    behaviors = [((*part.legs_path, leg), raw) for leg, raw in part.legs.items()]
    behaviors += [((*path, "then"), step["then"]) for path, step in part.steps() if "then" in step]
    for path, raw in behaviors:
        if isinstance(raw, Mapping):
            yield from (((*path, *key), message) for key, message in _behavior_problems(raw))


def _decisive_name(name: str, legs: RawMapping, site: PlaySite) -> str:
    """Return the name that counts, of those for the same leg that a scenario uses."""
    leg = site.legs[name]
    return [other for other, meant in site.legs.items() if meant == leg and other in legs][-1]


def _behavior_problems(raw: RawMapping) -> Iterator[PathProblem]:
    for key in ("ring", "answer") if raw.get("then") == "person" else ():
        if key in raw:
            yield (KeySegment(key),), f"{key!r} has no effect: a person is told when to answer"
