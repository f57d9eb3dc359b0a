"""The evidence of a provider: what is assumed or observed, and how much is documented."""

from typing import Any

import pytest

from mockserver.core.bound_provider import BoundProvider
from mockserver.core.configuration import Configuration
from mockserver.core.evidence_outline import (
    EvidenceRow,
    count_documented,
    evidence_rows,
    outline_evidence,
    undocumented_rows,
)
from mockserver.core.provider import Endpoint, Provider
from mockserver.core.rulebook import Evidence, Fault, Rule, Rulebook, known_by, missing_field
from mockserver.core.webhook_kind import WebhookKind
from tests.support.simulation import configuration_with_provider

ASSUMED, DOCUMENTED, OBSERVED = Evidence.ASSUMED, Evidence.DOCUMENTED, Evidence.OBSERVED
DENIED = Fault(name="denied", status=401, message="Go away", evidence=ASSUMED)
MISSING = Fault(name="missing", status=422, message="", evidence=DOCUMENTED)
WRONG_METHOD = Fault(name="wrong-method", status=405, message="No", evidence=OBSERVED)


def row(
    kind: str, what: str, evidence: Evidence, note: str = "", item_count: int = 1
) -> EvidenceRow:
    return EvidenceRow(kind=kind, what=what, evidence=evidence, note=note, item_count=item_count)


def is_broken(_: object) -> bool:
    return True


DENIAL = Rule(test=is_broken, fault=DENIED)
MISSING_TO = known_by(ASSUMED, missing_field("to", MISSING), "the sample has it")
MISSING_FROM = missing_field("from", MISSING)


def build_provider(configuration: Configuration, **changes: Any) -> Provider:
    """A provider with two operations, of which only the first needs `to`."""

    def endpoint(operation: str, rules: Rulebook, evidence: Evidence) -> Endpoint:
        usual = configuration.providers["mobtexting"].provider.endpoints[0]
        address = usual._replace(operation=operation, host="a.test", path=f"/{operation}")
        return address._replace(rules=rules, evidence=evidence)

    usual: dict[str, Any] = {
        "title": "Acme",
        "endpoints": (
            endpoint("dial", ((DENIAL,), (MISSING_FROM, MISSING_TO)), DOCUMENTED),
            endpoint("redial", ((DENIAL,), (MISSING_FROM,)), OBSERVED),
        ),
        "wrong_method": WRONG_METHOD,
        "scenario_only_faults": (),
        "words": {},
        "details": {},
        "webhooks": {},
    }
    changed = configuration_with_provider(configuration, **{**usual, **changes})
    bound: BoundProvider = changed.providers["mobtexting"]
    return bound.provider


def test_operations_faults_and_their_conditions_have_a_row(configuration: Configuration) -> None:
    assert evidence_rows(build_provider(configuration)) == (
        row("operations", "`dial` at `POST a.test/dial`", DOCUMENTED),
        row("operations", "`redial` at `POST a.test/redial`", OBSERVED),
        row("texts of faults", "`denied`: `Go away`", ASSUMED),
        row("texts of faults", "`missing`", DOCUMENTED),
        row("texts of faults", "`wrong-method`: `No`", OBSERVED),
        row("conditions of faults", "`denied` for every operation", ASSUMED, item_count=2),
        row(
            "conditions of faults",
            "`missing` for the field `from` of every operation",
            DOCUMENTED,
            item_count=2,
        ),
        row(
            "conditions of faults",
            "`missing` for the field `to` of `dial`",
            ASSUMED,
            "the sample has it",
        ),
    )


WORD_ROWS = (
    row("words", "`on` of `a`, `b`", DOCUMENTED, item_count=2),
    row("words", "`off`, `odd` of `a`", ASSUMED, item_count=2),
    row("words", "`off` of `b`", ASSUMED),
)
WEBHOOK_ROWS = (
    row("parts of webhooks", "`report`: body", OBSERVED, "it is over"),
    row(
        "parts of webhooks",
        "`report`: statuses that count as received, number of attempts and waits",
        ASSUMED,
        "it is over",
        2,
    ),
    row("parts of webhooks", "`report`: what later attempts carry", DOCUMENTED, "it is over"),
)
KIND = WebhookKind(
    body=OBSERVED, satisfied_by=ASSUMED, waits=ASSUMED, repeats=DOCUMENTED, note="it is over"
)


@pytest.mark.parametrize(
    ("changes", "rows"),
    [
        (
            {
                "words": {
                    "a": {"on": DOCUMENTED, "off": ASSUMED, "odd": ASSUMED},
                    "b": {"on": DOCUMENTED, "off": ASSUMED},
                }
            },
            WORD_ROWS,
        ),
        (
            {"details": {"default of `tries`": ("0", ASSUMED)}},
            (row("details", "default of `tries`", ASSUMED, "0"),),
        ),
        ({"webhooks": {"report": KIND}}, WEBHOOK_ROWS),
    ],
    ids=["words", "details", "webhooks"],
)
def test_words_details_and_webhooks_have_a_row_for_each_evidence(
    configuration: Configuration, changes: dict[str, Any], rows: tuple[EvidenceRow, ...]
) -> None:
    assert evidence_rows(build_provider(configuration, **changes))[-len(rows) :] == rows


def test_undocumented_rows_are_those_that_are_assumed_or_observed(
    configuration: Configuration,
) -> None:
    rows = undocumented_rows(build_provider(configuration))
    assert [(each.what, each.evidence) for each in rows] == [
        ("`redial` at `POST a.test/redial`", OBSERVED),
        ("`denied`: `Go away`", ASSUMED),
        ("`wrong-method`: `No`", OBSERVED),
        ("`denied` for every operation", ASSUMED),
        ("`missing` for the field `to` of `dial`", ASSUMED),
    ]


def test_what_is_documented_is_counted_by_kind(configuration: Configuration) -> None:
    assert count_documented(build_provider(configuration, webhooks={"report": KIND})) == (
        "operations 1 of 2, texts of faults 1 of 3, conditions of faults 2 of 5, "
        "parts of webhooks 1 of 4"
    )


def test_an_outline_has_a_heading_for_each_kind_and_a_line_for_each_row(
    configuration: Configuration,
) -> None:
    assert list(outline_evidence(build_provider(configuration))) == [
        "Acme",
        "  documented: operations 1 of 2, texts of faults 1 of 3, conditions of faults 2 of 5",
        "operations",
        "  observed `redial` at `POST a.test/redial`",
        "texts of faults",
        "  assumed  `denied`: `Go away`",
        "  observed `wrong-method`: `No`",
        "conditions of faults",
        "  assumed  `denied` for every operation",
        "  assumed  `missing` for the field `to` of `dial`: the sample has it",
    ]
