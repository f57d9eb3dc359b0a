"""Every word of a call object is listed with how we know that the vendor has it."""

from collections.abc import Iterator
from typing import Any, get_args

import pytest

from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import run_due_item
from mockserver.providers.ccai.records import MenuType, Status
from mockserver.providers.ccai.words import WORDS
from tests.support import read
from tests.support.vendors import response_body
from tests.support.vendors.ccai import patch_account, request

SCENARIOS = (
    "answered",
    "no-answer",
    "callee-busy",
    "ccai-agent-ignores",
    "ccai-abandoned",
    "ccai-voicemail",
    "ccai-held-and-moved",
)


def words_at(value: Any, path: list[str]) -> Iterator[str]:
    """Yield the words at the path, through lists; null has none."""
    if isinstance(value, list):
        for item in value:
            yield from words_at(item, path)
    elif path and value is not None:
        yield from words_at(value[path[0]], path[1:])
    elif value is not None:
        yield value


def test_every_status_and_every_type_of_menu_is_a_word() -> None:
    assert WORDS["status"].keys() == set(get_args(Status))
    assert WORDS["selected_menu.menu_type"].keys() == set(get_args(MenuType))


@pytest.mark.parametrize("operation", ["create-outbound", "create-inbound"])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_call_prints_listed_words_only(
    state: SandboxState, operation: str, scenario: str
) -> None:
    patch_account(state, {"menus": {"9": {"recording": "ask"}}})
    response_body(request(state, operation, scenario))
    while due := read.peek(state):
        run_due_item(state)
        call = response_body(request(state, "read-call", now=due.at, id="1"))
        unlisted = [
            (field, word)
            for field, words in WORDS.items()
            for word in words_at(call, field.split("."))
            if word not in words
        ]
        assert unlisted == []


@pytest.mark.parametrize(
    ("quirks", "menu", "fault"),
    [
        ([], "ivr_menu", None),
        ([], "mobile_menu", None),
        ([], "web_menu", "menu-not-ivr-or-mobile"),
        (["inbound-web-menus"], "ivr_menu", None),
        (["inbound-web-menus"], "mobile_menu", "menu-not-ivr-or-mobile"),
        (["inbound-web-menus"], "web_menu", None),
    ],
)
def test_incoming_calls_take_the_menus_of_the_example_or_by_a_quirk_those_of_the_table(
    state: SandboxState, quirks: list[str], menu: str, fault: str | None
) -> None:
    patch_account(state, {"quirks": quirks, "menus": {"9": {"type": menu}}})
    assert request(state, "create-inbound").fault == fault


@pytest.mark.parametrize(
    ("quirks", "status", "body"),
    [
        ([], 202, b""),
        (
            ["number-choice-as-200"],
            200,
            {
                "call_type": "Voice Outbound (API)",
                "agent_email": "admin@somedomain.com",
                "end_user_number": "+1 859-657-9625",
            },
        ),
    ],
)
def test_a_number_to_choose_is_answered_202_or_by_a_quirk_200(
    state: SandboxState, quirks: list[str], status: int, body: object
) -> None:
    must_choose = {"admin@somedomain.com": {"must_choose_number": True}}
    patch_account(state, {"quirks": quirks, "agents": must_choose})
    exchange = request(state, "create-outbound")
    assert (exchange.response.status, response_body(exchange)) == (status, body)
