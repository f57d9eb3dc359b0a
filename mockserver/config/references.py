"""Check the names in a scenario: other scenarios, legs, faults, webhooks, vendor events."""

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, Final

from mockserver.config.known_names import KnownNames, all_vendor_events
from mockserver.config.problems import DocumentPath
from mockserver.config.scenario_parts import list_items
from mockserver.config.schema_checks import (
    KeySegment,
    PathProblem,
    format_unknown_key,
    format_value,
    valid_items,
)
from mockserver.core.composition import BEHAVIOR_WORDS
from mockserver.core.match_words import OTHER_KEYS, match_rule_problems
from mockserver.core.provider import VendorEvent
from mockserver.core.scenario import CONTEXT_NAMES
from mockserver.core.suggestions import did_you_mean

RawMapping = Mapping[str, Any]
Reference = tuple[DocumentPath, str]
"""(path in the scenario, the name there)."""

VENDOR_EVENT_KEYS: Final = ("act", "after", "then", "for")

MAX_LISTED_NAMES: Final = 12  # known names in a message: a longer list is hard to read


def reference_problems(
    body: RawMapping, known_names: KnownNames, scenario_names: Iterable[str]
) -> Iterator[PathProblem]:
    """Yield a problem for every unknown name in a scenario."""
    yield from _scenario_name_problems(body, tuple(scenario_names))
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
    yield from _match_key_problems(body, known_names)
    yield from _match_problems(body, known_names)


def _scenario_name_problems(body: RawMapping, known: tuple[str, ...]) -> Iterator[PathProblem]:
    """Yield the unknown scenarios; an item of `attempts` or `numbers` may be a behavior word."""
    if "use" in body:
        yield from unknown_name_problems("scenario", ("use",), body["use"], known)
    for item in list_items(body):
        if item.body is None and item.key == "choose":
            yield from unknown_name_problems("scenario", item.path, item.name, known)
        elif item.body is None:
            names = dict.fromkeys((*known, *BEHAVIOR_WORDS))
            yield from unknown_name_problems("scenario or behavior", item.path, item.name, names)


def unknown_name_problems(
    kind: str, path: DocumentPath, name: str, known: Iterable[str]
) -> Iterator[PathProblem]:
    names = tuple(known)
    if name not in names:
        yield path, f"no {kind} is named {format_value(name)}: {suggestion(name, names)}"


def scenario_references(body: RawMapping) -> Iterator[Reference]:
    """Yield the references to other scenarios or behavior words, those inside items included."""
    if "use" in body:
        yield ("use",), body["use"]
    for item in list_items(body):
        if item.body is None:
            yield item.path, item.name
        else:
            yield from (
                (item.inner_path(path), name) for path, name in scenario_references(item.body)
            )


def response_items(body: RawMapping) -> Iterator[tuple[DocumentPath, Any]]:
    """Yield (path, item) for `responses`, which may be the list of a `cycle`."""
    responses = body.get("responses", ())
    if isinstance(responses, Mapping):
        items = valid_items(responses, "cycle")
        yield from ((("responses", "cycle", index), item) for index, item in items)
    else:
        items = valid_items(body, "responses")
        yield from ((("responses", index), item) for index, item in items)


def suggestion(name: str, known: tuple[str, ...]) -> str:
    """Suggest the nearest name, else a name that ends with `-{name}`, else list the known ones."""
    endings = (
        f"did you mean {candidate!r}?" for candidate in known if candidate.endswith(f"-{name}")
    )
    more = f" and {len(known) - MAX_LISTED_NAMES} more" if len(known) > MAX_LISTED_NAMES else ""
    listed = f"known: {', '.join(known[:MAX_LISTED_NAMES]) or 'none'}{more}"
    return did_you_mean(name, known) or next(endings, listed)


def _unknown_fault_problems(
    path: DocumentPath, name: str, known: Mapping[str, int]
) -> Iterator[PathProblem]:
    """Yield a problem for an unknown fault; for an HTTP status, suggest the faults with it."""
    faults = [repr(fault) for fault, status in known.items() if str(status) == name]
    if faults:
        yield path, f"no fault is named {name!r}: did you mean {' or '.join(faults[:3])}?"
    else:
        yield from unknown_name_problems("fault", path, name, known)


