"""The rulebook against the schema: no complaint without a row, no guess that hides."""

from mockserver.core.provider import faults
from mockserver.core.rules import Breach, Source, Violation
from mockserver.engine.store import World
from mockserver.providers.mobtexting import PROVIDER, rules


def test_rulebook_has_a_row_for_all_that_the_schema_can_complain_about(world: World) -> None:
    """But for the token: who is calling is asked before."""
    schema = world.listings["mobtexting"].document()["components"]["schemas"]["Click"]
    breaches = [rule.test for stage in rules.C2C for rule in stage if isinstance(rule.test, Breach)]
    complaints = [
        *(Violation(name, "required") for name in schema["required"]),
        *(Violation(name, "type") for name in schema["properties"] if name != "access_token"),
    ]
    covering = {one: sum(breach.covers(one) for breach in breaches) for one in complaints}
    assert set(covering.values()) == {1}


def test_rulebook_hides_no_guess() -> None:
    known = faults(PROVIDER)
    assert {fault.source for fault in known} == {Source.ASSUMED}
    assert len({fault.name for fault in known}) == len(known)
