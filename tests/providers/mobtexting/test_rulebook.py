"""The rulebook against the schema: no complaint without a row, no guess that hides."""

from mockserver.core.configuration import Configuration
from mockserver.core.provider import all_faults
from mockserver.core.rulebook import Evidence, Violation, ViolationTest
from mockserver.providers.mobtexting import PROVIDER, rules


def test_rulebook_has_a_row_for_all_that_the_schema_can_complain_about(
    configuration: Configuration,
) -> None:
    """But for the token: who is calling is asked before."""
    schema = configuration.providers["mobtexting"].document()["components"]["schemas"]["Click"]
    breaches = [
        rule.test for stage in rules.C2C for rule in stage if isinstance(rule.test, ViolationTest)
    ]
    complaints = [
        *(Violation(field=name, keyword="required") for name in schema["required"]),
        *(
            Violation(field=name, keyword="type")
            for name in schema["properties"]
            if name != "access_token"
        ),
    ]
    covering = {one: sum(breach.matches(one) for breach in breaches) for one in complaints}
    assert set(covering.values()) == {1}


def test_rulebook_hides_no_guess() -> None:
    known = all_faults(PROVIDER)
    assert {fault.evidence for fault in known} == {Evidence.ASSUMED}
    assert len({fault.name for fault in known}) == len(known)
