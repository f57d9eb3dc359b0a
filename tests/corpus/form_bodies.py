"""Form bodies of both kinds that are broken or have no field that any route knows."""

from typing import Final

FORM: Final = "application/x-www-form-urlencoded"
PARTS: Final = "multipart/form-data; boundary=b"
END: Final = b"--b--\r\n"


def form(body: bytes) -> tuple[str, bytes]:
    return FORM, body


def part(head: bytes, data: bytes = b"x") -> bytes:
    return b"--b\r\n" + head + b"\r\n\r\n" + data + b"\r\n"


def parts(*encoded: bytes, end: bytes = END) -> tuple[str, bytes]:
    return PARTS, b"".join(encoded) + end


NAMED: Final = b'Content-Disposition: form-data; name="spoilt"'
FILE: Final = NAMED + b'; filename="a.bin"'

# name -> (content type, body)
FORMS: Final[dict[str, tuple[str, bytes]]] = {
    "a form": form(b"spoilt=1"),
    "a form without a value": form(b"spoilt"),
    "a form without a key": form(b"=spoilt"),
    "nothing but separators": form(b"&&&=&;;"),
    "a percent sign alone": form(b"spoilt=%"),
    "a percent sign and letters": form(b"spoilt=%zz"),
    "bytes that are no UTF-8": form(b"spoilt=\xff\xfe"),
    "escapes that are no UTF-8": form(b"spoilt=%ff%fe"),
    "overlong escapes": form(b"spoilt=%c0%af"),
    "an escaped surrogate": form(b"spoilt=%ed%a0%80"),
    "an escaped NUL": form(b"spoilt=%00"),
    "escaped line ends": form(b"spoilt=%0d%0aset-cookie:%20a=b"),
    "brackets": form(b"spoilt[a][b][]=1&spoilt[a][b][]=2"),
    "brackets without an end": form(b"spoilt[a=1&spoilt]]=2&[=3&]=4"),
    "brackets of 70 levels": form(b"spoilt" + b"[a]" * 70 + b"=1"),
    "brackets of 5,000 levels": form(b"spoilt" + b"[a]" * 5_000 + b"=1"),
    "a text and a mapping of one name": form(b"spoilt=1&spoilt[a]=2&spoilt[]=3"),
    "a list with large places": form(b"spoilt[999999999]=1&spoilt[-1]=2"),
    "names of Python": form(b"__class__=1&__proto__[a]=2&constructor=3"),
    "1,000 fields": form(b"&".join(b"s%d=1" % number for number in range(1_000))),
    "1,001 fields": form(b"&".join(b"s%d=1" % number for number in range(1_001))),
    "50,000 fields": form(b"&".join(b"s%d=1" % number for number in range(50_000))),
    "one field a thousand times": form(b"&".join([b"spoilt=1"] * 1_000)),
    "half a megabyte of semicolons": form(b";" * 500_000),
    "half a megabyte in a value": form(b"spoilt=" + b"x" * 500_000),
    "JSON in a form": form(b'{"spoilt": 1}'),
    "UTF-16 in a form": form("spoilt=1".encode("utf-16")),
    "a form in another charset": (f"{FORM}; charset=latin-1", b"spoilt=%fc"),
    "a file where a text is expected": parts(part(FILE, b"\x00\xff")),
    "a file with a path for a name": parts(part(NAMED + b'; filename="../../etc/passwd"')),
    "a file without a name": parts(part(NAMED + b'; filename=""')),
    "a part without a name": parts(part(b"Content-Disposition: form-data")),
    "a part without a head": parts(b"--b\r\n\r\nx\r\n"),
    "a part that is no form's": parts(part(b"Content-Type: text/plain")),
    "a part of bytes that are no UTF-8": parts(part(NAMED, b"\xff\xfe")),
    "a part with a name that is no UTF-8": parts(part(NAMED.replace(b"spoilt", b"\xff\xfe"))),
    "a form of parts without an end": parts(part(NAMED), end=b""),
    "a form of parts cut in a head": parts(b"--b\r\nContent-Dispo", end=b""),
    "a form of parts with nothing in it": parts(),
    "a form of parts without a boundary": ("multipart/form-data", part(NAMED) + END),
    "a boundary that never comes": ("multipart/form-data; boundary=other", part(NAMED) + END),
    "an empty boundary": ("multipart/form-data; boundary=", part(NAMED) + END),
    "a boundary of 5,000 letters": (f"multipart/form-data; boundary={'b' * 5_000}", part(NAMED)),
    "a long preamble": parts(b"\r\n" * 50_000, part(NAMED)),
    "a long epilogue": parts(part(NAMED), end=END + b"x" * 100_000),
    "a head of 5,000 fields": parts(part(b"\r\n".join([NAMED, *[b"a: b"] * 5_000]))),
    "a head of half a megabyte": parts(part(NAMED + b"\r\na: " + b"x" * 500_000)),
    "1,001 parts": parts(*[part(NAMED)] * 1_001),
    "parts in parts": parts(part(NAMED + b"\r\nContent-Type: multipart/mixed; boundary=c", b"--c")),
    "a part that is packed": parts(part(NAMED + b"\r\nContent-Transfer-Encoding: base64", b"eA==")),
}
