"""Bodies and queries of every format are parsed into fields, or rejected with an error."""

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mockserver.core.http import Upload
from mockserver.web.vendor.request import ParsedFields, parse_fields

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=b"
END = b"--b--"

SYNTAX = "the body is not JSON"
UTF8 = "the body is not UTF-8"
DEEP = "the body is nested deeper than 64 levels"
MANY = "the body has more than 1000 fields"
NOT_AN_OBJECT = "the body is not a JSON object"
CHARSET = "the body has a charset other than UTF-8"
NEITHER = "the body is neither JSON nor a form"
BOUNDLESS = "the body is a multipart form without a boundary"


def part(disposition: str, data: bytes = b"x", more: str = "") -> bytes:
    head = f"--b\r\nContent-Disposition: form-data; {disposition}\r\n{more}\r\n"
    return head.encode() + data + b"\r\n"


def nest_json(levels: int, core: bytes = b"1") -> bytes:
    return b'{"a":' * levels + core + b"}" * levels


GOOD_JSON = {
    "empty body": (b"", {}),
    "blanks around": (b' \r\n{"a": 1}\t', {"a": 1}),
    "every kind": (
        b'{"a": 1, "b": 2.5, "c": true, "d": null, "e": [1, {"f": "g"}], "h": ""}',
        {"a": 1, "b": 2.5, "c": True, "d": None, "e": [1, {"f": "g"}], "h": ""},
    ),
    "last key wins": (b'{"a": 1, "a": 2}', {"a": 2}),
    "raw UTF-8": ('{"ключ": "ü😀"}'.encode(), {"ключ": "ü😀"}),
    "escapes": (b'{"a": "\\u00fc\\ud83d\\ude00\\u0000"}', {"a": "ü😀\0"}),
    "escaped backslash before u": (b'{"a": "\\\\ud800"}', {"a": "\\ud800"}),
    "309 digits": (b'{"a": -' + b"9" * 309 + b"}", {"a": 1 - 10**309}),
    "64 levels": (nest_json(64), json.loads(nest_json(64))),
    "wide, not deep": (b'{"a": [' + b"[]," * 99 + b"{}]}", {"a": [[]] * 99 + [{}]}),
    "brackets in text": (b'{"a": "' + b"[{" * 99 + b'"}', {"a": "[{" * 99}),
    "brackets meet mapping": (b'{"v[N]": "x", "v": {"o": 1}}', {"v": {"N": "x", "o": 1}}),
}  # fmt: skip

GOOD_FORMS = {
    "empty": ("", {}),
    "plain": ("a=1&b=2", {"a": "1", "b": "2"}),
    "last wins": ("a=1&a=2", {"a": "2"}),
    "blank values": ("a=&b&=c", {"a": "", "b": "", "": "c"}),
    "spaces": ("a+b=c%20d", {"a b": "c d"}),
    "plus sign": ("to=%2B14155550100", {"to": "+14155550100"}),
    "UTF-8": ("a=%C3%BC%F0%9F%98%80%00", {"a": "ü😀\0"}),
    "not percent encoding": ("a=100%&b=%zz", {"a": "100%", "b": "%zz"}),
    "no semicolons": ("a=1;b=2", {"a": "1;b=2"}),
    "mapping": ("variables[Name]=x&variables[otp]=1", {"variables": {"Name": "x", "otp": "1"}}),
    "encoded brackets": ("v%5BName%5D=x", {"v": {"Name": "x"}}),
    "list": ("ids[]=1&ids[]=2", {"ids": ["1", "2"]}),
    "64 brackets": ("a" + "[a]" * 64 + "=x", json.loads(nest_json(65, b'"x"'))),
    "1,000 fields": ("a[]=x&" * 1_000, {"a": ["x"] * 1_000}),
    "ampersands": ("&&a=1&&", {"a": "1"}),
}  # fmt: skip

PNG = Upload(filename="ü;1.png", content_type="image/png", data=b"\xff\r\n--\r\n")
BLANK = Upload(filename="", content_type="application/octet-stream", data=b"")
TYPE = "content-type: image/png\r\n"

