"""An upgrade rewrites the old keys of a configuration file, and no other byte."""

from collections.abc import Mapping
from typing import Any
from unittest.mock import patch

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.config import upgrade
from mockserver.config.old_keys import find_old_keys, with_new_keys
from mockserver.config.upgrade import upgrade_text
from mockserver.config.yaml_document import LOADER, parse_document
from mockserver.core.old_words import OLD_KEYS

EXAMPLES: Mapping[str, tuple[str, str]] = {
    "scenarios.*.play": (
        "scenarios:\n  x:\n    match: {callee: play}\n    KEY: answered\n",
        "{scenarios: {x: {KEY: answered}, y: {KEY: busy}}}",
    ),
    "scenarios.*.choose.[*].play": (
        (
            "scenarios:\n  play:\n    choose:\n      - weight: 1\n        KEY: busy\n"
            "      - KEY: play\n        weight: 2\n"
        ),
        "{scenarios: {x: {choose: [{weight: 60, KEY: a}, {KEY: b, weight: 40}]}}}",
    ),
    "scenarios.*.answers": (
        "scenarios:\n  answers:\n    KEY:\n      - refuse: answers\n      - pass\n",
        "{scenarios: {x: {KEY: [{refuse: answers}, pass]}}}",
    ),
    "scenarios.*.legs.*.press.[*].keys": (
        (
            'scenarios:\n  x:\n    legs:\n      keys:\n        press:\n        - KEY: "1"\n'
            "          after: 1s\n        - KEY: 2\n"
        ),
        '{scenarios: {x: {legs: {a: {press: [{after: 1s, KEY: "1"}]}}}}}',
    ),
    "scenarios.*.attempts.[*].*.press.[*].keys": (
        (
            "scenarios:\n  x:\n    attempts:\n    - keys\n    - a:\n        press:\n"
            '        - {after: 2s, KEY: "9"}\n'
        ),
        "{scenarios: {x: {attempts: [{a: {press: [{KEY: 1}]}, b: {press: [{KEY: 2}]}}]}}}",
    ),
    "scenarios.*.numbers.[*].*.press.[*].keys": (
        'scenarios:\n  x:\n    numbers:\n    - callee:\n        press:\n        - KEY: "9"\n',
        "{scenarios: {x: {numbers: [busy, {b: {press: [{KEY: 2}]}}]}}}",
    ),
    "scenarios.*.steps.[*].then.press.[*].keys": (
        (
            "scenarios:\n  x:\n    steps:\n    - act: keys\n      then:\n        press:\n"
            "        - KEY: 1\n"
        ),
        "{scenarios: {x: {steps: [{then: {press: [{KEY: 1}]}, act: keys}]}}}",
    ),
    "scenarios.*.steps.[*].wait.digits": (
        "scenarios:\n  x:\n    steps:\n    - press: digits\n    - wait:\n        KEY: digits\n",
        "{scenarios: {x: {steps: [{answer: a}, {wait: {KEY: digits}}]}}}",
    ),
    "scenarios.*.steps.[*].wait.speech": (
        "scenarios:\n  x:\n    steps:\n    - say: speech\n    - wait:\n        KEY: speech\n",
        "{scenarios: {x: {steps: [{answer: speech}, {wait: {KEY: a}}]}}}",
    ),
}
"""Path of an old key -> texts in block and in flow style; the old key or the new is at `KEY`."""

KEY_STYLES = {
    "plain": "{}",
    "in single quotes": "'{}'",
    "in double quotes": '"{}"',
    "with spaces before the colon": "{}  ",
}
"""Name -> how a key is written."""

TEXT_STYLES = {
    "as it is": ("", "\n", b""),
    "with comments": ("  # play: answers, {keys: digits} 'speech'", "\n", b""),
    "with comments beyond ASCII": ("  # \U0001f4de pläy\u00a0日", "\n", b""),
    "with CRLF": ("", "\r\n", b""),
    "with CR": ("  # play", "\r", b""),
    "with blank lines": ("", " \n\n", b""),
    "with a byte order mark": ("  # play", "\n", b"\xef\xbb\xbf"),
}
"""Name -> the end of each line, the line break, and the start of the file."""

