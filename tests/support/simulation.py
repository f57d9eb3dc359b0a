"""Drives a sandbox's state without a server: places calls, runs what is due, answers webhooks."""

from collections.abc import Callable, Mapping
from typing import Any

from mockserver.core.account import Account, merge_patch
from mockserver.core.call import Call, DialAttempt, current_attempt
from mockserver.core.configuration import Configuration
from mockserver.core.http import Request
from mockserver.core.scenario import Scenario
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.engine.exchange import Exchange, IncomingRequest
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import run_due_item, update_account
from mockserver.engine.state.agenda import DueItem
from mockserver.engine.webhooks import complete_attempt
from tests.support import read
from tests.support.builders import build_incoming_request

START = 1_767_258_000_000  # 2026-01-01T09:00:00Z
CLICK_TO_CALL: Mapping[str, object] = {
    "bridge": "918068281234",
    "from": "918867135000",
    "to": "918867136000",
}
CLICK_TO_CALL_PATH = "/api/v2/voice/c2c"
Receiver = Callable[[Delivery], DeliveryResult]


def accept_delivery(_: Delivery) -> DeliveryResult:
    return DeliveryResult(status=200)


def only_providers(configuration: Configuration, *names: str) -> Configuration:
    """Return the configuration with these providers only."""
    return configuration._replace(
        providers={name: configuration.providers[name] for name in names},
        accounts={
            key: account for key, account in configuration.accounts.items() if key[0] in names
        },
    )


def build_click_to_call(state: SandboxState, *scenarios: str, **fields: object) -> IncomingRequest:
    """Build a Mobtexting click-to-call: the documented fields, changed by `fields`.

    A field that is None is left out.
    """
    bound = state.configuration.providers["mobtexting"]
    headers = {"authorization": "Bearer key", "accept": "application/json"}
    sent = {name: value for name, value in {**CLICK_TO_CALL, **fields}.items() if value is not None}
    request = Request(method="POST", path=CLICK_TO_CALL_PATH, headers=headers, fields=sent)
    return build_incoming_request(
        bound=bound, endpoint=bound.provider.endpoints[0], request=request, scenario_names=scenarios
    )


def click_to_call(
    state: SandboxState,
    *scenarios: str,
    now: int = START,
    headers: Mapping[str, str] | None = None,
    **fields: object,
) -> Exchange:
    """Place a Mobtexting click-to-call; `headers` and `fields` change the documented ones."""
    incoming = build_click_to_call(state, *scenarios, **fields)
    request = incoming.request.replace(headers={**incoming.request.headers, **(headers or {})})
    changed = build_incoming_request(
        bound=incoming.bound,
        endpoint=incoming.endpoint,
        request=request,
        scenario_names=scenarios,
    )
    return handle(state, changed, now)


def all_attempts(call: Call) -> tuple[DialAttempt, ...]:
    """Return the ended dial attempts of a call and its current one."""
    return (*call.attempts, current_attempt(call))


def play_until_idle(state: SandboxState, receiver: Receiver = accept_delivery) -> list[Delivery]:
    """Run until idle, complete each attempt at once, and return the deliveries."""
    deliveries = []
    while (due := read.peek(state)) is not None:
        delivery = run_due_item(state)
        if delivery is not None:
            deliveries.append(delivery)
            complete_attempt(state, delivery, receiver(delivery), due.at)
    return deliveries


def state_with_scenarios(
    configuration: Configuration, *scenarios: Scenario, **changes: Any
) -> SandboxState:
    """Return a state with these scenarios beside the bundled ones; the first is the default."""
    named = {
        **configuration.scenarios.by_name,
        **{scenario.name: scenario for scenario in scenarios},
    }
    scenario_set = configuration.scenarios._replace(by_name=named, default=scenarios[0].name)
    return SandboxState(configuration._replace(scenarios=scenario_set, **changes), START)


def configuration_with_provider(configuration: Configuration, **changes: Any) -> Configuration:
    """Return the configuration with a changed Mobtexting as its only provider."""
    bound = configuration.providers["mobtexting"]
    changed = bound._replace(provider=bound.provider._replace(**changes))
    return configuration._replace(providers={changed.provider.name: changed})


def state_with_provider(configuration: Configuration, **changes: Any) -> SandboxState:
    """Return a state with a changed Mobtexting as its only provider."""
    return SandboxState(configuration_with_provider(configuration, **changes), START)


def run_for(state: SandboxState, at: int) -> None:
    """Run everything due up to `at` ms after `START`."""
    run_until(state, START + at)


def run_until(state: SandboxState, at: int) -> None:
    """Run everything due up to the time `at`."""
    while (due := read.peek(state)) is not None and due.at <= at:
        run_due_item(state)


def patch_account(
    state: SandboxState, key: tuple[str, str], document: Mapping[str, object], now: int
) -> None:
    """Change an account by a merge patch, as the control API does."""
    changed = merge_patch(read.accounts(state)[key].document, document)
    account, problems = state.configuration.parse_account(key[1], key[0], changed)
    assert problems == ()
    assert isinstance(account, Account)
    update_account(state, account, now)


def change_account(state: SandboxState, **changes: Any) -> None:
    """Change the bundled Mobtexting account."""
    key = ("mobtexting", "mobtexting-default")
    state.accounts.replace(read.accounts(state)[key].replace(**changes))


def take_due_item(state: SandboxState) -> DueItem | None:
    """Take the earliest due item that holds off the agenda without running it."""
    state.drop_stale_items()
    return state.agenda.take() if read.peek(state) else None


def next_due(state: SandboxState) -> int | None:
    """Return the time of the next due item in ms, if there is one."""
    due = read.peek(state)
    return due.at if due else None
