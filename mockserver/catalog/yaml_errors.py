"""What is wrong with a YAML text, in plain English."""

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from yaml import AliasEvent, Mark

from mockserver.catalog.yaml_text import Flaw

_LONGEST: Final = 200  # the pure parser quotes what it met, however long
_COMMENT: Final = re.compile(r"[\[{].*[:,\[{][ \t]+#")  # a value that begins with one, in brackets
_START: Final = Mark("", 0, 0, 0, None, 0)  # for the errors of Python itself, which know no place


class _Saying(NamedTuple):
    """What to say when the problem holds this fragment, and meets this character ("" at the end).

    `opening` puts it where the unfinished thing began, if the parser knows.
    """

    fragment: str
    sentence: str
    character: str | None = None
    opening: bool = False


_TAB: Final = "a tab indents here: only spaces may"

# Each row serves the C parser and the pure one, which word many things differently.
_SAYINGS: Final = (
    _Saying("mapping values are not allowed", "mapping values are not allowed here"),
    _Saying("sequence entries are not allowed", "list items are not allowed here"),
    _Saying("cannot start any token", _TAB, character="\t"),
    _Saying("cannot start any token", "text cannot begin with {character}: quote it"),
    _Saying("alphabetic or numeric", "text cannot begin with {character}: quote it", opening=True),
    _Saying("expected whitespace or", "text cannot begin with {character}: quote it", opening=True),
    _Saying("expected ' ', but", "text cannot begin with {character}: quote it", opening=True),
    _Saying("found a tab character", _TAB),
    _Saying("found unexpected end of stream", "this quote is never closed", opening=True),
    _Saying("found unexpected document", "this quote is never closed", opening=True),
    _Saying("unknown escape", r"this escape is unknown: in double quotes, \\ means a backslash"),
    _Saying("invalid Unicode character escape", "this escape names no character"),
    _Saying("chr() arg", "an escape names no character"),
    _Saying("Exceeds the limit", "found extremely long version number"),
    _Saying("could not find expected ':'", "this line lacks its ':'", opening=True),
    _Saying("did not find expected key", "a key was expected here: check indentation and quotes"),
    _Saying("expected <block end>", "a key was expected here: check indentation and quotes"),
    _Saying("expected '-' indicator", "a list item ('- ') was expected here"),
    _Saying("expected ',' or", "this bracket is never closed", character="", opening=True),
    _Saying("expected ',' or", "a comma or the closing bracket was expected here"),
    _Saying("node content", "the text ends where a value was expected", character=""),
    _Saying("node content", "a value was expected here"),
    _Saying("<document start>", "the document has ended before this"),
    _Saying("", "{problem}"),
)


def flaw(error: Exception, text: str) -> Flaw:
    """A parser's error, where the author would look for it."""
    mark = getattr(error, "problem_mark", None) or _START
    problem = str(getattr(error, "problem", None) or error).partition("\n")[0][:_LONGEST]
    rest = text[mark.index :]
    met = rest[:1] if rest.strip(" \r\n") else ""
    saying = next(row for row in _SAYINGS if _fits(row, problem, met))
    at = (getattr(error, "context_mark", None) if saying.opening else None) or mark
    character = repr(text[at.index : at.index + 1])
    sentence = saying.sentence.format(problem=problem, character=character)
    hint = "" if met else _swallowed(text)
    return Flaw(at.line + 1, at.column + 1, f"this is not YAML: {sentence}{hint}")


def _swallowed(text: str) -> str:
    """Where the end of the text may have gone that is missing."""
    found = _COMMENT.search(text)
    line = text.count("\n", 0, found.start()) + 1 if found else 0
    return f"; on line {line} a # begins a comment: quote it if it is text" if found else ""


def _fits(saying: _Saying, problem: str, met: str) -> bool:
    return saying.fragment in problem and saying.character in (None, met)


def adorned(event: Any) -> Iterator[str]:
    """What no value may wear, which a plain text that begins like one turns into."""
    if tag := getattr(event, "tag", None):
        name = short(tag.replace("tag:yaml.org,2002:", "!!"))
        yield f"{name} is a tag: remove it, or quote it if it is text"
    if isinstance(event, AliasEvent):
        name = short(f"*{event.anchor}")
        yield f"{name} is an alias: repeat the value, or quote it if it is text"
    elif event.anchor:
        yield f"{short(f'&{event.anchor}')} is an anchor: remove it, or quote it if it is text"


def short(word: str, limit: int = 40) -> str:
    return repr(word if len(word) <= limit else f"{word[:limit]}...")
