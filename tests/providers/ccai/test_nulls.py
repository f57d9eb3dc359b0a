"""A parameter that is null is the same as one that is not sent: a client may send all of them."""

from typing import Any

import pytest

from mockserver.core.http import Request
from mockserver.engine.sandbox_state import SandboxState
from mockserver.providers.ccai.request import is_scheduled_create
from tests.support.simulation import START
from tests.support.vendors import response_body, send
from tests.support.vendors.ccai import EXAMPLES, HEADERS, patch_account


def create(state: SandboxState, operation: str, **fields: object) -> Any:
    """The response to a request of an example, with these fields, also those that are None."""
    sent = {**EXAMPLES[operation], **fields}
    return response_body(send(state, "ccai", operation, sent, now=START, headers=HEADERS))


@pytest.mark.parametrize(
    ("fields", "is_scheduled"),
    [({}, True), ({"agent_email": None}, True), ({"agent_email": "ann@acme.test"}, False)],
)
def test_a_scheduled_call_has_no_agent_or_one_that_is_null(
    fields: dict[str, object], *, is_scheduled: bool
) -> None:
    sent = {**EXAMPLES["create-scheduled"], **fields}
    assert is_scheduled_create(Request(method="POST", path="/", fields=sent)) == is_scheduled


def test_a_menu_that_is_null_is_no_menu(state: SandboxState) -> None:
    patch_account(state, {"menus": None})
    call = create(state, "create-outbound", menu_id=None)
    assert (call["selected_menu"], call["menu_path"]) == (None, None)


def test_a_scheduled_call_whose_menu_is_null_has_that_of_its_parent(state: SandboxState) -> None:
    parent = create(state, "create-scheduled")
    call = create(state, "create-scheduled", menu_id=None, call_id=parent["id"])
    assert call["selected_menu"]["id"] == 10
