"""The names that a scenario mentions, and what is reported of unknown ones."""

from collections.abc import Mapping
from typing import Any

import pytest

from mockserver.config.known_names import KnownNames
from mockserver.config.problems import DocumentPath
from mockserver.config.references import (
    MAX_LISTED_NAMES,
    reference_problems,
    scenario_references,
    unknown_name_problems,
)
from tests.support.fake_vendor import FAKE_VENDOR

NAMES = KnownNames(
    operations={"mobtexting": ("c2c",), "phonon": ("outbound-create", "outbound-cancel")},
    fault_statuses={"conflict": 409, "server-error": 500, "busy-here": 503, "down": 503},
    webhook_kinds=("any", "completed"),
    legs=("a", "b", "callee", "to"),
    record_types={},
    quirks={},
)
SCENARIOS = ("answered", "callee-busy")


def problems(body: Mapping[str, Any]) -> list[tuple[DocumentPath, str]]:
    return list(reference_problems(body, NAMES, SCENARIOS))


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"use": "answered"},
        {"attempts": ["answered", {"to": "busy"}, None, "busy"], "numbers": ["callee-busy"]},
        {"choose": [{"weight": 1, "use": "answered"}, None]},
        {"legs": {"a": "busy", "to": "busy"}, "needs": {"leg": "to"}},
        {"refuse": "down", "responses": ["pass", {"refuse": "conflict"}, {"after": "3s"}, None]},
        {"webhooks": {"any": {}, "completed": {}}},
        {"match": {"provider": "*", "operation": "*"}},
        {"match": {"provider": "ph*", "operation": "outbound-c*"}},
        {"match": {"operation": "c2?"}},
        {"match": {"callee": "1*", "fields": {"provider": "nobody"}}},
        {"match": {"a": "1*", "to": "2*", "account": "shop", "credential": "key"}},
        {"needs": {"provider": "phonon", "operation": "outbound-create"}},
        {"needs": {"operation": "c2c"}},
        {"steps": [{"ring": "a"}, {"wait": "control"}, {"wait": {"poll": 2}}, None]},
        {"steps": [{"wait": {"press": "to"}}, {"press": "1", "leg": "b"}]},
    ],
)
def test_known_names_have_no_problems(body: Mapping[str, Any]) -> None:
    assert problems(body) == []


@pytest.mark.parametrize(
    ("body", "path", "message"),
    [
        ({"use": "x"}, ("use",), "no scenario is named 'x': known: answered, callee-busy"),
        (
            {"choose": [None, {"use": "busy"}]},
            ("choose", 1, "use"),
            "no scenario is named 'busy': did you mean 'callee-busy'?",
        ),
        (
            {"numbers": ["answred"]},
            ("numbers", 0),
            "no scenario or behavior is named 'answred': did you mean 'answered'?",
        ),
        ({"legs": {"c": 1}}, ("legs", "c"), "no leg is named 'c': known: a, b, callee, to"),
        (
            {"steps": [{"wait": {"say": "from"}}]},
            ("steps", 0, "wait", "say"),
            "no leg is named 'from': known: a, b, callee, to",
        ),
        (
            {"refuse": "503"},
            ("refuse",),
            "no fault is named '503': did you mean 'busy-here' or 'down'?",
        ),
        (
            {"responses": ["pass", {"refuse": "conflic"}]},
            ("responses", 1, "refuse"),
            "no fault is named 'conflic': did you mean 'conflict'?",
        ),
        (
            {"webhooks": {"all": {}}},
            ("webhooks", "all"),
            "no webhook kind is named 'all': known: any, completed",
        ),
        (
            {"steps": [{"act": "hold"}]},
            ("steps", 0, "act"),
            "no act is named 'hold': known: none",
        ),
        (
            {"match": {"provider": "*x"}},
            ("match", "provider"),
            "no provider is named '*x': known: mobtexting, phonon",
        ),
        (
            {"match": {"provider": "phonon", "operation": "c2c"}},
            ("match", "operation"),
            "no operation is named 'c2c': known: outbound-create, outbound-cancel",
        ),
        (
            {"needs": {"provider": "phon*"}},
            ("needs", "provider"),
            "no provider is named 'phon*': did you mean 'phonon'?",
        ),
        (
            {"needs": {"operation": "outbound-creat"}},
            ("needs", "operation"),
            "no operation is named 'outbound-creat': did you mean 'outbound-create'?",
        ),
        (
            {"match": {"calle": "1*"}},
            ("match", "calle"),
            "unknown key 'calle': did you mean 'callee'?",
        ),
        (
            {"match": {"mid": "1*"}},
            ("match", "mid"),
            (
                "unknown key 'mid': one of provider, operation, account, credential, a, b, callee, "
                "to, fields, headers, from, until; a parameter of the request stands inside fields"
            ),
        ),
        ({"needs": {"leg": "c"}}, ("needs", "leg"), "no leg is named 'c': known: a, b, callee, to"),
    ],
)
def test_an_unknown_name_is_reported_with_the_known_or_similar_names(
    body: Mapping[str, Any], path: DocumentPath, message: str
) -> None:
    assert problems(body) == [(path, message)]


