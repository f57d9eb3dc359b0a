"""Bodies that are invalid or unusual JSON, without a field that any route knows."""

from typing import Final

from mockserver.web.vendor.request import DEFAULT_BODY_LIMIT

JSON: Final = "application/json"
DEEP: Final = 5_000


def spoilt(value: bytes) -> tuple[str, bytes]:
    return JSON, b'{"spoilt": ' + value + b"}"


def bare(body: bytes) -> tuple[str, bytes]:
    return JSON, body


# name -> (content type, body)
BODIES: Final[dict[str, tuple[str, bytes]]] = {
    "empty": bare(b""),
    "NaN": spoilt(b"NaN"),
    "Infinity": spoilt(b"Infinity"),
    "minus Infinity": spoilt(b"-Infinity"),
    "1e999": spoilt(b"1e999"),
    "integer of 5,000 digits": spoilt(b"9" * 5_000),
    "integer of 4,300 digits": spoilt(b"9" * 4_300),
    "lone surrogate": spoilt(b'"\\ud800"'),
    "invalid UTF-8": spoilt(b'"\xff\xfe"'),
    "deep nesting": spoilt(b"[" * DEEP + b"]" * DEEP),
    "deep nesting without an end": bare(b'{"spoilt": ' * DEEP),
    "trailing text": bare(b'{"spoilt": 1} and more'),
    "single quotes": bare(b"{'spoilt': 1}"),
    "comments": bare(b'{"spoilt": 1} // so it is'),
    "raw control characters": spoilt(b'"\x00\x01\x1f"'),
    "form body": bare(b"spoilt=1&a[b]=2"),
    "UTF-8 byte order mark": bare(b'\xef\xbb\xbf{"spoilt": 1}'),
    "UTF-16": bare('{"spoilt": 1}'.encode("utf-16")),
    "UTF-32": bare('{"spoilt": 1}'.encode("utf-32")),
    "duplicate keys": bare(b'{"spoilt": 1, "spoilt": 2}'),
    "top-level scalar": bare(b'"spoilt"'),
    "text/plain": ("text/plain", b'{"spoilt": 1}'),
    "another charset than it says": ("application/json; charset=utf-16", b'{"spoilt": 1}'),
    "minus nought": spoilt(b"-0"),
    "over the limit": spoilt(b'"' + b"x" * DEFAULT_BODY_LIMIT + b'"'),
    # not an object at the top level
    "a number": bare(b"7"),
    "true": bare(b"true"),
    "null": bare(b"null"),
    "a list": bare(b"[]"),
    "a list of objects": bare(b'[{"spoilt": 1}]'),
    # truncated, or with a part missing
    "an open brace": bare(b"{"),
    "a closed brace": bare(b"}"),
    "cut in a key": bare(b'{"spo'),
    "cut after a colon": bare(b'{"spoilt":'),
    "cut in a text": bare(b'{"spoilt": "x'),
    "cut in an escape": bare(b'{"spoilt": "\\u12'),
    "no value": bare(b'{"spoilt"}'),
    "no key": bare(b"{: 1}"),
    "a comma too many": bare(b'{"spoilt": 1,}'),
    "a comma alone": bare(b"{,}"),
    "no comma": bare(b'{"spoilt": 1 "more": 2}'),
    "brackets crossed": bare(b'{"spoilt": [1}]'),
    # accepted by other languages
    "keys without quotes": bare(b"{spoilt: 1}"),
    "Python's words": spoilt(b"True"),
    "undefined": spoilt(b"undefined"),
    "a hexadecimal number": spoilt(b"0x10"),
    "a leading nought": spoilt(b"01"),
    "a leading plus": spoilt(b"+1"),
    "a number that begins with its point": spoilt(b".5"),
    "a number that ends with its point": spoilt(b"1."),
    "a minus alone": spoilt(b"-"),
    "a C comment": bare(b'/* so */ {"spoilt": 1}'),
    "a line in a text": spoilt(b'"a\nb"'),
    "an unknown escape": spoilt(b'"\\x41"'),
    # bytes
    "a NUL behind it": bare(b'{"spoilt": 1}\x00'),
    "a form feed around it": bare(b'\x0c{"spoilt": 1}'),
    "a no-break space around it": bare('\u00a0{"spoilt": 1}'.encode()),
    "overlong UTF-8": spoilt(b'"\xc0\xaf"'),
    "a surrogate in UTF-8": spoilt(b'"\xed\xa0\x80"'),
    "Latin-1": spoilt(b'"\xfc"'),
    "random bytes": bare(bytes(range(256))),
    # other formats
    "two documents": bare(b'{"spoilt": 1}{"spoilt": 2}'),
    "a document a line": bare(b'{"spoilt": 1}\n{"spoilt": 2}\n'),
    "XML": bare(b"<?xml version='1.0'?><spoilt>1</spoilt>"),
    "YAML": bare(b"spoilt: [1, 2]\n"),
    "65 levels": spoilt(b"[" * 65 + b"]" * 65),
    "65 levels of objects": bare(b'{"spoilt":' * 65 + b"1" + b"}" * 65),
    "310 digits": spoilt(b"9" * 310),
    "a fraction of 5,000 digits": spoilt(b"0." + b"9" * 5_000 + b"e-99999"),
}