GOOD_MULTIPART = {
    "no parts": (b"--b--\r\n", {}),
    "text": (part('name="a"') + part("name=c", "ü\r".encode()) + END, {"a": "x", "c": "ü\r"}),
    "empty text": (part('name="a"', b"") + b"--b--\r\n", {"a": ""}),
    "last wins": (part('name="a"') + part('name="a"', b"y") + END, {"a": "y"}),
    "brackets": (part('name="a[]"') + part('name="a[]"', b"y") + END, {"a": ["x", "y"]}),
    "quotes": (part('name="a\\"b"') + END, {'a"b': "x"}),
    "name in UTF-8": (part('name="ü"') + END, {"ü": "x"}),
    "file": (part('name="f"; filename="ü;1.png"', PNG.data, TYPE) + END, {"f": PNG}),
    "file of no type": (part('name="f[0]"; filename=""', b"") + END, {"f": [BLANK]}),
    "blank lines before, text after": (b"\r\n\r\n" + part("name=a") + b"--b--\r\nbye", {"a": "x"}),
    "boundary inside a line": (part("name=a", b"--b --b--") + END, {"a": "--b --b--"}),
    "1,000 parts": (part("name=a[]") * 1_000 + END, {"a": ["x"] * 1_000}),
}  # fmt: skip


@pytest.mark.parametrize(("body", "fields"), GOOD_JSON.values(), ids=GOOD_JSON)
def test_a_json_object_is_parsed_into_fields(body: bytes, fields: dict[str, object]) -> None:
    assert parse_fields(JSON, body, "") == ParsedFields(fields=fields, body_error="")


@pytest.mark.parametrize(("text", "fields"), GOOD_FORMS.values(), ids=GOOD_FORMS)
def test_a_form_in_a_body_or_query_is_parsed_into_fields(
    text: str, fields: dict[str, object]
) -> None:
    assert parse_fields(FORM, text.encode(), "") == ParsedFields(fields=fields, body_error="")
    assert parse_fields("", b"", text) == ParsedFields(fields=fields, body_error="")


@pytest.mark.parametrize(("body", "fields"), GOOD_MULTIPART.values(), ids=GOOD_MULTIPART)
def test_a_multipart_form_is_parsed_into_fields_and_uploads(
    body: bytes, fields: dict[str, object]
) -> None:
    assert parse_fields(MULTIPART, body, "") == ParsedFields(fields=fields, body_error="")


