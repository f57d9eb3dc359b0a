"""List the status words of a vendor: from its table, and of simulated bundled scenarios."""

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from from_code.markdown import code, table
from mockserver.core.bound_provider import BoundProvider
from mockserver.core.call import Call
from mockserver.core.configuration import Configuration
from mockserver.core.http import Request
from mockserver.core.provider import Endpoint, Provider
from mockserver.core.webhook import DeliveryResult
from mockserver.engine.exchange import IncomingRequest
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import run_due_item
from mockserver.engine.webhooks import complete_attempt

MAX_STEPS = 2_000  # due items of a scenario at most


class SimulatedCall(NamedTuple):
    """A call at the end of a scenario.

    `words` are its successive status words, `webhooks` the kinds of the webhooks sent.
    """

    words: list[str]
    call: Call
    webhooks: list[str]


def status_table(provider: Provider) -> str:
    """The table of a provider's statuses: what comes before each of them, and what leads to it."""
    heads = ("status", "reached from", "by", "time stamp set")
    rows = [
        (code(row.status), row.predecessors or "-", row.trigger, row.timestamp or "-")
        for row in provider.statuses
    ]
    return table(heads, rows)


def statuses(configuration: Configuration, bound: BoundProvider) -> str:
    heads = ("operation", "scenario", "outcome", "status words", "webhooks")
    return table(heads, _rows(configuration, bound))


def _rows(configuration: Configuration, bound: BoundProvider) -> Iterator[tuple[str, ...]]:
    names = [
        name
        for name, scenario in configuration.scenarios.by_name.items()
        if "/" not in name and "provider" not in scenario.needs and scenario.bundled
    ]
    for endpoint in bound.provider.endpoints:
        for name in names:
            if simulated := _simulate(configuration, bound, endpoint, name):
                yield (
                    code(endpoint.operation),
                    code(name),
                    simulated.call.outcome or "waits for an outside event",
                    " → ".join(map(code, simulated.words)),
                    ", ".join(map(code, simulated.webhooks)),
                )


def _simulate(
    configuration: Configuration, bound: BoundProvider, endpoint: Endpoint, scenario: str
) -> SimulatedCall | None:
    """Send the first example of an operation; return None if it places no call."""
    state = SandboxState(configuration, 0)
    account = next(
        account
        for (provider, _), account in state.accounts.by_key.items()
        if provider == bound.provider.name
    )
    unlimited = account.replace(numbers=None, limits=None, balance=None)
    state.accounts.replace(unlimited)
    request = Request(
        endpoint.method, endpoint.path, fields=next(iter(bound.examples(endpoint.operation)), {})
    )
    incoming = IncomingRequest(bound, endpoint, request, (scenario,), account=unlimited)
    exchange = handle(state, incoming, 0)
    if not exchange.call_ids:
        return None
    return _simulate_to_end(state, bound, exchange.call_ids[0])


def _simulate_to_end(state: SandboxState, bound: BoundProvider, call_id: str) -> SimulatedCall:
    """Run due items until nothing is due; receivers respond to every webhook with status 200."""
    status_words, webhooks = [bound.provider.status(state.calls.by_id[call_id])], []
    for _ in range(MAX_STEPS):
        due = state.peek()
        if due is None:
            break
        if delivery := run_due_item(state):
            complete_attempt(state, delivery, DeliveryResult(200), due.at)
            webhooks.append(delivery.webhook.kind)
        status_words.append(bound.provider.status(state.calls.by_id[call_id]))
    successive = [word for word, _ in groupby(status_words)]
    return SimulatedCall(successive, state.calls.by_id[call_id], webhooks)
