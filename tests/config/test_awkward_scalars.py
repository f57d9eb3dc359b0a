"""Scalars that YAML loves to misread: each survives as written, or is refused with a hint."""

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
    ("~", NOTHING),
    ("null", NOTHING),
    ("''", "there is nothing here: write "),
    ("&x", "'&x' is an anchor: remove it, or quote it if it is text"),
    ("[x]", "a list is not "),
    ("{x: y}", "a mapping is not "),
    ('"x', "this is not YAML: this quote is never closed"),
]

GLOB = "scenarios:\n  x:\n    legs: {{a: busy}}\n    match:\n      fields:\n        mid: {}\n"
FLOW = "scenarios: {{x: {{legs: {{a: busy}}, match: {{fields: {{mid: {}}}}}}}}}\n"
CREDENTIAL = "accounts:\n  x:\n    provider: mobtexting\n    credentials:\n      - {}\n"
NUMBER = "accounts:\n  x:\n    provider: mobtexting\n    numbers:\n      - {}\n"
PRESS = "scenarios:\n  x:\n    legs:\n      a:\n        press: {}\n"
PLACES = {GLOB: "6:14", CREDENTIAL: "5:9", NUMBER: "5:9"}


def survivor(form: str, written: str) -> object:
    """What became of it, in the value that is made of the file."""
    catalog = load_texts(form.format(written))
    if form in (GLOB, FLOW):
        match = catalog.scenarios.by_name["x"].match
        return match and match.fields["mid"]
    account = catalog.accounts["mobtexting", "x"]
    [survived] = (account.credentials if form == CREDENTIAL else account.numbers) or [None]
    return survived


def test_scalars_are_forty_at_least() -> None:
    assert len(AS_WRITTEN) + len(QUOTED) + len(REFUSED) >= 40


@pytest.mark.parametrize("form", [GLOB, CREDENTIAL, NUMBER], ids=["glob", "credential", "number"])
@pytest.mark.parametrize("written", [*AS_WRITTEN, "9" * 400, "0" * 50 + "1", "a b", "x, y"])
def test_scalar_survives_as_written(form: str, written: str) -> None:
    assert survivor(form, written) == written


@pytest.mark.parametrize("form", [GLOB, FLOW, CREDENTIAL, NUMBER])
@pytest.mark.parametrize(("written", "meant"), QUOTED)
def test_scalar_survives_in_quotes(form: str, written: str, meant: str) -> None:
    assert survivor(form, written) == meant


@pytest.mark.parametrize("form", PLACES, ids=["glob", "credential", "number"])
@pytest.mark.parametrize(("written", "complaint"), REFUSED)
def test_scalar_is_refused_with_a_hint(form: str, written: str, complaint: str) -> None:
    first, *_ = check_texts(form.format(written))
    place, _, message = first.partition(": ")
    assert message.startswith(complaint)
    assert place.split(":")[0] == PLACES[form].split(":")[0]


@pytest.mark.parametrize(
    ("written", "keys"),
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
def test_press_survives_as_written(written: str, keys: str) -> None:
    [deed] = load_texts(PRESS.format(written)).scenarios.by_name["x"].legs["a"].actions
    assert deed.data == {"digits": keys}


@pytest.mark.parametrize(
    "written", ["+1", "-1", "1.0", "1:30", "1_000", "0x1F", "12e3", "no", "1 2", "1-2", "٣", "''"]
)
def test_press_is_refused_with_a_hint(written: str) -> None:
    [complaint] = check_texts(PRESS.format(written))
    wanted = 'a row of keys such as "1" or "*9#", or a list of {after: 3s, keys: "1"}'
    told = "there is nothing here: write" if written == "''" else f"{written!r} is not"
    assert complaint == f"5:16: {told} {wanted}"


@given(
    st.text(
        st.characters(
            codec="utf-8",
            exclude_categories=["Cc", "Cs", "Co", "Cn"],
            exclude_characters="\ufeff",  # which libyaml drops in silence, and we refuse
        ),
        min_size=1,
    )
)
@settings(max_examples=300, deadline=None)
def test_any_text_in_quotes_survives(text: str) -> None:
    assert survivor(FLOW, json.dumps(text, ensure_ascii=False)) == text
