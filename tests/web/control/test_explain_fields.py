"""An explanation names the field by its path, shows what was sent there, and what would pass."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.support.edge_site import EdgeSite
from tests.support.vendors import effebot, innocalls, phonon

EFFEBOT = "/effebot/apiCalls/create"
CONFIRMATION = "/innocalls/ecommerce.innocalls.com/api/v1/order/confirmation"
BRIDGE = "/innocalls/api.bridge.innocalls.com/api/v1/call/bridge"
PHONON = "/phonon/central.phonon.io/kairos-apis/outbound/create"
HEADERS = {"authorization": "Bearer key", "accept": "application/json"}
A_PHONE = ("11 digits such as 99999999999, as the page has string(11)", "99999999999")
A_RECORD = ("a moderated audio record of the account, such as 1", "1")
A_NUMBER = ("10 to 15 digits with country code, such as 918867136000", "918867136000")
NOON = "2026-01-01 12:00:00"
AFTER_NOW = (f"a time after now in the time zone Africa/Cairo, such as {NOON}", NOON)
TOMORROW = "2026-01-01T15:30:00+05:30"
TODAY = (f"a time of today or later in ISO 8601, such as {TOMORROW}", TOMORROW)


def with_numbers(*numbers: object) -> dict[str, Any]:
    """A request to Effebot to call these numbers."""
    return dict(effebot.CREATE_EXAMPLE, phones=[*numbers])


def explain(edge: EdgeSite, path: str, body: Mapping[str, Any]) -> Any:
    response = edge.request("POST", path, json=body, headers=HEADERS)
    return edge.get_json(f"/_mock/explain/{response.headers['x-mock-request']}")


def places(explanation: Any) -> list[tuple[Any, ...]]:
    return [
        (rule["field"], rule["received"], (rule["would_pass"], rule["sample"]))
        for rule in explanation["rules"]
    ]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"record": {"gender": 2, "text": "a"}}, [("record.gender", 2, ("0 or 1", 1))]),
        (
            {"record": {"text": "a" * 1_025}},
            [
                (
                    "record.text",
                    "a" * 1_025,
                    ("a text of up to 1024 characters, such as Hello", "Hello"),
                )
            ],
        ),
        (
            {"ivrs": [{"digit": 1}, {"digit": 10}]},
            [("ivrs[1].digit", 10, ("a digit, such as 1", 1))],
        ),
        (
            with_numbers("99999999999", "bad", 7),
            [("phones[1]", "bad", A_PHONE), ("phones[2]", 7, A_PHONE)],
        ),
        ({"ivrs": [{"record": {"id": 9999}}]}, [("ivrs[0].record.id", 9999, A_RECORD)]),
        ({"record": {"id": 9999}}, [("record.id", 9999, A_RECORD)]),
        (
            {"ivrs": [{}, {"webhookParameters": "{1}"}]},
            [
                (
                    "ivrs[1].webhookParameters",
                    "{1}",
                    ('a JSON object as a text, such as {"order": 1}', '{"order": 1}'),
                )
            ],
        ),
    ],
)
def test_a_nested_field_of_effebot_is_named_with_its_index(
    edge: EdgeSite, fields: dict[str, Any], expected: list[tuple[Any, ...]]
) -> None:
    assert places(explain(edge, EFFEBOT, {**effebot.CREATE_EXAMPLE, **fields})) == expected


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        (
            [phonon.build_item("918867136000") | {"start-time": "2019-01-01T10:00:00+05:30"}],
            [("calls[0].start-time", "2019-01-01T10:00:00+05:30", TODAY)],
        ),
        (
            [phonon.build_item("12"), phonon.build_item("918867136000", "34")],
            [
                ("calls[0].contact-numbers[0]", "12", A_NUMBER),
                ("calls[1].contact-numbers[1]", "34", A_NUMBER),
            ],
        ),
        (
            [phonon.build_item("918867136000") | {"keys": [{"name": "otp", "value": "1"}]}],
            [
                (
                    "calls[0].keys[0].name",
                    "otp",
                    ("a name after $flow.key., such as $flow.key.otp", "$flow.key.otp"),
                )
            ],
        ),
        (
            ["text"],
            [
                (
                    "calls[0]",
                    "text",
                    (
                        (
                            'an object with contact-numbers, such as {"contact-numbers": '
                            '["918867136000"]}'
                        ),
                        {"contact-numbers": ["918867136000"]},
                    ),
                )
            ],
        ),
    ],
)
def test_a_field_of_a_phonon_call_is_named_with_the_index_of_the_call(
    edge: EdgeSite, calls: list[Any], expected: list[tuple[Any, ...]]
) -> None:
    assert places(explain(edge, PHONON, {**phonon.CREATE_EXAMPLE, "calls": calls})) == expected


@pytest.mark.parametrize(
    "sent", ["2020-04-23 00:57:00", "2026-02-30 00:57:00", "tomorrow", "+2020-04-23 00:57:00"]
)
def test_a_call_time_that_does_not_pass_is_explained_by_one_that_does(
    edge: EdgeSite, sent: str
) -> None:
    explanation = explain(edge, BRIDGE, {**innocalls.EXAMPLES["bridge"], "call_time": sent})
    assert places(explanation) == [("call_time", sent, AFTER_NOW)]
    assert explanation["hints"] == []


def test_a_parameter_that_a_call_flow_requires_is_named(edge: EdgeSite) -> None:
    flows = {"A": {"requires": ["order_cost", "items_count"]}}
    account = "/_mock/accounts/innocalls/innocalls-default"
    assert edge.request("PATCH", account, json={"flows": flows}).status_code == 200
    body = {**innocalls.EXAMPLES["order-confirmation"], "call_flow_id": "A"}
    explanation = explain(edge, CONFIRMATION, body)
    assert places(explanation) == [
        ("order_cost", None, ("a value, as call flow A requires it, such as 2300", "2300")),
        ("items_count", None, ("a value, as call flow A requires it, such as 2", "2")),
    ]
    assert (explanation["rules"][0]["evidence"], explanation["rules"][0]["condition"]) == (
        "documented",
        "assumed",
    )


@pytest.mark.parametrize(
    ("path", "body", "hints"),
    [
        (
            EFFEBOT,
            with_numbers("+99999999999", " 99999999998"),
            [
                (
                    "phones[0] needs no plus in front of it: '99999999999' would pass, "
                    "'+99999999999' does not"
                ),
                (
                    "phones[1] needs no blanks around it: '99999999998' would pass, "
                    "' 99999999998' does not"
                ),
            ],
        ),
        (
            PHONON,
            {**phonon.CREATE_EXAMPLE, "calls": [phonon.build_item("+91 8867136000")]},
            [
                (
                    "calls[0].contact-numbers[0] needs digits only: '918867136000' would pass, "
                    "'+91 8867136000' does not"
                )
            ],
        ),
        (BRIDGE, {**innocalls.EXAMPLES["bridge"], "call_time": " 2020-04-23 00:57:00"}, []),
        (BRIDGE, {**innocalls.EXAMPLES["bridge"], "duration": "x" * 300}, []),
        (EFFEBOT, {**effebot.CREATE_EXAMPLE, "record": {"id": "9 "}}, []),
        (EFFEBOT, {**effebot.CREATE_EXAMPLE, "apiKey": " invalid"}, []),
    ],
)
def test_a_hint_is_given_only_if_no_rule_refuses_the_corrected_value(
    edge: EdgeSite, path: str, body: dict[str, Any], hints: list[str]
) -> None:
    assert explain(edge, path, body)["hints"] == hints