def _vendor_event_problems(
    body: RawMapping, step: RawMapping, known_names: KnownNames
) -> Iterator[PathProblem]:
    """Yield the problems in a step with a vendor event: an unknown name or unknown keys.

    If another provider has an event of that name, the message names that provider.
    """
    provider = str(body.get("needs", {}).get("provider", body.get("match", {}).get("provider", "")))
    known = known_names.vendor_events.get(provider) or all_vendor_events(known_names)
    name = step["act"]
    owners = [owner for owner, events in known_names.vendor_events.items() if name in events]
    if name not in known and owners:
        yield ("act",), f"{provider} has no act {name!r}, only {' and '.join(owners)}"
        return
    yield from unknown_name_problems("act", ("act",), name, known)
    if name in known:
        keys = (*sorted(known[name].arguments), *VENDOR_EVENT_KEYS)
        unknown = (key for key in step if key not in keys)
        yield from (
            ((KeySegment(key),), format_unknown_key(key, keys, f" of {name}")) for key in unknown
        )
        yield from _unused_key_problems(step, known[name])


def _unused_key_problems(step: RawMapping, vendor_event: VendorEvent) -> Iterator[PathProblem]:
    if "then" in step and not vendor_event.dials:
        yield (KeySegment("then"),), f"'then' has no effect: {step['act']} dials no leg"
    if "for" in step and not vendor_event.undo:
        yield (KeySegment("for"),), f"'for' has no effect: nothing undoes {step['act']}"


def _leg_references(body: RawMapping) -> Iterator[Reference]:
    if "leg" in body.get("needs", {}):
        yield ("needs", "leg"), body["needs"]["leg"]
    yield from ((("legs", KeySegment(leg)), leg) for leg in body.get("legs", ()))
    for index, step in valid_items(body, "steps"):
        for path, leg in step_leg_references(step):
            yield ("steps", index, *path), leg


def step_leg_references(step: RawMapping) -> Iterator[Reference]:
    for key in ("ring", "answer", "machine", "hangup", "leg"):
        if key in step:
            yield (key,), step[key]
    wait = step.get("wait")
    for key in ("press", "say"):
        if isinstance(wait, Mapping) and key in wait:
            yield ("wait", key), wait[key]


def _fault_references(body: RawMapping) -> Iterator[Reference]:
    if "refuse" in body:
        yield ("refuse",), body["refuse"]
    for path, response in response_items(body):
        if isinstance(response, Mapping) and "refuse" in response:
            yield (*path, "refuse"), response["refuse"]


def _match_key_problems(body: RawMapping, known_names: KnownNames) -> Iterator[PathProblem]:
    """Yield the keys of `match` that it does not take, and what is wrong with its other words."""
    known = tuple(dict.fromkeys((*CONTEXT_NAMES, *known_names.legs, *OTHER_KEYS)))
    alternative = "a parameter of the request stands inside fields"
    for key in body.get("match", {}):
        if key not in known:
            yield ("match", KeySegment(key)), format_unknown_key(key, known, "", alternative)
    for path, message in match_rule_problems(body.get("match", {})):
        yield ("match", *path), message


def _match_problems(body: RawMapping, known_names: KnownNames) -> Iterator[PathProblem]:
    """Yield the unknown providers and operations of `match` (globs) and `needs` (names)."""
    for key in ("match", "needs"):
        rules = {name: str(value) for name, value in body.get(key, {}).items()}
        providers = _matching_names(rules.get("provider"), tuple(known_names.operations), key)
        operations = tuple(
            name for provider in providers for name in known_names.operations[provider]
        )
        if "provider" in rules and not providers:
            yield from unknown_name_problems(
                "provider", (key, "provider"), rules["provider"], known_names.operations
            )
        elif "operation" in rules and not _matching_names(rules["operation"], operations, key):
            yield from unknown_name_problems(
                "operation", (key, "operation"), rules["operation"], operations
            )


def _matching_names(pattern: str | None, known: tuple[str, ...], key: str) -> tuple[str, ...]:
    if pattern is None:
        return known
    is_glob = key == "match"
    return tuple(
        name for name in known if (is_glob and fnmatchcase(name, pattern)) or name == pattern
    )