HOSTILE: list[tuple[str, str, list[bytes]]] = [
    (JSON, SYNTAX, [
        b" ", b'{"a": NaN}', b'{"a": Infinity}', b'{"a": [-Infinity]}', b'{"a": 01}', b'{"a": +1}',
        b'{"a": 0x1}', b'{"a": 1,}', b'{"a": 1 /* one */}', b'{"a": 1} x', b'{"a": 1}{"b": 2}',
        b'{"a": 1}\0', b'{"a": "\0"}', b'{"a": "\n"}', b'{"a": "\\x41"}', b'{"a": "b', b"{'a': 1}",
        b"{a: 1}", b"a=1&b=2", b"<a/>", "{}".encode("utf-16-le"), "{}".encode("utf-32-be"),
    ]),
    (JSON, UTF8, [
        b'{"a": "\\ud800"}', b'{"a": ["\\uDC00x"]}', b'{"\\ud800": 1}', b'{"a": "\\ude00\\ud83d"}',
        b'{"a": "\xff"}', b'{"a": "\xfc"}', b'{"a": "\xc0\xaf"}', b'{"a": "\xed\xa0\x80"}',
        '{"a": 1}'.encode("utf-16"),
    ]),
    (JSON, "the body starts with a byte order mark", [b'\xef\xbb\xbf{"a": 1}']),
    (JSON, NOT_AN_OBJECT, [b'[{"a": 1}]', b'"a"', b"1", b"null"]),
    (JSON, "the body holds a number too large to represent", [
        b'{"a": 1e999}', b'{"a": -1e309}', b'{"a": ' + b"1" * 400 + b".0}",
    ]),
    (JSON, "the body holds an integer of more than 309 digits", [
        b'{"a": ' + b"1" * 310 + b"}", b'{"a": -' + b"1" * 5_000 + b"}",
    ]),
    (JSON, DEEP, [
        nest_json(65), nest_json(5_000), b'{"a":' + b"[" * 100_000, b'{"a' + b"[k]" * 65 + b'": 1}',
    ]),
    (JSON, MANY, [json.dumps(dict.fromkeys(map(str, range(1_001)))).encode()]),
    (FORM, UTF8, [
        b"a=%ff", b"%ff=a", b"a=%C0%AF", b"a=%ED%A0%80", b"a=%C3", b"a=\xc3%BC", b"a=\xfc",
    ]),
    (FORM, MANY, [b"&".join([b"a=1"] * 1_001), b"&".join([b"a[]=1"] * 1_001), b"&" * 1_000_000]),
    (FORM, DEEP, [b"a" + b"[k]" * 65 + b"=1", b"a" + b"[]" * 500_000 + b"=1"]),
    (MULTIPART, "the body is not a multipart form", [
        b"a=1", b"--c\r\n", part("name=a").replace(b"\r", b"") + END,
        part("name=a", more="abc\r\n") + END, part("name=a", more=f"a: {'b' * 5_000}\r\n") + END,
        part("name=a", more="a b: c\r\n") + END, part("name=a", more=": c\r\n") + END,
        part("name=a", more="a: b\r\n" * 8) + END,
    ]),
    (MULTIPART, "the body is a multipart form that breaks off", [
        part("name=a"), part("name=a")[:-3], part("name=a")[:20], part("name=a") + b"--b-",
        b"\r\n" * 500_000,
    ]),
    (MULTIPART, "the body is a multipart form with a nameless part", [
        b"--b\r\n\r\nx\r\n--b--", part('filename="x"') + END, part("name*=UTF-8''a") + END,
        part(";" * 1_000) + END, part("name=a").replace(b"form-data", b"attachment") + END,
    ]),
    (MULTIPART, UTF8, [
        part("name=a", b"\xff") + END, part("name=ü").replace(b"\xc3", b"") + END,
        part("name=a; filename=ü").replace(b"\xc3", b"") + END,
    ]),
    (MULTIPART, MANY, [part("name=a") * 1_001 + END]),
    (MULTIPART, DEEP, [part("name=a" + "[k]" * 65) + END]),
]  # fmt: skip
REFUSED = [
    (content_type, body, error) for content_type, error, bodies in HOSTILE for body in bodies
]
REFUSED_FORMS = [(body, error) for content_type, body, error in REFUSED if content_type == FORM]


@pytest.mark.parametrize(
    ("content_type", "body", "error"), REFUSED, ids=lambda value: repr(value)[:40]
)
def test_a_hostile_body_yields_an_error_and_only_the_fields_of_the_query(
    content_type: str, body: bytes, error: str
) -> None:
    fields, body_error = parse_fields(content_type, body, "key=1")
    assert (fields, body_error.partition(":")[0]) == ({"key": "1"}, error)


@pytest.mark.parametrize(("body", "error"), REFUSED_FORMS, ids=lambda value: repr(value)[:40])
def test_a_hostile_query_yields_an_error_and_no_fields(body: bytes, error: str) -> None:
    fields, body_error = parse_fields(JSON, b'{"key": 1}', body.decode("latin-1"))
    assert (fields, body_error.partition(":")[0]) == ({}, error.replace("body", "query"))


