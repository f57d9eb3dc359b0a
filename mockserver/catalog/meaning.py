"""What is wrong with a scenario whose form is right: unknown names, circles, stories in vain."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from mockserver.catalog.document import Path
from mockserver.catalog.grammar import Flaw
from mockserver.catalog.vocabulary import Vocabulary
from mockserver.core.nearest import nearest
from mockserver.core.time import length

SPANS: Final = frozenset({"ring", "answer", "talk", "hangup", "after", "for"})
LEADS: Final = ("steps", "attempts", "numbers", "choose", "play")
DEEDS: Final = ("ring", "answer", "machine", "hangup", "press", "say", "wait", "act")
WILD: Final = frozenset("*?[")


def wrong(body: Mapping[str, Any], words: Vocabulary, names: Iterable[str]) -> Iterator[Flaw]:
    """All of it, by path from the scenario on; `names` are those of all scenarios."""
    known = tuple(names)
    for path, value in scalars(body):
        if path[-1] in SPANS and ".." in value:
            yield from _backwards(path, value)
    for path, value in references(body):
        yield from _unknown(path, value, known, "scenario")
    for path, value in _legs(body):
        yield from _unknown(path, value, words.legs, "leg")
    for path, value in _faults(body):
        yield from _unknown(path, value, words.faults, "fault")
    for kind in body.get("webhooks", {}):
        yield from _unknown(("webhooks", kind), kind, words.kinds, "webhook kind")
    yield from _conditions(body, words)
    yield from _together(body)


def references(body: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """The other scenarios to which one leads."""
    if "play" in body:
        yield ("play",), body["play"]
    for index, chance in enumerate(body.get("choose", ())):
        yield ("choose", index, "play"), chance["play"]
    for key in ("attempts", "numbers"):
        for index, turn in enumerate(body.get(key, ())):
            if isinstance(turn, str):
                yield (key, index), turn


def scalars(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every text in it, and where it stands."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from scalars(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from scalars(inner, (*path, index))
    elif value is not None and path:
        yield path, str(value)


def circles(leads: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each scenario that leads back to itself, and by which way."""
    for name in leads:
        way = _way_back(name, leads)
        if way:
            yield name, way


def _way_back(start: str, leads: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    ways: list[tuple[str, ...]] = [(start, name) for name in leads.get(start, ())]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        if way[-1] == start:
            return way
        if way[-1] not in seen:
            seen.add(way[-1])
            ways.extend((*way, name) for name in leads.get(way[-1], ()))
    return ()


def _backwards(path: Path, value: str) -> Iterator[Flaw]:
    low, high = (length(part) for part in value.split("..", 1))
    if low is not None and high is not None and low > high:
        yield path, f"the span {value!r} ends before it begins"


def _unknown(path: Path, word: str, known: tuple[str, ...], what: str) -> Iterator[Flaw]:
    if word not in known:
        hint = nearest(word, known) or f"known: {', '.join(known[:12])}"
        yield path, f"no {what} is named {word!r}: {hint}"


def _legs(body: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    yield from ((("legs", leg), leg) for leg in body.get("legs", ()))
    for key in ("attempts", "numbers"):
        for index, turn in enumerate(body.get(key, ())):
            if isinstance(turn, Mapping):
                yield from (((key, index, leg), leg) for leg in turn)
    for index, step in enumerate(body.get("steps", ())):
        for path, leg in _legs_of_step(step):
            yield ("steps", index, *path), leg
    if "leg" in body.get("needs", {}):
        yield ("needs", "leg"), body["needs"]["leg"]


def _legs_of_step(step: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    for key in ("ring", "answer", "machine", "hangup", "leg"):
        if key in step:
            yield (key,), step[key]
    wait = step.get("wait")
    for key in ("digits", "speech"):
        if isinstance(wait, Mapping) and key in wait:
            yield ("wait", key), wait[key]


def _faults(body: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    if "refuse" in body:
        yield ("refuse",), body["refuse"]
    for index, answer in enumerate(body.get("answers", ())):
        if isinstance(answer, Mapping) and "refuse" in answer:
            yield ("answers", index, "refuse"), answer["refuse"]


def _conditions(body: Mapping[str, Any], words: Vocabulary) -> Iterator[Flaw]:
    """Providers and operations, where they are named in full."""
    for key in ("match", "needs"):
        named = {word: glob for word, glob in body.get(key, {}).items() if _full(glob)}
        provider = named.get("provider")
        if provider is not None:
            yield from _unknown((key, "provider"), provider, tuple(words.operations), "provider")
        mine = words.operations.get(provider or "")
        operations = mine or tuple(one for all_ in words.operations.values() for one in all_)
        if "operation" in named:
            yield from _unknown((key, "operation"), named["operation"], operations, "operation")


def _full(glob: Any) -> bool:
    return isinstance(glob, str) and not WILD & set(glob)


def _together(body: Mapping[str, Any]) -> Iterator[Flaw]:
    """What cannot stand together in one scenario or one step."""
    leads = [key for key in LEADS if key in body]
    if len(leads) > 1:
        yield (leads[1],), f"a scenario has one of {', '.join(LEADS)}, and this one has {leads[0]}"
    if "refuse" in body and "answers" in body:
        yield ("answers",), "a scenario has refuse or answers: write both as answers"
    if not body:
        yield (), "a scenario that says nothing: give it legs, steps, refuse, webhooks, ..."
    for index, step in enumerate(body.get("steps", ())):
        deeds = [key for key in DEEDS if key in step]
        if len(deeds) != 1:
            yield ("steps", index), f"a step has one of {', '.join(DEEDS)}"
