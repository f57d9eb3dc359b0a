"""Known answers, so that no id and no span ever changes by accident."""

from collections import Counter
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.core.seeded import HIGHEST_SEED, LOWEST_SEED, choice, digest, fraction, uuid


@pytest.mark.parametrize(
    ("purpose", "known"),
    [
        (("seed",), "f006f35de25bce4166b6185253ce438c"),
        (("seed", "c1", 0), "48b6960003e31364ee962b3a043b8d5c"),
        (("", "é\ud800"), "d799e4e65b873a7ee3a80154d6c8dbfd"),
    ],
)
def test_digest_known_answer(purpose: tuple[str, ...], known: str) -> None:
    assert digest(*purpose).hex() == known


@pytest.mark.parametrize(
    ("purpose", "known"),
    [
        (("seed",), 0.9376060585221772),
        (("seed", "c1", 0), 0.2840360403096265),
        (("other", "c1", 0), 0.6923371720112841),
    ],
)
def test_fraction_known_answer(purpose: tuple[str, ...], known: float) -> None:
    assert fraction(*purpose) == known


@pytest.mark.parametrize(
    ("purpose", "known"),
    [
        (("seed",), "f006f35d-e25b-4e41-a6b6-185253ce438c"),
        (("seed", "mobtexting", 1), "a1d75043-6986-4e76-b7e9-79f1d76f14ef"),
        (("seed", "mobtexting", 2), "67df616d-624c-45be-afb8-942709672a5e"),
    ],
)
def test_uuid_known_answer(purpose: tuple[str, ...], known: str) -> None:
    assert uuid(*purpose) == known


def test_choice_known_answer() -> None:
    drawn = "".join(choice("abc", (60, 20, 20), "seed", number) for number in range(12))
    assert drawn == "aacacbaabaac"


def test_choice_follows_its_weights() -> None:
    drawn = Counter(choice("abc", (60, 20, 20), "seed", number) for number in range(10_000))
    assert drawn == {"a": 6043, "b": 1979, "c": 1978}


@pytest.mark.parametrize(
    ("weights", "only"), [((0, 1, 0), "b"), ((5, 0, 0), "a"), ((0, 0, 0.5), "c")]
)
def test_choice_never_takes_what_weighs_nothing(weights: tuple[float, ...], only: str) -> None:
    assert {choice("abc", weights, "seed", number) for number in range(100)} == {only}


def test_choice_at_the_lowest_passes_over_what_weighs_nothing() -> None:
    assert choice("abc", (0, 0, 1), LOWEST_SEED) == "c"


def test_digest_keeps_the_parts_of_a_purpose_apart() -> None:
    assert digest("seed", "c1", "2") != digest("seed", "c12")


@given(st.text(), st.text(), st.integers())
@settings(max_examples=100, deadline=None)
def test_fraction_of_anything_is_in_range(seed: str, name: str, number: int) -> None:
    assert 0 <= fraction(seed, name, number) < 1


@given(st.text(), st.integers())
@settings(max_examples=100, deadline=None)
def test_uuid_of_anything_is_version_4(seed: str, number: int) -> None:
    made = UUID(uuid(seed, number))
    assert (made.version, made.variant) == (4, "specified in RFC 4122")


@pytest.mark.parametrize(
    ("seed", "drawn", "chosen"), [(LOWEST_SEED, 0.0, "a"), (HIGHEST_SEED, 1 - 2**-53, "d")]
)
@pytest.mark.parametrize("purpose", [(), ("c1", 0), ("c2", "steps", 7)])
def test_extremes_do_not_draw(
    seed: str, drawn: float, chosen: str, purpose: tuple[object, ...]
) -> None:
    assert fraction(seed, *purpose) == drawn < 1
    assert choice("abcd", (1, 2, 3, 4), seed, *purpose) == chosen


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=9))
@settings(max_examples=200, deadline=None)
def test_extremes_choose_the_first_and_the_last(weights: list[int]) -> None:
    items = range(len(weights))
    chosen = [choice(items, weights, seed) for seed in (LOWEST_SEED, HIGHEST_SEED)]
    assert chosen == [items[0], items[-1]]


@pytest.mark.parametrize("seed", [LOWEST_SEED, HIGHEST_SEED])
def test_extremes_give_ids_all_the_same(seed: str) -> None:
    assert uuid(seed, "mobtexting", 1) != uuid(seed, "mobtexting", 2)
