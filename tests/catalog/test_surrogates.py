"""Pairs of escapes travel in disguise and come back as they were meant."""

import pytest

from mockserver.catalog.surrogates import unveil, veil


@pytest.mark.parametrize(
    ("text", "veiled"),
    [
        ("", ""),
        ("plain", "plain"),
        (r'"\ud83d\ude00"', r'"\ue83d\uee00"'),
        (r'"\uD83D\uDE00"', r'"\uE83D\uEE00"'),
        (r'"\\\ud83d\ude00"', r'"\\\ue83d\uee00"'),
        (r'"\\ud83d\ude00"', r'"\\ud83d\ude00"'),
        (r'"\ud83d"', r'"\ud83d"'),
        (r'"\ude00\ud83d"', r'"\ude00\ud83d"'),
        (r'"\uee01\ud83d\ude00"', r'"\uee01\ud83d\ude00"'),
        ('"\ue801' + r'\ud83d\ude00"', '"\ue801' + r'\ud83d\ude00"'),
    ],
)
def test_veil_pairs_only(text: str, veiled: str) -> None:
    assert veil(text) == veiled
    assert len(veiled) == len(text)


@pytest.mark.parametrize(
    ("value", "escaped", "meant"),
    [
        ("\ue83d\uee00", True, "\N{GRINNING FACE}"),
        ("a\ue83d\uee00b\ue83d\uee01", True, "a\N{GRINNING FACE}b\U0001f601"),
        ("\ue800\uec00\uebff\uefff", True, "\U00010000\U0010ffff"),
        ("\uee00\ue83d", True, "\uee00\ue83d"),
        (r"\ue83d\uee00", True, r"\ue83d\uee00"),
        (r"\ue83d\uee00", False, r"\ud83d\ude00"),
        (r"\uE83d\uEe00", False, r"\uD83d\uDe00"),
        (r"\\ue83d\uee00", False, r"\\ue83d\uee00"),
    ],
)
def test_unveil_what_was_meant(value: str, escaped: bool, meant: str) -> None:  # noqa: FBT001 - a column of the table
    assert unveil(value, escaped=escaped) == meant
