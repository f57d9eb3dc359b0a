"""The text of a YAML file, from bytes that may be anything."""

import re
from codecs import BOM_UTF8
from typing import Final, NamedTuple

SIZE: Final = 1_000_000

_BREAK: Final = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
# A byte order mark that is not the first character is unseen, and only some parsers drop it.
_UNREADABLE: Final = "[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
_UNREADABLE_ASCII: Final = "[^\t\n\r -~]"  # the same where all is ASCII, and 4 ms less to compile
# The C parser compares each of these with all before it: 60,000 of them took it 4 s.
_TAG_LINE: Final = re.compile("(?:^|[\r\x85\u2028\u2029])%TAG", re.MULTILINE)


class Flaw(NamedTuple):
    """What is wrong with a text, and where, whatever file it comes from."""

    line: int
    column: int
    message: str


_TOO_LARGE: Final = Flaw(1, 1, "the file is larger than 1 MB")


def text_of(raw: str | bytes) -> str | Flaw:
    """The text without its byte order mark, if YAML can read all of it."""
    if len(raw) > SIZE:
        return _TOO_LARGE
    if isinstance(raw, bytes):
        return _decoded(raw.removeprefix(BOM_UTF8))
    if len(raw.encode(errors="surrogatepass")) > SIZE:
        return _TOO_LARGE
    return _readable(raw.removeprefix("\ufeff"))


def _decoded(raw: bytes) -> str | Flaw:
    try:
        return _readable(raw.decode())
    except UnicodeDecodeError as error:
        message = f"byte 0x{raw[error.start]:02x} is not UTF-8: save the file as UTF-8"
        return _after(raw[: error.start].decode(), message)


def _readable(text: str) -> str | Flaw:
    if wrong := re.search(_UNREADABLE_ASCII if text.isascii() else _UNREADABLE, text):
        message = f"the character U+{ord(wrong[0]):04X} is not allowed in YAML"
        return _after(text[: wrong.start()], message)
    if wrong := _TAG_LINE.search(text):
        return _after(text[: wrong.end() - len("%TAG")], "%TAG is not supported: remove this line")
    return text


def _after(text: str, message: str) -> Flaw:
    lines = _BREAK.split(text)
    return Flaw(len(lines), len(lines[-1]) + 1, message)
