"""Drives a sandbox's state without a server: places calls, runs what is due, answers webhooks."""

from collections.abc import Callable, Mapping
from typing import Any

from mockserver.core.account import Account, merge_patch
from mockserver.core.configuration import Configuration
from mockserver.core.http import Request
from mockserver.core.scenario import Scenario
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.engine.exchange import Exchange, IncomingRequest
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import step, update_account
from mockserver.engine.webhooks import complete_attempt
from tests.support import read

START = 1_767_258_000_000  # 2026-01-01T09:00:00Z
CLICK_TO_CALL: Mapping[str, object] = {
    "bridge": "918068281234",
    "from": "918867135000",
    "to": "918867136000",
}
Receiver = Callable[[Delivery], DeliveryResult]


def accept_delivery(_: Delivery) -> DeliveryResult:
    return DeliveryResult(status=200)


def only_providers(whole: Configuration, *names: str) -> Configuration:
    """The world with these providers alone, so that a test means no other."""
    return whole._replace(
        providers={name: whole.providers[name] for name in names},
        accounts={key: one for key, one in whole.accounts.items() if key[0] in names},
    )


def click_to_call(
    state: SandboxState,
    *stories: str,
    now: int = START,
    headers: Mapping[str, str] | None = None,
    **fields: object,
) -> Exchange:
    """A Mobtexting click-to-call, the documented fields first and `fields` over them."""
    listing = state.configuration.providers["mobtexting"]
    given = {"authorization": "Bearer key", "accept": "application/json", **(headers or {})}
    sent = {name: value for name, value in {**CLICK_TO_CALL, **fields}.items() if value is not None}
    asked = Request(method="POST", path="/api/v2/voice/c2c", headers=given, fields=sent)
    return handle(
        state,
        IncomingRequest(
            bound=listing, endpoint=listing.provider.endpoints[0], request=asked, scenarios=stories
        ),
        now,
    )


def play_until_idle(state: SandboxState, receiver: Receiver = accept_delivery) -> list[Delivery]:
    """Step until nothing is due, answering each webhook at once; what was handed out."""
    sent = []
    while (due := read.peek(state)) is not None:
        delivery = step(state)
        if delivery is not None:
            sent.append(delivery)
            complete_attempt(state, delivery, receiver(delivery), due.at)
    return sent


def state_with_scenarios(
    configuration: Configuration, *stories: Scenario, **changes: Any
) -> SandboxState:
    """A store that has these stories beside the bundled ones; the first is its default."""
    named = {**configuration.scenarios.by_name, **{story.name: story for story in stories}}
    told = configuration.scenarios._replace(by_name=named, default=stories[0].name)
    return SandboxState(configuration._replace(scenarios=told, **changes), START)


def state_with_provider(configuration: Configuration, **changes: Any) -> SandboxState:
    """A store whose provider behaves differently."""
    listing = configuration.providers["mobtexting"]
    provider = listing.provider._replace(**changes)
    return SandboxState(
        configuration._replace(providers={"mobtexting": listing._replace(provider=provider)}), START
    )


def run_for(state: SandboxState, at: int) -> None:
    """Do all that is due up to so many ms after the start."""
    run_until(state, START + at)


def run_until(state: SandboxState, at: int) -> None:
    """Do all that is due up to that moment."""
    while (due := read.peek(state)) is not None and due.at <= at:
        step(state)


def patch_account(
    state: SandboxState, key: tuple[str, str], document: Mapping[str, object], now: int
) -> None:
    """An account changed by a merge patch, as a control request would."""
    changed = merge_patch(read.accounts(state)[key].document, document)
    account, flaws = state.configuration.parse_account(key[1], key[0], changed)
    assert flaws == ()
    assert isinstance(account, Account)
    update_account(state, account, now)


def change_account(state: SandboxState, **changes: Any) -> None:
    """Change the bundled Mobtexting account."""
    key = ("mobtexting", "mobtexting-default")
    read.accounts(state)[key] = read.accounts(state)[key]._replace(**changes)


def next_due(state: SandboxState) -> int | None:
    """When the next thing happens, in ms."""
    due = read.peek(state)
    return due.at if due else None
