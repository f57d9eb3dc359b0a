"""Check the legs of a scenario: names without effect, keys that come too late."""

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.config.behaviors import parse_duration_range
from mockserver.config.problems import DocumentPath
from mockserver.config.scenario_parts import ScenarioPart
from mockserver.config.schema_checks import KeySegment, PathProblem
from mockserver.core.behavior import fixed_duration
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
    if raw.get("then") == "person":
        for key in ("ring", "answer"):
            if key in raw:
                message = f"{key!r} has no effect: a person is told when to answer"
                yield (KeySegment(key),), message
    if "hangup" in raw:
        yield from _late_action_problems(raw)
        talk = parse_duration_range(raw["talk"]) if "talk" in raw else fixed_duration(0)
        if talk.low and talk.low >= parse_duration_range(raw["hangup"]).high:
            yield (
                (KeySegment("talk"),),
                f"'talk' has no effect: the leg hangs up {raw['hangup']} after it answers",
            )


def _late_action_problems(raw: RawMapping) -> Iterator[PathProblem]:
    """Yield the first key or word that comes after the leg has hung up, at the earliest."""
    hangup, at = parse_duration_range(raw["hangup"]).high, 0
    for path, item in _actions(raw):
        at += parse_duration_range(item.get("after", "1s")).low
        if at > hangup:
            yield path, f"never happens: the leg hangs up {raw['hangup']} after it answers"
            return


def _actions(raw: RawMapping) -> Iterator[tuple[DocumentPath, RawMapping]]:
    """Yield (path, item) of the keys and words of a leg, in the order in which they come."""
    for key in ("press", "say"):
        value = raw.get(key)
        if isinstance(value, list):
            yield from (((key, index), item) for index, item in enumerate(value) if item)
        elif value is not None:
            yield (key,), {}
