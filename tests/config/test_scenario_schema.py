"""The schema in an editor: plain JSON Schema over plain YAML agrees with the loader."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from mockserver.config.behaviors import UNTIL_HANGUP
from mockserver.config.registry import bundled_folder
from mockserver.config.schema_checks import load_scenario_schema, schema_problems
from mockserver.core.behavior import PRESETS
from mockserver.core.causes import CAUSES
from mockserver.core.time import parse_duration
from tests.support.config_files import check_texts

TESTS = Path(__file__).parents[1]
VALID_FILES = [
    *sorted(bundled_folder("scenarios").glob("*.yaml")),
    *(file for file in sorted(TESTS.glob("scenarios/*.yaml")) if file.stem != "thirty"),
]
BROKEN_FILES = sorted((TESTS / "config" / "broken").glob("*.yaml"))
SCHEMA = load_scenario_schema()
EDITOR = jsonschema.Draft202012Validator(SCHEMA)


def test_the_schema_is_valid_by_its_draft() -> None:
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_schema_uses_exactly_the_definitions_it_has() -> None:
    used = set(re.findall(r'"\$ref": "#/\$defs/([^"/]+)', json.dumps(SCHEMA)))
    assert used == SCHEMA["$defs"].keys()


def test_the_schema_lists_the_presets_and_causes_of_the_core() -> None:
    definitions = SCHEMA["$defs"]
    words = definitions["behavior"]["properties"]["then"]["enum"]
    assert sorted(words) == sorted(PRESETS)
    assert definitions["behavior"]["examples"] == words
    assert definitions["behavior"]["pattern"] == f"^(?:{'|'.join(words)})$"
    assert sorted(definitions["cause"]["enum"]) == sorted(CAUSES)


def test_a_talk_time_is_any_span_or_until_hangup() -> None:
    span, talk = SCHEMA["$defs"]["span"], SCHEMA["$defs"]["talk"]
    assert talk["pattern"] == f"^(?:{span['pattern'][1:-1]}|{UNTIL_HANGUP})$"
    assert talk["description"] == f"{span['description']}, or {UNTIL_HANGUP}"
    other = ("pattern", "description", "examples")
    assert {key: value for key, value in talk.items() if key not in other} == {
        key: value for key, value in span.items() if key not in other
    }


@pytest.mark.parametrize("file", VALID_FILES, ids=lambda file: file.name)
def test_a_valid_file_is_valid_in_an_editor(file: Path) -> None:
    content = yaml.safe_load(file.read_text("utf-8"))
    assert [error.message for error in EDITOR.iter_errors(content)] == []
    assert schema_problems(content) == ()


@pytest.mark.parametrize("file", BROKEN_FILES, ids=lambda file: file.stem)
def test_an_editor_and_the_loader_agree_on_broken_files(file: Path) -> None:
    """They agree on problems of the schema; an editor cannot know the others."""
    try:
        content = yaml.load(file.read_text("utf-8"), yaml.BaseLoader)  # noqa: S506 - loads strings only
    except yaml.YAMLError:
        assert check_texts(file.read_text("utf-8"))
        return
    assert (schema_problems(content) == ()) == EDITOR.is_valid(content)


NUMBERS: list[tuple[str, Any]] = [
    ("press: 1", {"press": 1}),
    ("press: 012", {"press": 10}),
    ("press: [{digits: 2}]", {"press": [{"digits": 2}]}),
    ("ring: 3", {"ring": 3}),
    ("ring: 2.5", {"ring": 2.5}),
    ("talk: 0", {"talk": 0}),
]


@pytest.mark.parametrize(("text", "value"), NUMBERS)
def test_numbers_are_valid_in_an_editor_and_in_the_loader(text: str, value: Any) -> None:
    assert yaml.safe_load(text) == value
    assert EDITOR.is_valid({"scenarios": {"x": {"legs": {"a": value}}}})
    assert check_texts(f"scenarios: {{x: {{legs: {{a: {{{text}}}}}}}}}") == []


@pytest.mark.parametrize(
    "text",
    [
        "0", "0s", "2s", "1.5s", "0.001", "90", "1m30s", "2h", "1d2h3m4s", "1d4s", "9999d",
        "99999h", "9999999m", "999999999s", "9999d99999h9999999m999999999s",
        "0ms", "250ms", "1500ms", "1s500ms", "1m1ms", "999999999999ms",
    ],
)  # fmt: skip
def test_a_duration_of_the_schema_is_one_of_the_core(text: str) -> None:
    for part in ("length", "span"):
        assert schema_problems(text, part) == ()
    assert schema_problems(f"{text}..{text}", "span") == ()
    assert parse_duration(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "s", "-1", "1 s", "9s1h", "1m30", "1h90", "1s2s", "10000d", "1000000000", "1.s", ".5s",
        "1e3", "+1", "٣s", "1s\n", "..", "1s..", "..1s", "1s...2s", "1s..2s..3s", "1S", "inf",
        "ms", "1.5ms", "1 ms", "5ms1s", "1000000000000ms",
    ],
)  # fmt: skip
def test_a_text_that_is_no_duration_is_invalid_by_the_schema(text: str) -> None:
    assert schema_problems(text, "length") != ()
    assert schema_problems(text, "span") != ()
