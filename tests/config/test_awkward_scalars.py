"""Scalars that YAML misreads: each is read as written, or rejected with a hint."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.config_files import check_texts, load_texts

AS_WRITTEN = [
    "+918867135000",
    "00918867135000",
    "0123",
    "0",
    "00",
    "+5",
    "-5",
    "no",
    "yes",
    "on",
    "off",
    "true",
    "False",
    "NO",
    "n",
    "y",
    "N/A",
    "NULL",
    "Null",
    "1:30",
    "12:30:45",
    "190:20:30",
    "1_000",
    "0x1F",
    "0o17",
    "0b101",
    "017",
    "12e3",
    "1e400",
    "1.5",
    "1.50",
    ".5",
    "5.",
    ".inf",
    "-.inf",
    ".nan",
    "2026-01-01",
    "2026-01-01T09:00:00Z",
    "12.34.56",
    "=",
    "<<",
    "--",
    "...",
    "~5",
    "a#5",
    "x:y",
    "🙂",
    "☎️",
    "é١٢٣",
    "1,5",
    "a*b",
    "a&b",
    "a!b",
    "a%b",
]

QUOTED = [
    ('"*0402"', "*0402"),
    ("'*0402'", "*0402"),
    ('"#5"', "#5"),
    ("'@x'", "@x"),
    ('"0123"', "0123"),
    ("'no'", "no"),
    ('"null"', "null"),
    ("'~'", "~"),
    ('"a: b"', "a: b"),
    ("'it''s'", "it's"),
    (r'"\u0041\t"', "A\t"),
    ('" 1 "', " 1 "),
    ("'[x]'", "[x]"),
    ("'a #5'", "a #5"),
]

ALIAS = "{!r} is an alias: repeat the value, or quote it if it is text"
TAG = "{!r} is a tag: remove it, or quote it if it is text"
BEGIN = "this is not YAML: text cannot begin with {!r}: quote it"
NOTHING = "there is nothing here (a # begins a comment): write "

REFUSED = [
    ("*0402", ALIAS.format("*0402")),
    ("*", BEGIN.format("*")),
    ("@x", BEGIN.format("@")),
    ("`x", BEGIN.format("`")),
    ("%x", BEGIN.format("%")),
    ("!x", TAG.format("!x")),
    ("!!int 5", TAG.format("!!int")),
    ("!", TAG.format("!")),
    ("#5", NOTHING),
    ("", NOTHING),
    ("~", "null means nothing in YAML: quote it, or write "),
    ("null", "null means nothing in YAML: quote it, or write "),
    ("''", "there is nothing here: write "),
    ("&x", "'&x' is an anchor: remove it, or quote it if it is text"),
    ("[x]", "a list is not "),
    ("{x: y}", "a mapping is not "),
    ('"x', "this is not YAML: this quote is never closed"),
]

GLOB = "scenarios:\n  x:\n    legs: {{a: busy}}\n    match:\n      fields:\n        mid: {}\n"
FLOW = "scenarios: {{x: {{legs: {{a: busy}}, match: {{fields: {{mid: {}}}}}}}}}\n"
CREDENTIAL = "accounts:\n  x:\n    provider: mobtexting\n    credentials:\n      - {}\n"
SAY = "accounts:\n  x:\n    provider: mobtexting\n    flows:\n      1:\n        say: {}\n"
PRESS = "scenarios:\n  x:\n    legs:\n      a:\n        press: {}\n"
LOCATIONS = {GLOB: "6:14", CREDENTIAL: "5:9"}


def read_scalar(template: str, written: str) -> object:
    """Put the scalar into the template; return what is read of it."""
    definitions = load_texts(template.format(written))
    if template in (GLOB, FLOW):
        match = definitions.scenarios.by_name["x"].match
        return match and match.fields["mid"]
    account = definitions.accounts["mobtexting", "x"]
    [value] = account.credentials or [account.records["flows"]["1"].say]
    return value


def test_at_least_forty_awkward_scalars_are_tested() -> None:
    assert len(AS_WRITTEN) + len(QUOTED) + len(REFUSED) >= 40


@pytest.mark.parametrize("template", [GLOB, CREDENTIAL, SAY], ids=["glob", "credential", "say"])
@pytest.mark.parametrize("written", [*AS_WRITTEN, "9" * 400, "0" * 50 + "1", "a b", "x, y"])
def test_an_unquoted_scalar_is_read_as_written(template: str, written: str) -> None:
    assert read_scalar(template, written) == written


@pytest.mark.parametrize("template", [GLOB, FLOW, CREDENTIAL, SAY])
@pytest.mark.parametrize(("written", "expected"), QUOTED)
def test_a_quoted_scalar_is_read_as_its_text(template: str, written: str, expected: str) -> None:
    assert read_scalar(template, written) == expected


@pytest.mark.parametrize("template", LOCATIONS, ids=["glob", "credential"])
@pytest.mark.parametrize(("written", "problem"), REFUSED)
def test_a_scalar_that_is_not_text_is_rejected_with_a_hint(
    template: str, written: str, problem: str
) -> None:
    first, *_ = check_texts(template.format(written))
    location, _, message = first.partition(": ")
    assert message.startswith(problem)
    assert location.split(":")[0] == LOCATIONS[template].split(":")[0]


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("1", "1"),
        ("0", "0"),
        ("007", "007"),
        ("0123", "0123"),
        ("12", "12"),
        ("A1", "A1"),
        ('"1"', "1"),
        ("'*9#'", "*9#"),
        ('"#"', "#"),
        ("1#", "1#"),
        ("1*", "1*"),
    ],
)
def test_pressed_digits_are_read_as_written(written: str, digits: str) -> None:
    [action] = load_texts(PRESS.format(written)).scenarios.by_name["x"].legs["a"].actions
    assert action.data == {"digits": digits}


@pytest.mark.parametrize(
    "written", ["+1", "-1", "1.0", "1:30", "1_000", "0x1F", "12e3", "no", "1 2", "1-2", "٣", "''"]
)
def test_invalid_digits_are_rejected_with_a_hint(written: str) -> None:
    [problem] = check_texts(PRESS.format(written))
    expected = 'digits such as "1" or "*9#", or a list of {after: 3s, digits: "1"}'
    reason = "there is nothing here: write" if written == "''" else f"{written!r} is not"
    assert problem == f"5:16: {reason} {expected}"


@given(
    st.text(
        st.characters(
            codec="utf-8",
            exclude_categories=["Cc", "Cs", "Co", "Cn"],
            exclude_characters="\ufeff",  # libyaml drops it silently, mockserver rejects it
        ),
        min_size=1,
    )
)
@settings(max_examples=300, deadline=None)
def test_any_text_in_quotes_is_read_as_written(text: str) -> None:
    assert read_scalar(FLOW, json.dumps(text, ensure_ascii=False)) == text