ROWS = [
    (old_key.path[-1], old_key.new_word, template)
    for old_key in OLD_KEYS
    for template in EXAMPLES[".".join(old_key.path)]
]

LOADERS = sorted({LOADER, yaml.SafeLoader}, key=str)


def upgraded(raw: bytes) -> bytes:
    result = upgrade_text(raw, "f.yaml")
    assert result is not None
    return result.text


def changes(text: str) -> list[str]:
    result = upgrade_text(text.encode(), "f.yaml")
    assert result is not None
    return [str(change) for change in result.changes]


def test_every_old_key_has_an_example() -> None:
    assert [".".join(old_key.path) for old_key in OLD_KEYS] == list(EXAMPLES)


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize("text_style", TEXT_STYLES)
@pytest.mark.parametrize("key_style", KEY_STYLES)
@pytest.mark.parametrize("row", ROWS)
def test_only_the_old_keys_change(
    row: tuple[str, str, str], key_style: str, text_style: str, loader: object
) -> None:
    old_word, new_word, template = row
    line_end, line_break, start = TEXT_STYLES[text_style]
    text = (template.rstrip("\n") + "\n").replace("\n", line_end + line_break)
    before, after = (
        start + text.replace("KEY", KEY_STYLES[key_style].format(word)).encode()
        for word in (old_word, new_word)
    )
    with patch.object(upgrade, "LOADER", loader):
        assert upgraded(before) == after
        assert upgraded(after) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (r'x: {"pl\u0061y": a}', 'x: {"use": a}'),
        (r'x: {"\x70lay" : a} # "\x70lay"', 'x: {"use" : a} # "\\x70lay"'),
        ('x:\n    ? "pl\\\n      ay"\n    : a', 'x:\n    ? "use"\n    : a'),
        ('x:\n    ? "\\\n      play"\n    : a', 'x:\n    ? "\\\n      use"\n    : a'),
        ("x:\n    ? |- # play\n      play\n    : a", "x:\n    ? |- # play\n      use\n    : a"),
        ("x:\n    ? >-\n      play\n\n    : a", "x:\n    ? >-\n      use\n\n    : a"),
        ("x:\n    ? play\n    : a", "x:\n    ? use\n    : a"),
        ("x:\n    ? needs\n    play: a", "x:\n    ? needs\n    use: a"),
        ("x: {? play : a}", "x: {? use : a}"),
        ("x: {play, 'play ': a}", "x: {use, 'play ': a}"),
        ('x: {"play":a}', 'x: {"use":a}'),
        ("x: {play:\n  a}", "x: {use:\n  a}"),
    ],
)
def test_an_unusual_key_is_rewritten_too(before: str, after: str) -> None:
    prefix = "scenarios:\n  "
    assert upgraded((prefix + before).encode()) == (prefix + after).encode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "default: play",
        "scenarios: {play: {legs: {callee: busy}}}",
        "scenarios: {answers: {use: play}, keys: {use: answers}, digits: {use: keys}}",
        "scenarios: {x: {match: {fields: {play: 1, answers: 2, keys: 3}}}}",
        "scenarios: {x: {legs: {keys: {press: digits}, digits: {say: play}}}}",
        "scenarios: {x: {legs: {a: {press: {keys: 1}}}}}",
        "scenarios: {x: {steps: [{press: 1, digits: 2}, {act: play, answers: 1, keys: 2}]}}",
        "scenarios: {x: {webhooks: {answers: {duplicate: 2}}}}",
        "accounts: {play: {provider: phonon, answers: [1], play: x}}",
        "play: x\nanswers: [1]",
        "scenarios: {x: [{play: a}]}",
        "scenarios: [{play: a}]",
        "- {scenarios: {x: {play: a}}}",
        "scenarios: {x: {choose: {first: {play: a}}}}",
    ],
)
def test_a_word_that_only_looks_like_an_old_key_stays(text: str) -> None:
    assert (upgraded(text.encode()), changes(text)) == (text.encode(), [])


