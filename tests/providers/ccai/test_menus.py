"""CCAI menus of an account may have any names and form cycles."""

import pytest

from mockserver.core.call import Event
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event
from tests.support.simulation import START, run_until
from tests.support.vendors import response_body
from tests.support.vendors.ccai import call_after, patch_account, request


def test_a_call_can_be_transferred_to_a_menu_without_a_numeric_name(state: SandboxState) -> None:
    patch_account(state, {"menus": {"sales": {"name": "Sales", "parent": "support"}}})
    request(state, "create-inbound")
    run_until(state, START + 5_000)
    apply_event(state, "c1", Event(at=START + 5_000, type="transfer", data={"menu": "sales"}))
    call = call_after(state, 4_000)
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
def test_a_menu_path_ends_where_parents_form_a_cycle(
    state: SandboxState, parents: dict[str, str], path: str
) -> None:
    patch_account(state, {"menus": {name: {"parent": parent} for name, parent in parents.items()}})
    assert response_body(request(state, "create-inbound"))["menu_path"]["materialized_path"] == path
