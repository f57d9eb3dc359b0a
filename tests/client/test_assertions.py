"""How `assert_called` checks a count when the server has evicted requests."""

import pytest

from mock_calls.assertions import check_count
from mock_calls.errors import NotCalled


@pytest.mark.parametrize("matching", [[], ["r7"], ["r7", "r8"]])
def test_a_count_cannot_be_checked_if_evicted_requests_could_change_it(matching: list[str]) -> None:
    with pytest.raises(NotCalled, match=r"whether 2 requests match \{\} cannot be known; 6 req"):
        check_count(matching, 2, {}, 6)


def test_too_many_matches_are_known_despite_evicted_requests() -> None:
    with pytest.raises(NotCalled, match=r"3 requests match \{\}, not 2"):
        check_count(["r7", "r8", "r9"], 2, {}, 6)


def test_at_least_one_match_is_known_despite_evicted_requests() -> None:
    check_count(["r7"], None, {}, 6)
