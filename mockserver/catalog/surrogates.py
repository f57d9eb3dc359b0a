r"""JSON's way to write an emoji, `\ud83d\ude00`, carried through a YAML parser that refuses it."""

import re
from typing import Final

_HALVES: Final = r"(?:\\\\)++|\\u({0})([89abAB][0-9a-fA-F]{{2}})\\u({0})([c-fC-F][0-9a-fA-F]{{2}})"
_PAIR: Final = re.compile(_HALVES.format("[dD]"))
_VEILED: Final = re.compile(_HALVES.format("[eE]"))
_VEILED_PAIR: Final = re.compile("[\ue800-\uebff][\uec00-\uefff]")
_TAKEN: Final = re.compile(r"[\ue800-\uefff]|\\u[eE][89a-fA-F]")
_SHIFT: Final = 0xE800 - 0xD800
_LETTERS: Final = {"d": "e", "D": "E", "e": "d", "E": "D"}


def veil(text: str) -> str:
    """The text with each pair as one of the private use area, so that every column stays right.

    A text that already speaks of that area stays as it is: better refused than altered.
    """
    return text if _TAKEN.search(text) else _PAIR.sub(_exchanged, text)


def unveil(value: str, *, escaped: bool) -> str:
    """A scalar of a veiled text as it was meant; `escaped` if the parser resolved its escapes."""
    return _VEILED_PAIR.sub(_joined, value) if escaped else _VEILED.sub(_exchanged, value)


def _exchanged(found: re.Match[str]) -> str:
    if found[1] is None:
        return found[0]
    return rf"\u{_LETTERS[found[1]]}{found[2]}\u{_LETTERS[found[3]]}{found[4]}"


def _joined(found: re.Match[str]) -> str:
    halves = "".join(chr(ord(half) - _SHIFT) for half in found[0])
    return halves.encode("utf-16", "surrogatepass").decode("utf-16")
