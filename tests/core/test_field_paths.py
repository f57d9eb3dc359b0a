"""Paths of fields: as people read them, as rules name them, and what a request has there."""

from typing import Any

import pytest

from mockserver.core.field_paths import NOT_SENT, path_text, value_at, wildcard_path, with_value
from mockserver.core.http import Upload

FIELDS = {"to": "1", "ivrs": [{"digit": 1}, {"record": {"id": 7}}], "none": None, "text": "abc"}
FILE = Upload(filename="a.wav", content_type="audio/wav", data=b"x")


@pytest.mark.parametrize(
    ("path", "text", "wildcards"),
    [
        ("to", "to", "to"),
        ("ivrs.1.record.id", "ivrs[1].record.id", "ivrs.*.record.id"),
        ("phones.0", "phones[0]", "phones.*"),
        ("", "", ""),
    ],
)
def test_a_path_has_its_indices_in_brackets_for_people_and_a_star_for_rules(
    path: str, text: str, wildcards: str
) -> None:
    assert (path_text(path), wildcard_path(path)) == (text, wildcards)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("to", "1"),
        ("ivrs.1.record.id", 7),
        ("ivrs.0", {"digit": 1}),
        ("none", None),
        ("missing", NOT_SENT),
        ("ivrs.2", NOT_SENT),
        ("ivrs.first", NOT_SENT),
        ("text.0", NOT_SENT),
        ("to.a", NOT_SENT),
    ],
)
def test_a_request_has_a_value_at_a_path_or_it_was_not_sent(path: str, value: object) -> None:
    assert value_at(FIELDS, path) == value


def test_a_file_has_no_parts() -> None:
    assert value_at({"file": FILE}, "file.0") is NOT_SENT


@pytest.mark.parametrize(
    ("fields", "path", "changed"),
    [
        ({"a": 1}, "a", {"a": 9}),
        ({"a": 1}, "b", {"a": 1, "b": 9}),
        ({"a": [1, {"b": 2}]}, "a.1.b", {"a": [1, {"b": 9}]}),
        ({"a": [1, 2]}, "a.0", {"a": [9, 2]}),
        ({"a": "text"}, "a.b", {"a": {"b": 9}}),
        ({}, "a.b", {"a": {"b": 9}}),
    ],
)
def test_a_value_is_put_at_a_path_without_changing_the_request(
    fields: dict[str, Any], path: str, changed: dict[str, Any]
) -> None:
    before = repr(fields)
    assert with_value(fields, path, 9) == changed
    assert repr(fields) == before