MEDIA: list[tuple[str, bytes, ParsedFields]] = [
    ("Application/JSON ; Charset=UTF-8", b'{"a": 1}', ParsedFields(fields={"a": 1}, body_error="")),
    (
        'application/problem+json; charset="utf8"',
        b'{"a": 1}',
        ParsedFields(fields={"a": 1}, body_error=""),
    ),
    ("application/json; charset=utf-16", b'{"a": 1}', ParsedFields(fields={}, body_error=CHARSET)),
    ("application/json; charset=utf-16", b"", ParsedFields(fields={}, body_error="")),
    ("application/json; charset=\xff", b'{"a": 1}', ParsedFields(fields={}, body_error=CHARSET)),
    (f"{FORM}; charset=latin1", b"a=1", ParsedFields(fields={}, body_error=CHARSET)),
    (
        f"{MULTIPART}; charset=latin1",
        part("name=a") + END,
        ParsedFields(fields={}, body_error=CHARSET),
    ),
    (
        "multipart/form-data",
        part("name=a") + END,
        ParsedFields(fields={}, body_error=BOUNDLESS),
    ),
    (
        "multipart/form-data; boundary=",
        part("name=a") + END,
        ParsedFields(fields={}, body_error=BOUNDLESS),
    ),
    ("", b' \n{"a": 1}', ParsedFields(fields={"a": 1}, body_error="")),
    ("text/plain", b"a=1", ParsedFields(fields={"a": "1"}, body_error="")),
    ("text/plain", b"hello", ParsedFields(fields={}, body_error=NEITHER)),
    ("image/png", b" ", ParsedFields(fields={}, body_error=NEITHER)),
    (
        JSON,
        b'{"a" 1}',
        ParsedFields(fields={}, body_error=f"{SYNTAX}: line 1 column 6: Expecting ':' delimiter"),
    ),
    (JSON, b'{"a": NaN}', ParsedFields(fields={}, body_error=f"{SYNTAX}: NaN is no JSON number")),
]


@pytest.mark.parametrize(("content_type", "body", "expected"), MEDIA)
def test_the_content_type_decides_how_a_body_is_parsed(
    content_type: str, body: bytes, expected: ParsedFields
) -> None:
    assert parse_fields(content_type, body, "") == expected


def test_a_body_field_overrides_a_query_field() -> None:
    parsed = parse_fields(JSON, b'{"a": {"b": 1}}', "a[c]=2&d[e]=3")
    assert parsed == ParsedFields(fields={"a": {"b": 1}, "d": {"e": "3"}}, body_error="")


def test_fields_of_query_and_body_are_limited_together() -> None:
    query = "&".join(f"k{index}" for index in range(999))
    assert parse_fields(JSON, b'{"a": 1}', query).body_error == ""
    assert parse_fields(JSON, b'{"a": 1, "b": 2}', query).body_error == MANY


BYTES = st.binary() | st.text('{}[]":,0123456789eE+-.\\uNaInft=&%c3b\r\n ').map(str.encode)
TYPES = st.sampled_from(["", JSON, FORM, MULTIPART, "text/plain"]) | st.text()
FRAMED = BYTES.map(lambda data: b"--b\r\n" + data + b"\r\n--b--")


@settings(max_examples=300, deadline=None)
@given(TYPES, BYTES | FRAMED, st.text())
@example("\ud800;\ud800", b"a", "")
@example("", b"", "\ud800")
def test_parsing_any_bytes_never_raises(content_type: str, body: bytes, query: str) -> None:
    assert isinstance(parse_fields(content_type, body, query), ParsedFields)


KEYS = st.text("abcdefghijklmnopqrstuvwxyz_0123456789 .-")
TEXTS = st.text(max_size=9)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | NUMBERS | TEXTS
VALUES = st.recursive(SCALARS, lambda v: st.lists(v) | st.dictionaries(TEXTS, v), max_leaves=9)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(KEYS, VALUES))
def test_any_json_object_without_brackets_in_its_names_is_restored(
    fields: dict[str, object],
) -> None:
    escaped, raw = json.dumps(fields), json.dumps(fields, ensure_ascii=False)
    assert parse_fields(JSON, escaped.encode(), "") == ParsedFields(fields=fields, body_error="")
    assert parse_fields(JSON, raw.encode(), "") == ParsedFields(fields=fields, body_error="")
