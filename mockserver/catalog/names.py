"""The names that a scenario mentions, and what to say of one that nothing bears."""

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, Final

from mockserver.catalog.document import Path
from mockserver.catalog.grammar import Flaw, Key, items, shown, unknown_key
from mockserver.catalog.vocabulary import Vocabulary, all_acts
from mockserver.core.provider import VendorEvent
from mockserver.core.suggestions import did_you_mean

Body = Mapping[str, Any]
Mention = tuple[Path, str]

BESIDE_ACTS: Final = ("act", "after", "then", "for")

SHOWN: Final = 12  # known names in a message; more than these nobody reads


def unknown(body: Body, words: Vocabulary, scenarios: Iterable[str]) -> Iterator[Flaw]:
    """Every name in a scenario that nothing bears."""
    known = tuple(scenarios)
    for path, name in references(body):
        yield from unnamed("scenario", path, name, known)
    for path, leg in _legs(body):
        yield from unnamed("leg", path, leg, words.legs)
    for path, fault in _faults(body):
        yield from _no_fault(path, fault, words.faults)
    for kind in body.get("webhooks", {}):
        yield from unnamed("webhook kind", ("webhooks", Key(kind)), kind, words.kinds)
    for index, step in items(body, "steps"):
        if "act" in step:
            for path, message in _act(body, step, words):
                yield ("steps", index, *path), message
    yield from _conditions(body, words)


def unnamed(what: str, path: Path, name: str, known: Iterable[str]) -> Iterator[Flaw]:
    names = tuple(known)
    if name not in names:
        yield path, f"no {what} is named {shown(name)}: {_hint(name, names)}"


def references(body: Body) -> Iterator[Mention]:
    """The other scenarios to which one leads."""
    if "play" in body:
        yield ("play",), body["play"]
    for index, chance in items(body, "choose"):
        yield ("choose", index, "play"), chance["play"]
    yield from ((path, turn) for path, turn in turns(body) if isinstance(turn, str))


def turns(body: Body) -> Iterator[tuple[Path, Any]]:
    """What stands in its lists: names of scenarios, or legs."""
    for key in ("attempts", "numbers"):
        yield from (((key, index), turn) for index, turn in items(body, key))


def _hint(name: str, known: tuple[str, ...]) -> str:
    """The nearest name, else one that this one is the end of, else what there is."""
    ending = [f"did you mean {one!r}?" for one in known if one.endswith(f"-{name}")]
    more = f" and {len(known) - SHOWN} more" if len(known) > SHOWN else ""
    listed = f"known: {', '.join(known[:SHOWN]) or 'none'}{more}"
    return did_you_mean(name, known) or next(iter(ending), listed)


def _no_fault(path: Path, name: str, known: Mapping[str, int]) -> Iterator[Flaw]:
    """Who writes a status means a fault that has it."""
    meant = [repr(fault) for fault, status in known.items() if str(status) == name]
    if meant:
        yield path, f"no fault is named {name!r}: did you mean {' or '.join(meant[:3])}?"
    else:
        yield from unnamed("fault", path, name, known)


def _act(body: Body, step: Body, words: Vocabulary) -> Iterator[Flaw]:
    """An act that nobody knows, or that takes no such argument; who else has it is said."""
    asked = str(body.get("needs", {}).get("provider", body.get("match", {}).get("provider", "")))
    known = words.acts.get(asked) or all_acts(words)
    name = step["act"]
    owners = [owner for owner, acts in words.acts.items() if name in acts]
    if name not in known and owners:
        yield ("act",), f"{asked} has no act {name!r}, only {' and '.join(owners)}"
        return
    yield from unnamed("act", ("act",), name, known)
    if name in known:
        takes = (*sorted(known[name].arguments), *BESIDE_ACTS)
        wrong = (key for key in step if key not in takes)
        yield from (((Key(key),), unknown_key(key, takes, f" of {name}")) for key in wrong)
        yield from _vain(step, known[name])


def _vain(step: Body, act: VendorEvent) -> Iterator[Flaw]:
    if "then" in step and not act.dials:
        yield (Key("then"),), f"'then' is in vain: {step['act']} dials nobody"
    if "for" in step and not act.undo:
        yield (Key("for"),), f"'for' is in vain: nothing undoes {step['act']}"


def _legs(body: Body) -> Iterator[Mention]:
    if "leg" in body.get("needs", {}):
        yield ("needs", "leg"), body["needs"]["leg"]
    yield from ((("legs", Key(leg)), leg) for leg in body.get("legs", ()))
    for path, turn in turns(body):
        if isinstance(turn, Mapping):
            yield from (((*path, Key(leg)), leg) for leg in turn)
    for index, step in items(body, "steps"):
        for path, leg in _legs_of_step(step):
            yield ("steps", index, *path), leg


def _legs_of_step(step: Body) -> Iterator[Mention]:
    for key in ("ring", "answer", "machine", "hangup", "leg"):
        if key in step:
            yield (key,), step[key]
    wait = step.get("wait")
    for key in ("digits", "speech"):
        if isinstance(wait, Mapping) and key in wait:
            yield ("wait", key), wait[key]


def _faults(body: Body) -> Iterator[Mention]:
    if "refuse" in body:
        yield ("refuse",), body["refuse"]
    for index, answer in items(body, "answers"):
        if isinstance(answer, Mapping) and "refuse" in answer:
            yield ("answers", index, "refuse"), answer["refuse"]


def _conditions(body: Body, words: Vocabulary) -> Iterator[Flaw]:
    """Providers and operations: globs that fit one at least in `match`, names in `needs`."""
    for key in ("match", "needs"):
        asked = {name: str(value) for name, value in body.get(key, {}).items() if name != "fields"}
        providers = _fitting(asked.get("provider"), tuple(words.operations), key)
        operations = tuple(name for one in providers for name in words.operations[one])
        if "provider" in asked and not providers:
            yield from unnamed("provider", (key, "provider"), asked["provider"], words.operations)
        elif "operation" in asked and not _fitting(asked["operation"], operations, key):
            yield from unnamed("operation", (key, "operation"), asked["operation"], operations)


def _fitting(wanted: str | None, known: tuple[str, ...], key: str) -> tuple[str, ...]:
    if wanted is None:
        return known
    globbing = key == "match"
    return tuple(one for one in known if (globbing and fnmatchcase(one, wanted)) or one == wanted)
