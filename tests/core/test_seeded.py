"""Seeded chance: known values, so that no ID and no duration changes by accident."""

from collections import Counter
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.core.seeded import (
    HIGHEST_SEED,
    LOWEST_SEED,
    choice,
    digest,
    fraction,
    normal_quantile,
    uuid,
)


@pytest.mark.parametrize(
    ("purpose", "expected"),
    [
        (("seed",), "f006f35de25bce4166b6185253ce438c"),
        (("seed", "c1", 0), "48b6960003e31364ee962b3a043b8d5c"),
        (("", "é\ud800"), "d799e4e65b873a7ee3a80154d6c8dbfd"),
    ],
)
def test_a_digest_has_a_known_value(purpose: tuple[str, ...], expected: str) -> None:
    assert digest(*purpose).hex() == expected


@pytest.mark.parametrize(
    ("purpose", "expected"),
    [
        (("seed",), 0.9376060585221772),
        (("seed", "c1", 0), 0.2840360403096265),
        (("other", "c1", 0), 0.6923371720112841),
    ],
)
def test_a_fraction_has_a_known_value(purpose: tuple[str, ...], expected: float) -> None:
    assert fraction(*purpose) == expected


@pytest.mark.parametrize(
    ("purpose", "expected"),
    [
        (("seed",), "f006f35d-e25b-4e41-a6b6-185253ce438c"),
        (("seed", "mobtexting", 1), "a1d75043-6986-4e76-b7e9-79f1d76f14ef"),
        (("seed", "mobtexting", 2), "67df616d-624c-45be-afb8-942709672a5e"),
    ],
)
def test_a_uuid_has_a_known_value(purpose: tuple[str, ...], expected: str) -> None:
    assert uuid(*purpose) == expected


@pytest.mark.parametrize(
    ("share", "quantile"),
    [(0, -9.0), (0.5, 0.0), (0.05, -1.644854), (0.95, 1.644854), (0.9986501, 3.0)],
)
def test_a_normal_quantile_has_a_known_value(share: float, quantile: float) -> None:
    assert round(normal_quantile(share), 6) == quantile


def test_a_sequence_of_choices_has_known_values() -> None:
    drawn = "".join(choice("abc", (60, 20, 20), "seed", number) for number in range(12))
    assert drawn == "aacacbaabaac"


def test_choices_follow_their_weights() -> None:
    drawn = Counter(choice("abc", (60, 20, 20), "seed", number) for number in range(10_000))
    assert drawn == {"a": 6043, "b": 1979, "c": 1978}


@pytest.mark.parametrize(
    ("weights", "only"), [((0, 1, 0), "b"), ((5, 0, 0), "a"), ((0, 0, 0.5), "c")]
)
def test_a_choice_never_takes_an_item_of_weight_zero(weights: tuple[float, ...], only: str) -> None:
    assert {choice("abc", weights, "seed", number) for number in range(100)} == {only}


def test_the_lowest_seed_skips_items_of_weight_zero() -> None:
    assert choice("abc", (0, 0, 1), LOWEST_SEED) == "c"


def test_a_digest_keeps_the_parts_of_its_purpose_apart() -> None:
    assert digest("seed", "c1", "2") != digest("seed", "c12")


@given(st.text(), st.text(), st.integers())
@settings(max_examples=100, deadline=None)
def test_a_fraction_is_at_least_zero_and_below_one(seed: str, name: str, number: int) -> None:
    assert 0 <= fraction(seed, name, number) < 1


@given(st.text(), st.integers())
@settings(max_examples=100, deadline=None)
def test_a_uuid_is_of_version_4(seed: str, number: int) -> None:
    parsed = UUID(uuid(seed, number))
    assert (parsed.version, parsed.variant) == (4, "specified in RFC 4122")


@pytest.mark.parametrize(
    ("seed", "drawn", "chosen"), [(LOWEST_SEED, 0.0, "a"), (HIGHEST_SEED, 1 - 2**-53, "d")]
)
@pytest.mark.parametrize("purpose", [(), ("c1", 0), ("c2", "steps", 7)])
def test_the_lowest_and_highest_seeds_ignore_the_purpose(
    seed: str, drawn: float, chosen: str, purpose: tuple[object, ...]
) -> None:
    assert fraction(seed, *purpose) == drawn < 1
    assert choice("abcd", (1, 2, 3, 4), seed, *purpose) == chosen


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=9))
@settings(max_examples=200, deadline=None)
def test_the_lowest_and_highest_seeds_choose_the_first_and_last_item(weights: list[int]) -> None:
    items = range(len(weights))
    chosen = [choice(items, weights, seed) for seed in (LOWEST_SEED, HIGHEST_SEED)]
    assert chosen == [items[0], items[-1]]


@pytest.mark.parametrize("seed", [LOWEST_SEED, HIGHEST_SEED])
def test_the_lowest_and_highest_seeds_still_give_distinct_uuids(seed: str) -> None:
    assert uuid(seed, "mobtexting", 1) != uuid(seed, "mobtexting", 2)
