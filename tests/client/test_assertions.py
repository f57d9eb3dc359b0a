"""How often is judged, and when it cannot be."""

import pytest

from mockserver.client.assertions import check_count
from mockserver.client.errors import NotCalled


@pytest.mark.parametrize("found", [[], ["r7"], ["r7", "r8"]])
def test_how_often_cannot_be_known_once_requests_have_left(found: list[str]) -> None:
    with pytest.raises(NotCalled, match=r"whether 2 requests match \{\} cannot be known; 6 req"):
        check_count(found, 2, {}, 6)


def test_too_often_is_known_all_the_same() -> None:
    with pytest.raises(NotCalled, match=r"3 requests match \{\}, not 2"):
        check_count(["r7", "r8", "r9"], 2, {}, 6)


def test_at_least_once_is_known_too() -> None:
    check_count(["r7"], None, {}, 6)
