"""Menus as an account may have them: named at will, and in circles."""

import pytest

from mockserver.core.call import Event
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event
from tests.conftest import START, until_at
from tests.providers.ccai.conftest import ask, body, patch, shown


def test_menu_whose_name_is_no_number_can_be_transferred_to(store: SandboxState) -> None:
    patch(store, {"menus": {"sales": {"name": "Sales", "parent": "support"}}})
    ask(store, "create-inbound")
    until_at(store, START + 3_000)
    apply_event(store, "c1", Event(START + 3_000, "transfer", data={"menu": "sales"}))
    call = shown(store, 4_000)
    menu = call["selected_menu"]
    assert (menu["id"], menu["parent_id"]) == ("sales", "support")
    assert call["menu_path"] == {
        "items_count": 1,
        "name": "Sales",
        "materialized_path": "sales",
    }


@pytest.mark.parametrize(
    ("parents", "path"),
    [
        ({"9": "9"}, "9"),
        ({"9": "10", "10": "9"}, "10/9"),
        ({"9": "10", "10": "11", "11": "10"}, "11/10/9"),
    ],
)
def test_path_of_menus_in_a_circle_ends(
    store: SandboxState, parents: dict[str, str], path: str
) -> None:
    patch(store, {"menus": {name: {"parent": parent} for name, parent in parents.items()}})
    assert body(ask(store, "create-inbound"))["menu_path"]["materialized_path"] == path
