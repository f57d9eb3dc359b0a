"""Captured bodies are previewed safely, however hostile they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.web.views.body_preview import is_json_safe, preview_body


@pytest.mark.parametrize(
    ("body", "preview"),
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
def test_a_body_is_previewed_as_a_json_object_or_as_text(body: bytes, preview: object) -> None:
    assert preview_body(body) == preview


@given(st.binary() | st.text('{}[]":,0123456789eE+-.\\uNaIn').map(str.encode))
def test_every_preview_is_json_safe(body: bytes) -> None:
    assert is_json_safe(preview_body(body))


def nest_lists(levels: int) -> object:
    value: object = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "is_safe"),
    [
        (None, True),
        ({"a": [1, 2.5, "ü", True]}, True),
        ("\ud800", False),
        ({"\udfff": 1}, False),
        (float("nan"), False),
        ([float("inf")], False),
        (nest_lists(100_000), False),
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
def test_only_values_that_json_can_represent_are_json_safe(value: object, *, is_safe: bool) -> None:
    assert is_json_safe(value) == is_safe
