"""How a person behaves, from a word or a mapping in a file to its value."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from mockserver.core.legs import ANSWERED, WORDS, Behaviour, Deed, Span, fixed
from mockserver.core.nearest import nearest
from mockserver.core.time import SECOND, length

_KEYS = ("ring", "answer", "then", "press", "say", "talk", "hangup")
_FORM = f"a word, or {{{', '.join(_KEYS)}}}"
_DATA = {"digits": "digits", "speech": "words"}


def behaviour(how: Any) -> Behaviour:
    """A word, or {ring, answer, then, press, say, talk, hangup}.

    Raises:
        ValueError: with what would be right.
    """
    if isinstance(how, str):
        return _word(how)
    if not isinstance(how, Mapping):
        raise ValueError(f"a leg behaves by {_FORM}")
    for key in how:
        if key not in _KEYS:
            raise ValueError(f"unknown key {key!r} of a leg {nearest(key, _KEYS)}".rstrip())
    if "ring" in how and "answer" in how:
        raise ValueError("`answer` is how long it rings before the answer: leave `ring` out")
    return _mapped(how)


def span(text: Any) -> Span:
    """`2s`, `1m30s`, or `2s..6s`."""
    parts = str(text).split("..")
    lengths = [length(part) for part in parts]
    if len(lengths) > 2 or None in lengths:  # noqa: PLR2004 - a span has two ends
        raise ValueError(f"{text!r} is no length of time: write 2s, 1m30s or a span such as 2s..6s")
    low, high = lengths[0] or 0, lengths[-1] or 0
    if low > high:
        raise ValueError(f"the span {text!r} ends before it begins")
    return Span(low, high)


def _word(word: str) -> Behaviour:
    if word not in WORDS:
        hint = nearest(word, WORDS) or f"known: {', '.join(WORDS)}"
        raise ValueError(f"unknown behaviour {word!r}: {hint}")
    return WORDS[word]


def _mapped(how: Mapping[str, Any]) -> Behaviour:
    made = _word(str(how["then"])) if "then" in how else ANSWERED
    for key in ("ring", "answer"):
        if key in how:
            made = replace(made, ring=span(how[key]))
    if "talk" in how:
        made = replace(made, talk=span(how["talk"]))
    if "hangup" in how:
        made = replace(made, hangup=span(how["hangup"]))
    pressed = _deeds(how.get("press"), "digits", "keys")
    said = _deeds(how.get("say"), "speech", "words")
    return replace(made, deeds=(*pressed, *said))


def _deeds(value: Any, verb: str, key: str) -> Iterator[Deed]:
    """`press: "1"` is a second after the answer; a list has its own times."""
    if value is None:
        return
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, Mapping):
            after, said = span(item.get("after", "1s")), item.get(key)
        else:
            after, said = fixed(SECOND), item
        if not isinstance(said, str) or not said:
            raise ValueError(f"write what is {verb}: a text, or {{after: 2s, {key}: ...}}")
        yield Deed(after, verb, MappingProxyType({_DATA[verb]: said}))
