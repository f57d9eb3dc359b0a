"""OpenAPI documents say how we know of operations, of faults and their conditions, and of words."""

from typing import Any

import pytest

from mockserver.config.openapi_checks import operations
from mockserver.config.openapi_evidence import KEY
from mockserver.config.registry import load_providers
from mockserver.core.bound_provider import BoundProvider

PROVIDERS = load_providers()


def evidence_of(provider: str, operation: str) -> Any:
    return operations(PROVIDERS[provider].document())[operation][KEY]


@pytest.mark.parametrize("bound", PROVIDERS.values(), ids=PROVIDERS)
def test_every_operation_has_the_evidence_of_itself_and_of_its_rules(bound: BoundProvider) -> None:
    for endpoint in bound.provider.endpoints:
        evidence = evidence_of(bound.provider.name, endpoint.operation)
        faults = {rule.fault.name for stage in endpoint.rules for rule in stage}
        conditions = [each for fault in evidence["faults"].values() for each in fault["conditions"]]
        assert endpoint.evidence in {
            evidence["operation"],
            *evidence.get("other_methods", {}).values(),
        }
        assert evidence["faults"].keys() == faults
        assert len(conditions) == sum(map(len, endpoint.rules))


@pytest.mark.parametrize(
    ("provider", "operation", "evidence"),
    [
        ("ccai", "create-outbound", "documented"),
        ("ccai", "read-flags", "documented"),
        ("ccai", "read-call", "assumed"),
        ("ccai", "cancel-scheduled", "observed"),
        ("ccai", "end-user", "observed"),
        ("ccai", "manager-calls", "observed"),
        ("phonon", "create", "observed"),
        ("phonon", "create-bulk", "observed"),
    ],
)
def test_an_operation_that_is_not_on_the_page_is_not_documented(
    provider: str, operation: str, evidence: str
) -> None:
    assert evidence_of(provider, operation)["operation"] == evidence


@pytest.mark.parametrize(
    ("provider", "operation", "methods"),
    [
        ("mobtexting", "c2c", {"GET": "observed"}),
        ("effebot", "get-languages", {"GET": "documented"}),
        ("effebot", "get", None),
    ],
)
def test_another_method_of_an_operation_has_its_own_evidence(
    provider: str, operation: str, methods: dict[str, str] | None
) -> None:
    assert evidence_of(provider, operation).get("other_methods") == methods


@pytest.mark.parametrize(
    ("operation", "fault", "text", "conditions"),
    [
        ("create-outbound", "contact-not-found", "documented", ["assumed", "documented"]),
        ("create-inbound", "contact-not-found", "documented", ["assumed", "assumed"]),
        ("create-scheduled", "contact-not-found", "documented", ["assumed", "assumed"]),
        ("create-inbound", "invalid-call-type", "documented", ["assumed", "documented"]),
        ("create-scheduled", "menu-id-not-found", "documented", ["documented"]),
        ("create-scheduled", "scheduled-at-past", "assumed", ["documented"]),
        ("create-inbound", "too-many-requests", "assumed", ["documented"]),
        ("read-flags", "call-not-found", "observed", ["assumed"]),
        ("end-user", "call-not-found", "observed", ["observed"]),
        ("write-flags", "call-already-ended", "observed", ["assumed"]),
    ],
)
def test_the_condition_of_a_fault_is_known_apart_from_its_text(
    operation: str, fault: str, text: str, conditions: list[str]
) -> None:
    known = evidence_of("ccai", operation)["faults"][fault]
    assert known["text"] == text
    assert [each["evidence"] for each in known["conditions"]] == conditions


@pytest.mark.parametrize(
    ("operation", "fault", "quirk"),
    [
        ("create-inbound", "menu-not-ivr-or-mobile", "inbound-web-menus"),
        ("create-scheduled", "menu-not-mobile-or-web", "scheduled-as-inbound"),
        ("create-outbound", "number-to-choose", "number-choice-as-200"),
        ("create-outbound", "agent-must-act", "number-choice-as-200"),
    ],
)
def test_a_contradiction_of_the_page_is_noted_with_the_quirk_for_its_other_meaning(
    operation: str, fault: str, quirk: str
) -> None:
    [condition] = evidence_of("ccai", operation)["faults"][fault]["conditions"]
    assert condition["note"].startswith("the page contradicts itself: ")
    assert quirk in condition["note"]
    assert quirk in PROVIDERS["ccai"].provider.quirks


def test_the_words_of_a_vendor_stand_at_the_top_of_its_document() -> None:
    words = PROVIDERS["ccai"].document()[KEY]["words"]
    assert words["participants.status"] == {
        "waiting": "documented",
        "connected": "assumed",
        "finished": "assumed",
        "failed": "assumed",
    }
    assert words["status"]["cancelled"] == "observed"


RENDERED = {("effebot", "status")}
"""The kinds whose later attempts tell the call as it is by then."""


def test_the_kinds_of_webhooks_stand_at_the_top_of_the_document_of_a_vendor_that_sends_some() -> (
    None
):
    current = set()
    for name, bound in PROVIDERS.items():
        evidence = bound.document()[KEY]
        kinds = evidence.get("webhooks", [])
        assert [kind["kind"] for kind in kinds] == list(bound.provider.webhooks)
        assert all(kind["note"] for kind in kinds)
        assert ("retry" in evidence) is bool(kinds)
        current |= {(name, kind["kind"]) for kind in kinds if kind["later_attempts"] == "current"}
    assert current == RENDERED


@pytest.mark.parametrize(
    ("provider", "waits", "statuses", "evidence"),
    [
        ("effebot", ["60s", "60s"], [200], {"status": "documented", "action": "assumed"}),
        ("mobtexting", [], [200, 202], {"completed": "observed"}),
        ("innocalls", [], [*range(200, 300)], {"get-digits": "assumed", "cdr": "assumed"}),
        ("phonon", [], [*range(200, 300)], {"report": "assumed"}),
    ],
)
def test_a_document_says_which_statuses_count_as_received_and_how_we_know(
    provider: str, waits: list[str], statuses: list[int], evidence: dict[str, str]
) -> None:
    found = PROVIDERS[provider].document()[KEY]
    assert found["retry"] == {"waits": waits, "satisfied_by": statuses}
    assert {kind["kind"]: kind["satisfied_by"] for kind in found["webhooks"]} == evidence


def test_the_form_of_the_status_webhook_is_observed_and_names_the_quirk_for_that_of_the_page() -> (
    None
):
    [status, _] = PROVIDERS["effebot"].document()[KEY]["webhooks"]
    assert (status["body"], "bare-webhook" in status["note"]) == ("observed", True)


def test_the_details_of_a_vendor_stand_at_the_top_of_its_document() -> None:
    details = PROVIDERS["innocalls"].document()[KEY]["details"]
    assert details["default of `tries`"] == {"text": "0", "evidence": "assumed"}
    assert details["default of `type`"] == {"text": "`order_number`", "evidence": "documented"}
    assert all(bound.document()[KEY]["details"] for bound in PROVIDERS.values())


def test_of_innocalls_only_what_its_page_says_of_a_condition_is_documented() -> None:
    documented = {
        (name, condition["field"])
        for endpoint in PROVIDERS["innocalls"].provider.endpoints
        for name, fault in evidence_of("innocalls", endpoint.operation)["faults"].items()
        for condition in fault["conditions"]
        if condition["evidence"] == "documented"
    }
    assert documented == {
        ("unauthorized", None),
        ("not-acceptable", None),
        ("too-many-requests", None),
    }
