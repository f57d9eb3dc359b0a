"""The names that a scenario mentions, and what to say of one that nothing bears."""

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, Final

from mockserver.config.known_names import KnownNames, all_vendor_events
from mockserver.config.schema_checks import (
    KeySegment,
    PathProblem,
    format_unknown_key,
    format_value,
    valid_items,
)
from mockserver.config.yaml_document import DocumentPath
from mockserver.core.provider import VendorEvent
from mockserver.core.suggestions import did_you_mean

RawMapping = Mapping[str, Any]
Reference = tuple[DocumentPath, str]

VENDOR_EVENT_KEYS: Final = ("act", "after", "then", "for")

MAX_LISTED_NAMES: Final = 12  # known names in a message; more than these nobody reads


def reference_problems(
    body: RawMapping, known_names: KnownNames, scenario_names: Iterable[str]
) -> Iterator[PathProblem]:
    """Every name in a scenario that nothing bears."""
    known = tuple(scenario_names)
    for path, name in scenario_references(body):
        yield from unknown_name_problems("scenario", path, name, known)
    for path, leg in _leg_references(body):
        yield from unknown_name_problems("leg", path, leg, known_names.legs)
    for path, fault in _fault_references(body):
        yield from _unknown_fault_problems(path, fault, known_names.fault_statuses)
    for kind in body.get("webhooks", {}):
        yield from unknown_name_problems(
            "webhook kind", ("webhooks", KeySegment(kind)), kind, known_names.webhook_kinds
        )
    for index, step in valid_items(body, "steps"):
        if "act" in step:
            for path, message in _vendor_event_problems(body, step, known_names):
                yield ("steps", index, *path), message
    yield from _match_problems(body, known_names)


def unknown_name_problems(
    kind: str, path: DocumentPath, name: str, known: Iterable[str]
) -> Iterator[PathProblem]:
    names = tuple(known)
    if name not in names:
        yield path, f"no {kind} is named {format_value(name)}: {_suggestion(name, names)}"


def scenario_references(body: RawMapping) -> Iterator[Reference]:
    """The other scenarios to which one leads."""
    if "play" in body:
        yield ("play",), body["play"]
    for index, chance in valid_items(body, "choose"):
        yield ("choose", index, "play"), chance["play"]
    yield from ((path, turn) for path, turn in list_entries(body) if isinstance(turn, str))


def list_entries(body: RawMapping) -> Iterator[tuple[DocumentPath, Any]]:
    """What stands in its lists: names of scenarios, or legs."""
    for key in ("attempts", "numbers"):
        yield from (((key, index), turn) for index, turn in valid_items(body, key))


def _suggestion(name: str, known: tuple[str, ...]) -> str:
    """The nearest name, else one that this one is the end of, else what there is."""
    ending = [f"did you mean {one!r}?" for one in known if one.endswith(f"-{name}")]
    more = f" and {len(known) - MAX_LISTED_NAMES} more" if len(known) > MAX_LISTED_NAMES else ""
    listed = f"known: {', '.join(known[:MAX_LISTED_NAMES]) or 'none'}{more}"
    return did_you_mean(name, known) or next(iter(ending), listed)


def _unknown_fault_problems(
    path: DocumentPath, name: str, known: Mapping[str, int]
) -> Iterator[PathProblem]:
    """Who writes a status means a fault that has it."""
    meant = [repr(fault) for fault, status in known.items() if str(status) == name]
    if meant:
        yield path, f"no fault is named {name!r}: did you mean {' or '.join(meant[:3])}?"
    else:
        yield from unknown_name_problems("fault", path, name, known)


def _vendor_event_problems(
    body: RawMapping, step: RawMapping, known_names: KnownNames
) -> Iterator[PathProblem]:
    """An act that nobody knows, or that takes no such argument; who else has it is said."""
    asked = str(body.get("needs", {}).get("provider", body.get("match", {}).get("provider", "")))
    known = known_names.vendor_events.get(asked) or all_vendor_events(known_names)
    name = step["act"]
    owners = [owner for owner, acts in known_names.vendor_events.items() if name in acts]
    if name not in known and owners:
        yield ("act",), f"{asked} has no act {name!r}, only {' and '.join(owners)}"
        return
    yield from unknown_name_problems("act", ("act",), name, known)
    if name in known:
        takes = (*sorted(known[name].arguments), *VENDOR_EVENT_KEYS)
        wrong = (key for key in step if key not in takes)
        yield from (
            ((KeySegment(key),), format_unknown_key(key, takes, f" of {name}")) for key in wrong
        )
        yield from _unused_key_problems(step, known[name])


def _unused_key_problems(step: RawMapping, vendor_event: VendorEvent) -> Iterator[PathProblem]:
    if "then" in step and not vendor_event.dials:
        yield (KeySegment("then"),), f"'then' is in vain: {step['act']} dials nobody"
    if "for" in step and not vendor_event.undo:
        yield (KeySegment("for"),), f"'for' is in vain: nothing undoes {step['act']}"


def _leg_references(body: RawMapping) -> Iterator[Reference]:
    if "leg" in body.get("needs", {}):
        yield ("needs", "leg"), body["needs"]["leg"]
    yield from ((("legs", KeySegment(leg)), leg) for leg in body.get("legs", ()))
    for path, turn in list_entries(body):
        if isinstance(turn, Mapping):
            yield from (((*path, KeySegment(leg)), leg) for leg in turn)
    for index, step in valid_items(body, "steps"):
        for path, leg in _step_leg_references(step):
            yield ("steps", index, *path), leg


def _step_leg_references(step: RawMapping) -> Iterator[Reference]:
    for key in ("ring", "answer", "machine", "hangup", "leg"):
        if key in step:
            yield (key,), step[key]
    wait = step.get("wait")
    for key in ("digits", "speech"):
        if isinstance(wait, Mapping) and key in wait:
            yield ("wait", key), wait[key]


def _fault_references(body: RawMapping) -> Iterator[Reference]:
    if "refuse" in body:
        yield ("refuse",), body["refuse"]
    for index, answer in valid_items(body, "answers"):
        if isinstance(answer, Mapping) and "refuse" in answer:
            yield ("answers", index, "refuse"), answer["refuse"]


def _match_problems(body: RawMapping, known_names: KnownNames) -> Iterator[PathProblem]:
    """Providers and operations: globs that fit one at least in `match`, names in `needs`."""
    for key in ("match", "needs"):
        asked = {name: str(value) for name, value in body.get(key, {}).items() if name != "fields"}
        providers = _matching_names(asked.get("provider"), tuple(known_names.operations), key)
        operations = tuple(name for one in providers for name in known_names.operations[one])
        if "provider" in asked and not providers:
            yield from unknown_name_problems(
                "provider", (key, "provider"), asked["provider"], known_names.operations
            )
        elif "operation" in asked and not _matching_names(asked["operation"], operations, key):
            yield from unknown_name_problems(
                "operation", (key, "operation"), asked["operation"], operations
            )


def _matching_names(pattern: str | None, known: tuple[str, ...], key: str) -> tuple[str, ...]:
    if pattern is None:
        return known
    globbing = key == "match"
    return tuple(one for one in known if (globbing and fnmatchcase(one, pattern)) or one == pattern)