def test_an_old_key_beside_its_new_word_stays() -> None:
    text = b"scenarios: {x: {play: a, use: b}, y: {play: a}}"
    assert upgraded(text) == b"scenarios: {x: {play: a, use: b}, y: {use: a}}"


def test_each_change_is_listed_in_order_at_its_old_position() -> None:
    text = "scenarios:\n  x: {answers: [pass], choose: [{play: a}, {play: b}]}\n  y: {play: x}\n"
    assert changes(text) == [
        "f.yaml:2:7: 'answers' -> 'responses'",
        "f.yaml:2:34: 'play' -> 'use'",
        "f.yaml:2:45: 'play' -> 'use'",
        "f.yaml:3:7: 'play' -> 'use'",
    ]


@pytest.mark.parametrize(
    "text",
    [
        b"scenarios: {x: {play: a}",
        b"scenarios: {x: {play: a, play: b}}",
        b"scenarios: {x: {&anchor play: a}}",
        b"scenarios: {x: {!!str play: a}}",
        b"scenarios: {x: {play: a}} # \xff",
    ],
)
def test_a_text_that_cannot_be_parsed_is_not_upgraded(text: bytes) -> None:
    assert upgrade_text(text, "f.yaml") is None


WORDS = st.sampled_from(
    [
        *("play", "use", "answers", "responses", "keys", "digits", "press", "speech", "say"),
        *("wait", "then", "a", "\U0001f4de", "", "line\nbreak", "# no comment", "'", '"', "\u2028"),
    ]
)
PRESSES = st.lists(st.dictionaries(WORDS, WORDS), max_size=3)
LEGS = st.dictionaries(WORDS, st.dictionaries(st.just("press"), PRESSES, max_size=1) | WORDS)
STEPS = st.dictionaries(
    st.sampled_from(["wait", "then", "digits"]),
    st.dictionaries(WORDS, WORDS | PRESSES, max_size=3) | WORDS,
)
SCENARIOS = st.dictionaries(WORDS, WORDS, max_size=3).flatmap(
    lambda other: st.fixed_dictionaries(
        {},
        optional={
            "legs": LEGS,
            "attempts": st.lists(LEGS | WORDS, max_size=2),
            "numbers": st.lists(LEGS | WORDS, max_size=2),
            "choose": st.lists(st.dictionaries(WORDS, WORDS, max_size=3), max_size=3),
            "steps": st.lists(STEPS, max_size=3),
        },
    ).map(lambda known: {**other, **known})
)
DUMP_OPTIONS = st.fixed_dictionaries(
    {
        "default_flow_style": st.sampled_from([True, False, None]),
        "default_style": st.sampled_from([None, "'", '"', "|", ">"]),
        "allow_unicode": st.booleans(),
        "line_break": st.sampled_from(["\n", "\r\n", "\r"]),
        "width": st.sampled_from([10, 80]),
        "indent": st.sampled_from([2, 6]),
    }
)


def dump_texts(content: object, options: Mapping[str, Any]) -> bytes:
    """Dump strings, mappings and lists as YAML, without tags."""
    text: str = yaml.safe_dump(content, sort_keys=False, **options)
    return text.encode()


@given(scenarios=st.dictionaries(WORDS, SCENARIOS, max_size=3), options=DUMP_OPTIONS)
@settings(max_examples=300, deadline=None)
def test_an_upgraded_document_is_the_old_one_with_new_keys(
    scenarios: Mapping[str, Any], options: Mapping[str, Any]
) -> None:
    raw = dump_texts({"scenarios": scenarios}, options)
    before, _ = parse_document(raw, "f.yaml")
    if before is None:
        return
    result = upgraded(raw)
    after, _ = parse_document(result, "f.yaml")
    assert after is not None
    assert all(found.is_duplicate for found in find_old_keys(after.content))
    assert with_new_keys(after).content == with_new_keys(before).content
    assert upgraded(result) == result