def test_only_the_first_known_names_are_listed() -> None:
    many = tuple(f"name-{at}" for at in range(MAX_LISTED_NAMES + 3))
    [(_, message)] = unknown_name_problems("thing", (), "zzz", many)
    assert (
        message
        == f"no thing is named 'zzz': known: {', '.join(many[:MAX_LISTED_NAMES])} and 3 more"
    )


def test_without_providers_every_provider_name_is_unknown() -> None:
    empty = KnownNames(
        operations={},
        fault_statuses={},
        webhook_kinds=(),
        legs=("callee",),
        record_types={},
        quirks={},
    )
    body = {"match": {"provider": "x", "operation": "y"}}
    assert list(reference_problems(body, empty, ())) == [
        (("match", "provider"), "no provider is named 'x': known: none")
    ]
    assert list(reference_problems({"match": {"callee": "1"}}, empty, ())) == []


def test_references_are_listed_in_order_with_those_inside_items() -> None:
    body = {
        "use": "p",
        "choose": [{"use": "c"}, {"weight": 1, "use": "d", "legs": {"a": "busy"}}, {"weight": 1}],
        "attempts": ["x", {"a": 1}],
        "numbers": ["n", {"use": "o"}],
    }
    assert list(scenario_references(body)) == [
        (("use",), "p"),
        (("attempts", 0), "x"),
        (("numbers", 0), "n"),
        (("numbers", 1, "use"), "o"),
        (("choose", 0, "use"), "c"),
        (("choose", 1, "use"), "d"),
    ]


TOY_NAMES = NAMES._replace(
    operations={**NAMES.operations, "toy": ("place",)},
    vendor_events={"toy": FAKE_VENDOR.vendor_events, "mobtexting": {}},
)


@pytest.mark.parametrize(
    ("step", "needs", "expected"),
    [
        ({"act": "offer", "agent": "ann", "after": "1s", "then": "busy"}, {}, []),
        ({"act": "hold", "for": "20s"}, {"provider": "toy"}, []),
        ({"act": "offr"}, {}, ["no act is named 'offr': did you mean 'offer'?"]),
        ({"act": "hold"}, {"provider": "mobtexting"}, []),
        ({"act": "hold", "then": "busy"}, {}, ["'then' has no effect: hold dials no leg"]),
        ({"act": "rate", "for": "1s"}, {}, ["'for' has no effect: nothing undoes rate"]),
        (
            {"act": "offer", "agnt": "x"},
            {},
            ["unknown key 'agnt' of offer: did you mean 'agent'?"],
        ),
    ],
)
def test_a_vendor_event_of_a_step_is_checked(
    step: dict[str, str], needs: dict[str, str], expected: list[str]
) -> None:
    reported = reference_problems({"steps": [step], "needs": needs}, TOY_NAMES, ())
    assert [message for _, message in reported] == expected


def test_a_vendor_event_of_another_provider_is_reported() -> None:
    names = NAMES._replace(
        vendor_events={
            "toy": FAKE_VENDOR.vendor_events,
            "mobtexting": {"wave": FAKE_VENDOR.vendor_events["hold"]},
        }
    )
    body = {"steps": [{"act": "hold"}], "needs": {"provider": "mobtexting"}}
    assert list(reference_problems(body, names, ())) == [
        (("steps", 0, "act"), "mobtexting has no act 'hold', only toy")
    ]
