"""The Mobtexting rulebook covers its schema and marks its assumptions."""

from mockserver.core.configuration import Configuration
from mockserver.core.provider import all_faults
from mockserver.core.rulebook import Evidence, Violation, ViolationTest
from mockserver.providers.mobtexting import PROVIDER, rules


def test_the_rulebook_has_exactly_one_rule_for_every_schema_violation(
    configuration: Configuration,
) -> None:
    """The token is excepted: authentication comes before the schema."""
    schema = configuration.providers["mobtexting"].document()["components"]["schemas"]["Click"]
    tests = [
        rule.test for stage in rules.C2C for rule in stage if isinstance(rule.test, ViolationTest)
    ]
    violations = [
        *(Violation(field=name, keyword="required") for name in schema["required"]),
        *(
            Violation(field=name, keyword="type")
            for name in schema["properties"]
            if name != "access_token"
        ),
    ]
    matches = {
        violation: sum(test.matches(violation) for test in tests) for violation in violations
    }
    assert set(matches.values()) == {1}


def test_every_fault_is_marked_as_assumed_and_named_once() -> None:
    faults = all_faults(PROVIDER)
    assert {fault.evidence for fault in faults} == {Evidence.ASSUMED}
    assert len({fault.name for fault in faults}) == len(faults)


CONDITIONS: dict[Evidence, set[str]] = {
    Evidence.DOCUMENTED: {
        *("bridge-required", "from-required", "to-required"),
        *("record-malformed", "attempts-malformed"),
    },
    Evidence.OBSERVED: {
        *("unauthenticated", "too-many-requests", "malformed-body", "insufficient-balance"),
    },
    Evidence.ASSUMED: {
        *("malformed-body", "bridge-malformed", "from-malformed", "to-malformed"),
        *("mid-malformed", "webhook-id-malformed", "variables-malformed", "duration-malformed"),
        *("bridge-unknown", "flow-unknown", "webhook-unknown"),
    },
}


def test_the_condition_of_each_fault_has_an_evidence_of_its_own() -> None:
    """The page documents what a parameter may be; the platform's overview has the other codes."""
    found: dict[Evidence, set[str]] = {}
    for rule in (rule for stage in rules.C2C for rule in stage):
        found.setdefault(rule.condition_evidence, set()).add(rule.fault.name)
    assert found == CONDITIONS


def test_the_operation_is_documented_by_post_and_observed_by_get() -> None:
    assert {endpoint.method: endpoint.evidence for endpoint in PROVIDER.endpoints} == {
        "POST": Evidence.DOCUMENTED,
        "GET": Evidence.OBSERVED,
    }
