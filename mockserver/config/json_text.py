"""Make JSON that was put through the control API readable as YAML."""

import json
import re
from typing import Final

SURROGATE_PAIR: Final = re.compile(
    rb"\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
"""A surrogate pair, by which JSON escapes an emoji and which is invalid in YAML.

It also matches an escaped backslash: what follows that is text, not a surrogate.
"""


def join_surrogates(text: bytes) -> bytes:
    """Replace each surrogate pair by the character that it means."""
    return SURROGATE_PAIR.sub(_join_pair, text)


def _join_pair(pair: re.Match[bytes]) -> bytes:
    character: str = json.loads(b'"%b"' % pair[0])
    return pair[0] if character == "\\" else character.encode()
