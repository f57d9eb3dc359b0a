"""How people behave, from the word or the mapping of a file."""

from dataclasses import replace
from typing import Any

import pytest

from mockserver.catalog.behaviours import behaviour, span
from mockserver.core.legs import ANSWERED, WORDS, Behaviour, Deed, Span, fixed

FORM = "a leg behaves by a word, or {ring, answer, then, press, say, talk, hangup}"
PRESSED = "write what is digits: a text, or {after: 2s, keys: ...}"
SAID = "write what is speech: a text, or {after: 2s, words: ...}"
KNOWN = ", ".join(WORDS)


@pytest.mark.parametrize("word", WORDS)
def test_behaviour_of_a_word(word: str) -> None:
    assert behaviour(word) is WORDS[word]


def pressed(after: int, keys: str) -> Deed:
    return Deed(fixed(after), "digits", {"digits": keys})


@pytest.mark.parametrize(
    ("how", "made"),
    [
        ({}, ANSWERED),
        ({"then": "busy"}, WORDS["busy"]),
        ({"ring": "3s", "then": "busy"}, Behaviour(fixed(3_000), "busy")),
        ({"answer": "2s..4s"}, Behaviour(Span(2_000, 4_000))),
        ({"then": "person"}, WORDS["person"]),
        ({"then": "no-answer"}, WORDS["no-answer"]),
        ({"talk": "1m30s"}, replace(ANSWERED, talk=fixed(90_000))),
        ({"then": "person", "talk": "5s"}, replace(WORDS["person"], talk=fixed(5_000))),
        ({"hangup": "10s"}, replace(ANSWERED, hangup=fixed(10_000))),
        ({"press": "1"}, replace(ANSWERED, deeds=(pressed(1_000, "1"),))),
        ({"press": {"keys": "1"}}, replace(ANSWERED, deeds=(pressed(1_000, "1"),))),
        (
            {"press": [{"after": "3s", "keys": "1"}, {"after": "2s", "keys": "2"}, "3"]},
            replace(
                ANSWERED, deeds=(pressed(3_000, "1"), pressed(2_000, "2"), pressed(1_000, "3"))
            ),
        ),
        (
            {"say": "yes", "press": "1"},
            replace(
                ANSWERED,
                deeds=(pressed(1_000, "1"), Deed(fixed(1_000), "speech", {"words": "yes"})),
            ),
        ),
        (
            {"say": [{"after": "0s..1s", "words": "yes"}]},
            replace(ANSWERED, deeds=(Deed(Span(0, 1_000), "speech", {"words": "yes"}),)),
        ),
    ],
)
def test_behaviour_of_a_mapping(how: Any, made: Behaviour) -> None:
    assert behaviour(how) == made


@pytest.mark.parametrize(
    ("how", "message"),
    [
        (None, FORM),
        (["busy"], FORM),
        (7, FORM),
        ("bussy", "unknown behaviour 'bussy': did you mean 'busy'?"),
        ("zzz", f"unknown behaviour 'zzz': known: {KNOWN}"),
        ("normal", f"unknown behaviour 'normal': known: {KNOWN}"),
        ({"then": "bussy"}, "unknown behaviour 'bussy': did you mean 'busy'?"),
        ({"rings": "3s"}, "unknown key 'rings' of a leg did you mean 'ring'?"),
        ({"zzz": "3s"}, "unknown key 'zzz' of a leg"),
        (
            {"ring": "1s", "answer": "2s"},
            "`answer` is how long it rings before the answer: leave `ring` out",
        ),
        ({"press": ""}, PRESSED),
        ({"press": 1}, PRESSED),
        ({"press": {"after": "1s"}}, PRESSED),
        ({"press": ["1", None]}, PRESSED),
        ({"say": {"keys": "1"}}, SAID),
    ],
)
def test_behaviour_that_is_none(how: Any, message: str) -> None:
    with pytest.raises(ValueError) as wrong:  # noqa: PT011 - compared whole below
        behaviour(how)
    assert str(wrong.value) == message


@pytest.mark.parametrize("key", ["ring", "answer", "talk", "hangup"])
@pytest.mark.parametrize("given", ["soon", "", None, ["1s"]])
def test_behaviour_with_no_length_of_time(key: str, given: Any) -> None:
    with pytest.raises(ValueError, match=r"is no length of time: write 2s, 1m30s or a span"):
        behaviour({key: given})


@pytest.mark.xfail(reason="what stands beside `after` and `keys` is never looked at")
@pytest.mark.parametrize("how", [{"press": {"afetr": "3s", "keys": "1"}}])
def test_behaviour_with_an_unknown_key_of_a_deed(how: Any) -> None:
    with pytest.raises(ValueError, match=r"unknown key 'afetr'"):
        behaviour(how)


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("2s", fixed(2_000)),
        ("1m30s", fixed(90_000)),
        ("2s..6s", Span(2_000, 6_000)),
        ("2s .. 6s", Span(2_000, 6_000)),
        ("0..0", Span(0, 0)),
        ("0s..1", Span(0, 1_000)),
        (5, fixed(5_000)),
        (0.5, fixed(500)),
    ],
)
def test_span_of_a_text(text: Any, made: Span) -> None:
    assert span(text) == made


@pytest.mark.parametrize("text", ["2s..", "..6s", "..", "1s..2s..3s", "1s...2s", "2s-6s", "x", ""])
def test_span_that_is_none(text: str) -> None:
    with pytest.raises(ValueError) as wrong:  # noqa: PT011 - compared whole below
        span(text)
    form = "is no length of time: write 2s, 1m30s or a span such as 2s..6s"
    assert str(wrong.value) == f"{text!r} {form}"


def test_span_that_ends_before_it_begins() -> None:
    with pytest.raises(ValueError, match=r"^the span '6s\.\.2s' ends before it begins$"):
        span("6s..2s")
