"""Every word of Effebot's calls, audio records and envelope is listed with how we know of it."""

import pytest

from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import run_due_item
from mockserver.providers.effebot.words import WORDS
from tests.support import read
from tests.support.vendors import response_body
from tests.support.vendors.effebot import call_details, request

MANAGER = [{"digit": 1, "managerPhone": "99999999998"}]


@pytest.mark.parametrize(
    "scenario",
    ["presses-one", "callee-busy", "no-answer", "rejected", "unreachable", "invalid-number"],
)
def test_a_call_has_listed_words_only(state: SandboxState, scenario: str) -> None:
    request(state, "create", scenario, ivrs=MANAGER)
    assert read.calls(state)
    while due := read.peek(state):
        run_due_item(state)
        details = call_details(state, now=due.at)
        for field in ("status", "managerStatus", "hangupCause"):
            word = details[field]
            assert word is None or word in WORDS[f"calls.{field}"], field


@pytest.mark.parametrize(("phone", "word"), [("99999999999", "success"), ("1", "error")])
def test_an_envelope_has_a_listed_word(state: SandboxState, phone: str, word: str) -> None:
    exchange = request(state, "confirm-phone", phone=phone, pin="1234")
    assert response_body(exchange)["status"] == word
    assert word in WORDS["status"]


def test_an_audio_record_has_a_listed_word(state: SandboxState) -> None:
    exchange = request(state, "create-record", name="mine", source="text", text="Hello")
    assert response_body(exchange)["status"] in WORDS["status of an audio record"]
