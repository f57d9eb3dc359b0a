"""Describe YAML errors in plain English, at the position where the author looks for them."""

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from yaml import AliasEvent, Mark

from mockserver.config.yaml_text import TextProblem

# The pure Python parser quotes the offending text, however long it is.
_MAX_PROBLEM_LENGTH: Final = 200
# A value in brackets that begins with #, and so is a comment.
_COMMENT_IN_BRACKETS: Final = re.compile(r"[\[{].*[:,\[{][ \t]+#")
# Python's own errors have no position.
_START_MARK: Final = Mark("", 0, 0, 0, None, 0)


class _ErrorMessage(NamedTuple):
    """The sentence for an error of the YAML parser.

    It applies if the parser's problem contains `fragment` and the text goes on with `character`
    ("": the text ends; None: any). With `at_opening`, the position is the start of the unfinished
    construct, if the parser gives it.
    """

    fragment: str
    sentence: str
    character: str | None = None
    at_opening: bool = False


_TAB_MESSAGE: Final = "a tab indents here: only spaces may"

# The C parser and the pure Python one word many errors differently; the first match applies.
_ERROR_MESSAGES: Final = (
    _ErrorMessage("mapping values are not allowed", "mapping values are not allowed here"),
    _ErrorMessage("sequence entries are not allowed", "list items are not allowed here"),
    _ErrorMessage("cannot start any token", _TAB_MESSAGE, character="\t"),
    _ErrorMessage("cannot start any token", "text cannot begin with {character}: quote it"),
    _ErrorMessage(
        "alphabetic or numeric", "text cannot begin with {character}: quote it", at_opening=True
    ),
    _ErrorMessage(
        "expected whitespace or", "text cannot begin with {character}: quote it", at_opening=True
    ),
    _ErrorMessage(
        "expected ' ', but", "text cannot begin with {character}: quote it", at_opening=True
    ),
    _ErrorMessage("found a tab character", _TAB_MESSAGE),
    _ErrorMessage("found unexpected end of stream", "this quote is never closed", at_opening=True),
    _ErrorMessage("found unexpected document", "this quote is never closed", at_opening=True),
    _ErrorMessage(
        "unknown escape", r"this escape is unknown: in double quotes, \\ means a backslash"
    ),
    _ErrorMessage("invalid Unicode character escape", "this escape names no character"),
    _ErrorMessage("chr() arg", "an escape names no character"),
    _ErrorMessage("Exceeds the limit", "found extremely long version number"),
    _ErrorMessage("could not find expected ':'", "this line lacks its ':'", at_opening=True),
    _ErrorMessage(
        "did not find expected key", "a key was expected here: check indentation and quotes"
    ),
    _ErrorMessage("expected <block end>", "a key was expected here: check indentation and quotes"),
    _ErrorMessage("expected '-' indicator", "a list item ('- ') was expected here"),
    _ErrorMessage("expected ',' or", "this bracket is never closed", character="", at_opening=True),
    _ErrorMessage("expected ',' or", "a comma or the closing bracket was expected here"),
    _ErrorMessage("node content", "the text ends where a value was expected", character=""),
    _ErrorMessage("node content", "a value was expected here"),
    _ErrorMessage("<document start>", "the document has ended before this"),
    _ErrorMessage("", "{problem}"),
)


def describe_error(error: Exception, text: str) -> TextProblem:
    """Turn a parser's error into a sentence at the position where the author looks for it."""
    mark = getattr(error, "problem_mark", None) or _START_MARK
    problem = str(getattr(error, "problem", None) or error).partition("\n")[0][:_MAX_PROBLEM_LENGTH]
    rest = text[mark.index :]
    next_character = rest[:1] if rest.strip(" \r\n") else ""
    message = next(row for row in _ERROR_MESSAGES if _is_match(row, problem, next_character))
    position = (getattr(error, "context_mark", None) if message.at_opening else None) or mark
    character = repr(text[position.index : position.index + 1])
    sentence = message.sentence.format(problem=problem, character=character)
    hint = "" if next_character else _comment_hint(text)
    return TextProblem(
        position.line + 1, position.column + 1, f"this is not YAML: {sentence}{hint}"
    )


def _comment_hint(text: str) -> str:
    """Point to a `#` in brackets: its comment may hide what is missing at the end."""
    comment = _COMMENT_IN_BRACKETS.search(text)
    line = text.count("\n", 0, comment.start()) + 1 if comment else 0
    return f"; on line {line} a # begins a comment: quote it if it is text" if comment else ""


def _is_match(message: _ErrorMessage, problem: str, next_character: str) -> bool:
    return message.fragment in problem and message.character in (None, next_character)


def unsupported_feature_messages(event: Any) -> Iterator[str]:
    """Yield a message for each tag, anchor or alias of a node.

    The author may not have meant one: unquoted text that begins with `!`, `&` or `*` becomes one.
    """
    if tag := getattr(event, "tag", None):
        name = short_repr(tag.replace("tag:yaml.org,2002:", "!!"))
        yield f"{name} is a tag: remove it, or quote it if it is text"
    if isinstance(event, AliasEvent):
        name = short_repr(f"*{event.anchor}")
        yield f"{name} is an alias: repeat the value, or quote it if it is text"
    elif event.anchor:
        yield f"{short_repr(f'&{event.anchor}')} is an anchor: remove it, or quote it if it is text"


def short_repr(word: str, limit: int = 40) -> str:
    return repr(word if len(word) <= limit else f"{word[:limit]}...")
