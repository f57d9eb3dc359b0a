"""An old key in a scenario file is the one problem there, and its message says the new key."""

import json
from typing import Any

import pytest

from mockserver.config.old_keys import with_new_keys
from mockserver.config.schema_checks import load_scenario_schema
from mockserver.config.yaml_document import parse_document
from mockserver.config.yaml_values import YamlDocument
from mockserver.core.old_words import OLD_KEYS, OldKey
from tests.support.config_files import check_texts

REWRITES = "`mockserver check --upgrade FILE` rewrites it"


def parse(text: str) -> YamlDocument:
    document, problems = parse_document(text, "f.yaml")
    assert (document is None, problems) == (False, ())
    assert document is not None
    return document


def schema_keys(path: tuple[str, ...]) -> set[str]:
    """The keys that the schema of scenario files knows in the mapping at this path."""
    schema = load_scenario_schema()
    rule: dict[str, Any] = schema
    for part in path:
        if part == "[*]":
            rule = rule["items"]
        else:
            rule = rule.get("properties", {}).get(part) or rule["additionalProperties"]
        while "$ref" in rule or "else" in rule:
            name = rule.get("$ref", "").rpartition("/")[2]
            rule = schema["$defs"][name] if name else rule["else"]
    return set(rule["properties"])


@pytest.mark.parametrize("old_key", OLD_KEYS, ids=lambda old_key: ".".join(old_key.path))
def test_the_schema_knows_the_new_key_and_not_the_old_one(old_key: OldKey) -> None:
    *parents, old_word = old_key.path
    known = schema_keys(tuple(parents))
    assert (old_key.new_word in known, old_word in known) == (True, False)


@pytest.mark.parametrize(
    ("scenario", "old_word", "new_word"),
    [
        ("^play: answered", "play", "use"),
        ("choose: [{weight: 1, ^play: answered}]", "play", "use"),
        ("^answers: [pass]", "answers", "responses"),
        ('legs: {a: {press: [{^keys: "1"}]}}', "keys", "digits"),
        ('attempts: [no-answer, {a: {press: [{^keys: "1"}]}}]', "keys", "digits"),
        ('numbers: [{b: {press: [{after: 1s, ^keys: "1"}]}}]', "keys", "digits"),
        ("steps: [ring: a, answer: a, wait: {^digits: a}]", "digits", "press"),
        ("steps: [ring: a, answer: a, wait: {^speech: a}]", "speech", "say"),
    ],
)
def test_an_old_key_is_the_only_problem_there(scenario: str, old_word: str, new_word: str) -> None:
    line = f"  x: {{{scenario}}}"
    problem = f"2:{line.index('^') + 1}: '{old_word}' is now '{new_word}': {REWRITES}"
    assert check_texts(f"scenarios:\n{line.replace('^', '')}") == [problem]


def test_an_old_key_beside_its_new_word_is_to_be_removed() -> None:
    assert check_texts("scenarios:\n  x:\n    play: nowhere\n    use: answered\n") == [
        "3:5: 'play' is now 'use', which is already on line 4: remove one of the two"
    ]


def test_a_document_is_read_as_if_it_had_the_new_keys() -> None:
    old = parse("scenarios: {x: {choose: [{play: 'a', weight: 1}], answers: [{refuse: 'b'}]}}")
    new = parse("scenarios: {x: {choose: [{use: 'a', weight: 1}], responses: [{refuse: 'b'}]}}")
    read = with_new_keys(old)
    assert json.dumps(read.content) == json.dumps(new.content)
    assert read.quoted_paths == new.quoted_paths
    assert read.locations.keys() == new.locations.keys()
    assert read.key_locations.keys() == new.key_locations.keys()
    old_path = ("scenarios", "x", "choose", 0, "play")
    new_path = ("scenarios", "x", "choose", 0, "use")
    assert read.locations[new_path] == old.locations[old_path]
    assert read.key_locations[new_path] == old.key_locations[old_path]


def test_a_document_without_old_keys_stays_the_same() -> None:
    document = parse("scenarios: {play: {use: keys}}")
    assert with_new_keys(document) is document
