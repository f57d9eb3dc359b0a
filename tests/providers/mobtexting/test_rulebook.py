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
