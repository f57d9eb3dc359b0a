"""An item that is written inside a list is named by its place in the file."""

import pytest

from mockserver.core.scenario import readable_name


@pytest.mark.parametrize(
    ("name", "readable"),
    [
        ("x", "x"),
        ("x/attempts/2", "item 2 of attempts in x"),
        ("x/choose/2/numbers/1", "item 1 of numbers in item 2 of choose in x"),
    ],
)
def test_an_item_of_a_list_is_named_by_its_place(name: str, readable: str) -> None:
    assert readable_name(name) == readable
