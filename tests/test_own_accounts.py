"""An account of the user's own, as the docs show it, plays every bundled scenario it suits."""

import re
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path

import pytest

from mockserver.compiler import build_configuration
from mockserver.core.accepted_requests import accepted_requests
from mockserver.core.account import Account
from mockserver.core.configuration import AccountKey, Configuration
from mockserver.core.journal import Ignored, RejectedEvent
from mockserver.core.scenario import Scenario
from mockserver.engine.dry_run import dry_run
from mockserver.engine.exchange import Exchange
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from mockserver.settings import parse_settings
from tests.support import read
from tests.support.builders import build_incoming_request
from tests.support.simulation import START, play_until_idle

DOCS = Path(__file__).parent.parent / "docs"
ACCOUNTS: Mapping[str, AccountKey] = {
    "how-to/scenarios shop": ("mobtexting", "shop"),
    "vendors/mobtexting mobtexting": ("mobtexting", "shop"),
    "vendors/innocalls innocalls": ("innocalls", "shop"),
    "vendors/ccai ccai": ("ccai", "acme"),
    "vendors/effebot effebot": ("effebot", "shop"),
    "vendors/phonon phonon": ("phonon", "campaigns"),
}
"""Page and name of a block of YAML -> the account in it."""
BUNDLED = build_configuration(parse_settings({}, {}))
UNSUITABLE = {
    ("vendors/ccai ccai", "ccai-held-and-moved"): [
        "no agent is named 'agent@somedomain.com': ann@acme.test, bob@acme.test"
    ],
    ("vendors/phonon phonon", "second-leg-no-answer"): [],
}
"""Account and scenario -> why the account cannot play it: by its steps, or no request suits it."""


@pytest.fixture(scope="module")
def configurations(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Configuration]:
    """Return the configuration of each account: with no other, and with the bundled scenarios."""
    folder = tmp_path_factory.mktemp("accounts")
    return {block: build_own(block, folder) for block in ACCOUNTS}


def build_own(block: str, folder: Path) -> Configuration:
    page, name = block.split()
    printed = (DOCS / f"{page}.md").read_text("utf-8")
    [text] = re.findall(rf"```yaml {name}\n(.*?)```", printed, re.DOTALL)
    file = folder / f"{name}.yaml"
    file.write_text(text, "utf-8")
    configuration = build_configuration(parse_settings({"scenarios": (str(file),)}, {}))
    key = ACCOUNTS[block]
    return configuration._replace(accounts={key: configuration.accounts[key]})


def exchanges(
    configuration: Configuration, account: Account, scenario: Scenario
) -> Iterator[tuple[SandboxState, Exchange]]:
    """Yield a state and an exchange for each request that the account accepts and that suits."""
    bound = configuration.providers[account.provider]
    for endpoint in bound.provider.endpoints:
        for request in accepted_requests(bound, endpoint, account, START).requests:
            state = SandboxState(configuration, START)
            incoming = build_incoming_request(
                bound=bound, endpoint=endpoint, request=request, scenario_names=(scenario.name,)
            )
            exchange = handle(state, incoming, START)
            if not all(scenario.missing_requirement(match.context) for match in exchange.matches):
                yield state, exchange


@pytest.mark.parametrize("block", ACCOUNTS)
def test_an_account_of_the_docs_accepts_a_request_of_each_kind(
    block: str, configurations: Mapping[str, Configuration]
) -> None:
    configuration = configurations[block]
    [account] = configuration.accounts.values()
    bound = configuration.providers[account.provider]
    reasons = {
        endpoint.operation: accepted_requests(bound, endpoint, account, START).reason
        for endpoint in bound.provider.endpoints
        if endpoint.operation in bound.provider.samples
    }
    assert {name: reason for name, reason in reasons.items() if reason} == (
        {"create-with-template": "the account has no moderated template"}
        if "effebot" in block
        else {}
    )


@pytest.mark.parametrize(
    ("block", "name"),
    [
        (block, name)
        for block, name in product(ACCOUNTS, BUNDLED.scenarios.public_names)
        if BUNDLED.scenarios.by_name[name].needs.get("provider") in (None, ACCOUNTS[block][0])
    ],
)
def test_an_account_of_the_docs_plays_each_bundled_scenario_that_suits_it(
    block: str, name: str, configurations: Mapping[str, Configuration]
) -> None:
    configuration = configurations[block]
    [account] = configuration.accounts.values()
    scenario = configuration.scenarios.by_name[name]
    if (block, name) in UNSUITABLE:
        assert unsuitable_reasons(configuration, scenario) == UNSUITABLE[block, name]
        return
    played = 0
    for state, exchange in exchanges(configuration, account, scenario):
        fault = scenario.responses[0].fault if scenario.responses else None
        assert (exchange.fault, bool(exchange.call_ids)) == (fault, fault is None)
        play_until_idle(state)
        assert rejected_steps(state) == []
        played += has_come_through(state)
    assert played


def unsuitable_reasons(configuration: Configuration, scenario: Scenario) -> list[str]:
    """Return why the steps cannot be played; nothing if no request suits the scenario."""
    [account] = configuration.accounts.values()
    assert scenario.steps or [*exchanges(configuration, account, scenario)] == []
    return [problem.reason for problem in dry_run(configuration, scenario).problems][:1]


def rejected_steps(state: SandboxState) -> list[RejectedEvent]:
    payloads = (entry.payload for entry in read.journal(state))
    return [each for each in payloads if isinstance(each, RejectedEvent) and each.location]


def has_come_through(state: SandboxState) -> bool:
    """Return whether the call has all legs of its scenario, and has ended or waits for somebody."""
    payloads = [entry.payload for entry in read.journal(state)]
    ignored = any(isinstance(each, Ignored) and each.what.startswith("legs.") for each in payloads)
    ended = all(
        call.phase == "ended" or read.wait_reasons(state)[call.spec.id]
        for call in read.calls(state).values()
    )
    return ended and not ignored
