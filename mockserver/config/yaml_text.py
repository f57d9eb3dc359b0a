"""Decode the bytes of a YAML file and refuse text that YAML does not allow."""

import re
from codecs import BOM_UTF8
from typing import Final, NamedTuple

MAX_SIZE: Final = 1_000_000  # bytes

_LINE_BREAK: Final = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
# A byte order mark after the first character is invisible, and only some parsers drop it.
_FORBIDDEN_CHARACTER: Final = (
    "[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
# The same for text that is all ASCII; it compiles 4 ms faster.
_FORBIDDEN_ASCII_CHARACTER: Final = "[^\t\n\r -~]"
# The C parser compares each %TAG line with all earlier ones: 60,000 of them took 4 s.
_TAG_LINE: Final = re.compile("(?:^|[\r\x85\u2028\u2029])%TAG", re.MULTILINE)


class TextProblem(NamedTuple):
    """A problem and its position in a text; `line` and `column` count from 1."""

    line: int
    column: int
    message: str


_TOO_LARGE: Final = TextProblem(1, 1, "the file is larger than 1 MB")


def decode_text(raw: str | bytes) -> str | TextProblem:
    """Return the text without its byte order mark, or the first problem in it."""
    if len(raw) > MAX_SIZE:
        return _TOO_LARGE
    if isinstance(raw, bytes):
        return _decode(raw.removeprefix(BOM_UTF8))
    if len(raw.encode(errors="surrogatepass")) > MAX_SIZE:
        return _TOO_LARGE
    return _check_characters(raw.removeprefix("\ufeff"))


def _decode(raw: bytes) -> str | TextProblem:
    try:
        return _check_characters(raw.decode())
    except UnicodeDecodeError as error:
        message = f"byte 0x{raw[error.start]:02x} is not UTF-8: save the file as UTF-8"
        return _problem_after(raw[: error.start].decode(), message)


def _check_characters(text: str) -> str | TextProblem:
    if wrong := re.search(
        _FORBIDDEN_ASCII_CHARACTER if text.isascii() else _FORBIDDEN_CHARACTER, text
    ):
        message = f"the character U+{ord(wrong[0]):04X} is not allowed in YAML"
        return _problem_after(text[: wrong.start()], message)
    if wrong := _TAG_LINE.search(text):
        return _problem_after(
            text[: wrong.end() - len("%TAG")], "%TAG is not supported: remove this line"
        )
    return text


def _problem_after(text: str, message: str) -> TextProblem:
    lines = _LINE_BREAK.split(text)
    return TextProblem(len(lines), len(lines[-1]) + 1, message)
