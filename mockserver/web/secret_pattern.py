"""Finds the secrets in a text that may be a form, a URL, a multipart form, or malformed JSON."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from mockserver.core.secret_names import SECRET_ENDINGS, SECRET_PARAMETERS, SECRET_WORDS

SLICE: Final = 65_536
"""Characters between two chances of other threads: one search lets none of them run."""
MAX_PREFIX: Final = 2_048
"""More than the characters that any pattern has in front of a secret, and any user name has."""

ENCODED_CHARACTER: Final = re.compile(r"(?:%|\\u00)(4[1-9a-f]|5[0-9af]|6[1-9a-f]|7[0-9a]|2d)")
"""A letter, `_` or `-`, percent-encoded or escaped as in JSON, in small letters."""
FILLER: Final = "\0"
"""Stands for the other characters of an encoded letter."""


def find_secrets(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each secret in the text."""
    if "=" not in text and ":" not in text and "%" not in text:
        return
    searched, position = f"&{_plain(text)}", 0
    while position < len(searched):
        end = position + SLICE
        match = _secret_pattern().search(searched, position, end + MAX_PREFIX)
        if match is None or match.start() >= end:
            position = end
            continue
        if match.end() >= end:  # it may go on
            match = _secret_pattern().match(searched, match.start()) or match
        start, position = match.span(match.lastindex or 0)
        yield start - 1, position - 1


def _plain(text: str) -> str:
    """Return a text of the same length in small letters, with encoded letters decoded."""
    lower = text.replace("\u0130", "i").lower()
    if "%" not in lower and "\\u00" not in lower:
        return lower
    return ENCODED_CHARACTER.sub(
        lambda match: chr(int(match[1], 16)).lower().ljust(len(match[0]), FILLER), lower
    )


def _name_pattern(names: tuple[str, ...]) -> str:
    """A pattern for one of the names, whose letters may have fillers behind them."""
    spelled = (re.sub(r"(\[_-\]\?|[a-z])", rf"\1{FILLER}*", name) for name in names)
    return f"(?:{'|'.join(spelled)})"


@cache
def _secret_pattern() -> re.Pattern[str]:
    """A pattern whose last group is the secret. Compiled on demand: it takes long.

    What comes before a secret is bounded: a megabyte of names would take minutes otherwise.
    """
    ending, word = _name_pattern(SECRET_ENDINGS), _name_pattern((*SECRET_WORDS, "credentials"))
    parameter = _name_pattern(SECRET_PARAMETERS)
    index = r"(?:(?:\[|%5b)[^=&\s]{0,40})?"
    equals, ampersand = r"(?:=|(?:%|\\u00)3d)", r"(?:[?&]|(?:%|\\u00)(?:3f|26))"
    quote = r'\\{0,4}"'
    of_form = r'((?:(?!%26|\\u0026)[^&\s"<>#])+)'
    of_text = r'((?:\\[^"]|[^"&,;\s}\]\\])+)'
    quoted = r'((?:\\[^"]|[^"\\\r\n])+)'
    part = r'"?[^\r\n]{0,99}\r\n(?:[^\r\n]{1,99}\r\n){0,4}\r\n([^\r\n]+)'
    slash = r"(?:\\?/|(?:%|\\u00)2f)"
    segment = r"((?:(?!%2f|%3f|%23|%26|\\u00)[^\s/?#&\"'\\<>,;)\]}])+)"
    user = r"((?:(?!%2f|%3f|%23)[^\s/?#&\"'\\]){1,1000})(?:@|%40)"
    return re.compile(
        rf"{ending}(?:{index}{equals}{of_form}"
        rf"|{index}(?:{quote})?\s{{0,20}}[:=][\s\[]{{0,20}}(?:{quote}{quoted}|{of_text})"
        rf"|{part})"
        rf"|{ampersand}{parameter}{index}{equals}{of_form}"
        rf'|"(?:x-)?{word}{quote}\s{{0,20}}:[\s\[]{{0,20}}(?:{quote}{quoted}|{of_text})'
        rf'|name="?{parameter}{part}'
        rf"|(?::(?:\\?/){{2}}|%3a%2f%2f){user}"
        rf"|{slash}[\w.~-]{{0,40}}?{ending}{slash}{segment}"
    )
