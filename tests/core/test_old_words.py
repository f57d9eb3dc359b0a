"""Each old word of a table has a new one, which is no old word there."""

from collections.abc import Mapping

import pytest

from mockserver.core.old_words import (
    OLD_EVENTS,
    OLD_FIELDS,
    OLD_INBOX_KEYS,
    OLD_KEYS,
    OLD_ROUTES,
    describe_old_word,
)


def test_the_path_of_an_old_key_goes_through_no_other_old_key() -> None:
    for old_key in OLD_KEYS:
        parents = [old_key.path[:length] for length in range(len(old_key.path))]
        assert [other.path for other in OLD_KEYS if other.path in parents] == []


@pytest.mark.parametrize("table", [OLD_EVENTS, OLD_INBOX_KEYS, OLD_ROUTES, *OLD_FIELDS.values()])
def test_no_new_word_is_an_old_one(table: Mapping[str, str]) -> None:
    assert {*table.values()} & {*table} == set()


def test_an_old_word_is_described_by_the_new_one() -> None:
    assert describe_old_word("play", "use") == "'play' is now 'use'"
