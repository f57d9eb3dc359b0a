"""Captured bytes as they can be shown, however hostile they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.web.views.body_preview import is_json_safe, preview_body


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b"", ""),
        (b"a=1&b=2", "a=1&b=2"),
        (b"\xff", "\ufffd"),
        (b"{}", {}),
        (b' \n{"a": [1, null, "\xc3\xbc"]}', {"a": [1, None, "ü"]}),
        (b'{"a[b]": 1}', {"a[b]": 1}),
        (b"[1]", "[1]"),
        (b'"x"', '"x"'),
        (b"{", "{"),
        (b'{"a": NaN}', '{"a": NaN}'),
        (b'{"a": 1e999}', '{"a": 1e999}'),
        (b'{"a": "\\ud800"}', '{"a": "\\ud800"}'),
        (b'{"a":' * 65 + b"1" + b"}" * 65, '{"a":' * 65 + "1" + "}" * 65),
        (b'{"a": ' + b"1" * 400 + b"}", '{"a": ' + "1" * 400 + "}"),
    ],
)
def test_legible(body: bytes, shown: object) -> None:
    assert preview_body(body) == shown


@given(st.binary() | st.text('{}[]":,0123456789eE+-.\\uNaIn').map(str.encode))
def test_whatever_is_shown_is_sound(body: bytes) -> None:
    assert is_json_safe(preview_body(body))


def nested(levels: int) -> object:
    value: object = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        (None, True),
        ({"a": [1, 2.5, "ü", True]}, True),
        ("\ud800", False),
        ({"\udfff": 1}, False),
        (float("nan"), False),
        ([float("inf")], False),
        (nested(100_000), False),
        (object(), False),
        ({1: {2}}, False),
    ],
    ids=[
        "nothing",
        "plain",
        "surrogate",
        "surrogate key",
        "NaN",
        "infinity",
        "deep",
        "object",
        "set",
    ],
)
def test_sound(value: object, *, verdict: bool) -> None:
    assert is_json_safe(value) == verdict
