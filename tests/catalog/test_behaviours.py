"""How people behave, from the word or the mapping of a file whose form is right."""

from typing import Any

import pytest

from mockserver.catalog.behaviours import behaviour, millis, span
from mockserver.core.legs import ANSWERED, WORDS, Behaviour, Deed, Span, fixed


@pytest.mark.parametrize("word", WORDS)
def test_behaviour_of_a_word(word: str) -> None:
    assert behaviour(word) is WORDS[word]


def pressed(after: int, keys: str) -> Deed:
    return Deed(fixed(after), "digits", {"digits": keys})


@pytest.mark.parametrize(
    ("how", "made"),
    [
        ({"then": "busy"}, WORDS["busy"]),
        ({"ring": "3s", "then": "busy"}, Behaviour(fixed(3_000), "busy")),
        ({"answer": "2s..4s"}, Behaviour(Span(2_000, 4_000))),
        ({"ring": 0}, Behaviour(fixed(0))),
        ({"then": "person"}, WORDS["person"]),
        ({"then": "no-answer"}, WORDS["no-answer"]),
        ({"talk": "1m30s"}, ANSWERED._replace(talk=fixed(90_000))),
        ({"talk": "0s"}, ANSWERED._replace(talk=None)),
        ({"talk": "0s..1s"}, ANSWERED._replace(talk=Span(0, 1_000))),
        ({"then": "person", "talk": "5s"}, WORDS["person"]._replace(talk=fixed(5_000))),
        ({"hangup": "10s"}, ANSWERED._replace(hangup=fixed(10_000))),
        ({"press": "1"}, ANSWERED._replace(deeds=(pressed(1_000, "1"),))),
        ({"press": 12}, ANSWERED._replace(deeds=(pressed(1_000, "12"),))),
        (
            {"press": [{"after": "3s", "keys": "1"}, {"after": "2s", "keys": 2}, {"keys": "3"}]},
            ANSWERED._replace(
                deeds=(pressed(3_000, "1"), pressed(2_000, "2"), pressed(1_000, "3"))
            ),
        ),
        (
            {"say": "yes", "press": "1"},
            ANSWERED._replace(
                deeds=(pressed(1_000, "1"), Deed(fixed(1_000), "speech", {"words": "yes"})),
            ),
        ),
        (
            {"say": [{"after": "0s..1s", "words": "yes"}]},
            ANSWERED._replace(deeds=(Deed(Span(0, 1_000), "speech", {"words": "yes"}),)),
        ),
    ],
)
def test_behaviour_of_a_mapping(how: Any, made: Behaviour) -> None:
    assert behaviour(how) == made


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("2s", fixed(2_000)),
        ("1m30s", fixed(90_000)),
        ("2s..6s", Span(2_000, 6_000)),
        ("0..0", Span(0, 0)),
        ("0s..1", Span(0, 1_000)),
        (5, fixed(5_000)),
        (0.5, fixed(500)),
        (1e-7, fixed(0)),
    ],
)
def test_span_of_a_text(text: Any, made: Span) -> None:
    assert span(text) == made


@pytest.mark.parametrize("text", ["soon", "", "2x", "-1"])
def test_millis_of_no_length(text: str) -> None:
    with pytest.raises(ValueError) as wrong:  # noqa: PT011 - compared whole below
        millis(text)
    assert str(wrong.value) == f"{text!r} is no length of time"
