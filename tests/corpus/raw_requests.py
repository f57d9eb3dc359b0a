"""Requests as bytes on the wire and the status of each response; 0 is no response."""

from typing import Final

HOST: Final = b"Host: localhost\r\n"
SHUT: Final = b"Connection: close\r\n\r\n"
PATH: Final = b"/_mock/health"
BODY: Final = b"POST /_mock/wait HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
CHUNKED: Final = BODY + b"Transfer-Encoding: chunked\r\n" + SHUT
WAIT: Final = b'{"for":"call","timeout":0}'
IN_TIME: Final = 408  # the response to a wait that times out


def get(target: bytes = PATH, head: bytes = HOST, version: bytes = b"HTTP/1.1") -> bytes:
    return b"GET " + target + b" " + version + b"\r\n" + head + SHUT


def field(line: bytes) -> bytes:
    return get(head=HOST + line + b"\r\n")


def length(value: bytes, body: bytes = WAIT) -> bytes:
    return BODY + b"Content-Length: " + value + b"\r\n" + SHUT + body


def chunks(*encoded: bytes) -> bytes:
    return CHUNKED + b"".join(encoded)


# name -> (bytes, status)
REQUESTS: Final[dict[str, tuple[bytes, int]]] = {
    "as it should be": (get(), 200),
    "with a length": (length(b"%d" % len(WAIT)), IN_TIME),
    "in chunks": (chunks(b"1a\r\n" + WAIT + b"\r\n0\r\n\r\n"), IN_TIME),
    "in two chunks": (
        chunks(b"2\r\n", WAIT[:2], b"\r\n18\r\n", WAIT[2:], b"\r\n0\r\n\r\n"),
        IN_TIME,
    ),
    "a chunk's extension": (chunks(b"1a;x=y\r\n" + WAIT + b"\r\n0\r\n\r\n"), IN_TIME),
    "a trailer": (chunks(b"1a\r\n" + WAIT + b"\r\n0\r\nx: y\r\n\r\n"), IN_TIME),
    # ambiguous framing
    "length and chunks": (
        BODY + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n" + SHUT,
        400,
    ),
    "chunks and length": (
        BODY + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n" + SHUT,
        400,
    ),
    "two equal lengths": (length(b"26\r\nContent-Length: 26"), 400),
    "two lengths": (length(b"26\r\nContent-Length: 27"), 400),
    "a list of lengths": (length(b"26, 26"), 400),
    "a length with a plus": (length(b"+26"), 400),
    "a negative length": (length(b"-1"), 400),
    "a hexadecimal length": (length(b"0x1a"), 400),
    "a length beyond 64 bits": (length(b"99999999999999999999"), 400),
    "no length in the length": (length(b""), 400),
    "a coding before chunked": (BODY + b"Transfer-Encoding: gzip, chunked\r\n" + SHUT, 400),
    "a coding after chunked": (BODY + b"Transfer-Encoding: chunked, gzip\r\n" + SHUT, 400),
    "a coding that nobody knows": (BODY + b"Transfer-Encoding: cow\r\n" + SHUT, 400),
    "chunked twice": (BODY + b"Transfer-Encoding: chunked, chunked\r\n" + SHUT, 400),
    "identity": (BODY + b"Transfer-Encoding: identity\r\n" + SHUT, 400),
    "a chunk of 0x4": (chunks(b"0x1a\r\n"), 400),
    "a chunk of no size": (chunks(b"\r\n"), 400),
    "a chunk of a negative size": (chunks(b"-1\r\n"), 400),
    "a chunk beyond 64 bits": (chunks(b"fffffffffffffffff\r\n"), 400),
    "a chunk that is longer than it says": (chunks(b"2\r\n", WAIT, b"\r\n0\r\n\r\n"), 400),
    "chunks that end with line feeds": (chunks(b"1a\n" + WAIT + b"\n0\n\n"), 400),
    # the request line
    "HTTP/1.0": (get(version=b"HTTP/1.0"), 200),
    "HTTP/1.0 without a host": (get(head=b"", version=b"HTTP/1.0"), 200),
    "HTTP/1.2": (get(version=b"HTTP/1.2"), 400),
    "HTTP/3.0": (get(version=b"HTTP/3.0"), 400),
    "HTTPS/1.1": (get(version=b"HTTPS/1.1"), 400),
    "http/1.1": (get(version=b"http/1.1"), 400),
    "a version of no number": (get(version=b"HTTP/x"), 400),
    "a method that nobody knows": (b"FOO " + PATH + b" HTTP/1.1\r\n" + HOST + SHUT, 400),
    "a method in small letters": (b"get " + PATH + b" HTTP/1.1\r\n" + HOST + SHUT, 400),
    "no method": (b" " + PATH + b" HTTP/1.1\r\n" + HOST + SHUT, 400),
    "a tab for a space": (b"GET\t" + PATH + b"\tHTTP/1.1\r\n" + HOST + SHUT, 400),
    "a target that is a name": (get(b"@evil.test"), 400),
    "an absolute target": (get(b"http://evil.test" + PATH), 200),
    "an asterisk": (get(b"*"), 404),
    "CONNECT": (b"CONNECT localhost:80 HTTP/1.1\r\n" + HOST + SHUT, 400),
    "bytes in the target": (get(PATH + b"\xff"), 400),
    "a NUL in the target": (get(PATH + b"\x00"), 400),
    "an escaped NUL in the target": (get(PATH + b"%00"), 404),
    "an escape of no number": (get(PATH + b"%zz"), 404),
    "a query of bytes": (get(PATH + b"?%ff=%fe"), 200),
    "empty lines before it": (b"\r\n\r\n" + get(), 200),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 40 + b"\r\n\r\n", 400),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    # fields
    "line feeds alone": (get().replace(b"\r\n", b"\n"), 400),
    "a folded field": (field(b"x: y\r\n z"), 400),
    "a space before the colon": (field(b"x : y"), 400),
    "a space before the field": (field(b" x: y"), 400),
    "a field without a name": (field(b": y"), 400),
    "a field without a colon": (field(b"xy"), 400),
    "a NUL in a value": (field(b"x: \x00"), 400),
    "a carriage return in a value": (field(b"x: a\rb"), 400),
    "bytes in a value": (field(b"x: \xff\xfe"), 200),
    "a tab in a value": (field(b"x: a\tb"), 200),
    "an empty value": (field(b"x:"), 200),
    "bytes in a name": (field(b"x\xff: y"), 400),
    "a hundred equal fields": (field(b"\r\n".join([b"x: y"] * 100)), 200),
    "an expectation": (field(b"Expect: 100-continue"), 200),
    "an expectation of something else": (field(b"Expect: tea"), 200),
    "an offer of another protocol": (field(b"Connection: upgrade\r\nUpgrade: websocket"), 200),
    "nothing at all but an end": (b"\r\n\r\n\r\n", 0),
}
