"""A scenario can play on the operations and accounts that suit its `needs` and its `match`."""

from collections.abc import Mapping

import pytest

from mockserver.config.registry import load_providers
from mockserver.core.playability import (
    all_sites,
    meets_needs,
    operation_sites,
    play_accounts,
    play_sites,
)
from mockserver.core.scenario import MatchRule, Scenario

SITES = all_sites(bound.provider for bound in load_providers().values())
ACCOUNTS = [("mobtexting", "shop"), ("mobtexting", "test-shop"), ("phonon", "campaigns")]
EVERYWHERE = {"ccai", "effebot", "innocalls", "mobtexting", "phonon"}


def build_scenario(needs: Mapping[str, str], globs: Mapping[str, str] | None) -> Scenario:
    match = None if globs is None else MatchRule(globs=globs)
    return Scenario(name="mine", needs=needs, match=match)


@pytest.mark.parametrize(
    ("needs", "globs", "providers"),
    [
        ({}, None, EVERYWHERE),
        ({"provider": "phonon"}, None, {"phonon"}),
        ({}, {"provider": "*e*b*"}, {"effebot"}),
        ({"operation": "create"}, None, {"effebot", "phonon"}),
        ({}, {"operation": "create-*bound"}, {"ccai"}),
        ({}, {"account": "*shop"}, {"mobtexting"}),
        ({}, {"account": "not-described-yet"}, EVERYWHERE),
        ({"provider": "phonon"}, {"provider": "ccai"}, set()),
        ({"leg": "bridge"}, None, {"phonon"}),
        ({}, {"from": "91*"}, {"mobtexting"}),
        ({}, {"manager": "91*"}, set()),
        ({}, {"manager": "*"}, EVERYWHERE),
        ({}, {"credential": "key"}, EVERYWHERE),
    ],
)
def test_a_scenario_can_play_on_the_providers_that_suit_it(
    needs: Mapping[str, str], globs: Mapping[str, str] | None, providers: set[str]
) -> None:
    sites = play_sites(build_scenario(needs, globs), SITES, ACCOUNTS)
    assert {site.provider.name for site in sites} == providers


def test_an_operation_has_a_site_for_each_call_flow_and_one_without_calls() -> None:
    scenario = build_scenario({"provider": "innocalls"}, None)
    flows = [(site.operation, site.flow) for site in operation_sites(scenario, SITES, ())]
    assert flows[:4] == [
        ("order-confirmation", "one-leg"),
        ("call-status", ""),
        ("bridge", "b-after-a"),
        ("dispatch", "one-leg"),
    ]


def test_a_leg_that_is_dialed_later_has_no_number_when_a_scenario_is_selected() -> None:
    scenario = build_scenario({"provider": "ccai", "operation": "create-inbound"}, None)
    [site] = play_sites(scenario, SITES, ())
    assert site.dialed_names == {"a", "callee", "end_user"}


@pytest.mark.parametrize(
    ("globs", "accounts"),
    [
        (None, ACCOUNTS[:2]),
        ({"account": "test-*"}, ACCOUNTS[1:2]),
        ({"account": "campaigns"}, []),
    ],
)
def test_a_scenario_can_play_on_the_accounts_that_suit_it(
    globs: Mapping[str, str] | None, accounts: list[tuple[str, str]]
) -> None:
    scenario = build_scenario({"provider": "mobtexting"}, globs)
    sites = [site for site in SITES if site.provider.name == "mobtexting"]
    assert play_accounts(scenario, sites, ACCOUNTS) == tuple(accounts)


def test_a_site_meets_the_needs_of_a_scenario_whatever_it_matches() -> None:
    scenario = build_scenario({"provider": "phonon", "leg": "b"}, {"account": "nobody"})
    assert {
        (site.provider.name, site.operation, "b" in site.legs)
        for site in SITES
        if meets_needs(site, scenario)
    } == {("phonon", "create", True), ("phonon", "create-bulk", True)}
