"""The report of a Phonon call: its schema, its printed samples, and the client's own id in it."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from mockserver.core.behavior import PRESETS
from mockserver.core.configuration import Configuration
from mockserver.core.scenario import Scenario
from mockserver.engine.sandbox_state import SandboxState
from mockserver.providers.phonon import PROVIDER
from tests.support.simulation import only_providers, play_until_idle, state_with_scenarios
from tests.support.vendors.phonon import build_item, patch_account, request

ONE, TWO = "918867136000", "918867136001"
FORMS = {"Report": [], "Report2020": ["report-2020"]}


def schema(configuration: Configuration, name: str) -> dict[str, Any]:
    document = configuration.providers["phonon"].document()
    return {"$ref": f"#/components/schemas/{name}", "components": document["components"]}


def sent_report(state: SandboxState, *scenarios: str, **fields: Any) -> dict[str, Any]:
    request(state, *scenarios, **fields)
    [delivery] = play_until_idle(state)
    assert isinstance(delivery.webhook.body, dict)
    return delivery.webhook.body


@pytest.mark.parametrize("preset", sorted(PRESETS.keys() - {"person"}))
@pytest.mark.parametrize("quirks", [[], ["client-identifier"]])
@pytest.mark.parametrize("form", FORMS)
def test_a_report_is_valid_by_its_schema_whatever_the_contact_does(
    configuration: Configuration, preset: str, quirks: list[str], form: str
) -> None:
    scenario = Scenario(name="mine", legs={"a": PRESETS[preset]})
    state = state_with_scenarios(only_providers(configuration, "phonon"), scenario)
    patch_account(state, {"quirks": [*FORMS[form], *quirks]})
    report = sent_report(state, calls=[build_item(ONE, TWO, client_identifier="x")])
    assert list(Draft202012Validator(schema(configuration, form)).iter_errors(report)) == []


@pytest.mark.parametrize(("example", "form"), [("newer", "Report"), ("older", "Report2020")])
def test_the_printed_sample_of_a_report_is_valid_by_its_schema(
    configuration: Configuration, example: str, form: str
) -> None:
    document = configuration.providers["phonon"].document()
    body = document["webhooks"]["report"]["post"]["requestBody"]["content"]["application/json"]
    sample = body["examples"][example]["value"]
    assert list(Draft202012Validator(schema(configuration, form)).iter_errors(sample)) == []


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("quirks", "sent", "expected"),
    [
        ([], {"client_identifier": "x"}, ["phonon-uuid"]),
        (["client-identifier"], {"client_identifier": "x"}, ["phonon-uuid", "x"]),
        (["client-identifier"], {"client_identifier": 7}, ["phonon-uuid", 7]),
        (["client-identifier"], {}, ["phonon-uuid", None]),
    ],
)
def test_the_client_identifier_is_in_the_report_with_the_quirk_for_it(
    state: SandboxState, form: str, quirks: list[str], sent: dict[str, Any], expected: list[Any]
) -> None:
    patch_account(state, {"quirks": [*FORMS[form], *quirks]})
    report = sent_report(state, bulk=True, calls=[build_item(ONE, **sent)])
    ids = report["body"] if form == "Report" else report
    names = [name for name in ids if name in ("phonon-uuid", "client-identifier")]
    assert [names[0], *(ids[name] for name in names[1:])] == expected


def test_the_words_of_a_report_are_those_of_the_provider(configuration: Configuration) -> None:
    """Each call of every outcome tells a hangup cause that the provider lists."""
    told = set()
    for preset in PRESETS.keys() - {"person"}:
        scenario = Scenario(name="mine", legs={"a": PRESETS[preset]})
        state = state_with_scenarios(only_providers(configuration, "phonon"), scenario)
        details = sent_report(state, calls=[build_item(ONE)])["body"]["callDetails"]
        told |= {detail["hangupCause"] for detail in details}
    assert told <= PROVIDER.words["callDetails.hangupCause"].keys()
