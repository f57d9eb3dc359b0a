"""An explanation prints each rule with how we know of it."""

from typing import Any

import pytest

from mock_calls.models import Explanation

RULE = {
    "fault": "contact-not-found",
    "evidence": "documented",
    "message": "Contact not found",
    "field": None,
    "received": None,
    "would_pass": None,
    "condition": "documented",
    "note": None,
}


@pytest.mark.parametrize(
    ("changes", "lines"),
    [
        ({}, ["  rule contact-not-found (documented)"]),
        ({"condition": "assumed"}, ["  rule contact-not-found (documented, condition assumed)"]),
        ({"note": "page 7"}, ["  rule contact-not-found (documented)", "  note: page 7"]),
        (
            {"field": "ticket_id", "received": "9", "would_pass": "a number"},
            [
                "  rule contact-not-found (documented) field ticket_id, received '9'",
                "  would pass: a number",
            ],
        ),
    ],
)
def test_a_rule_is_printed_with_its_evidence_and_note(
    changes: dict[str, Any], lines: list[str]
) -> None:
    rule = {**RULE, **changes}
    explanation = Explanation(reason="no", rules=(rule,), hints=(), nearest=(), raw={})
    assert str(explanation).splitlines() == ["no", *lines]
