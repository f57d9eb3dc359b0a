"""What becomes of the webhooks of a call that ends, and of words about webhooks that it never sent.

Nobody can know earlier whether one more webhook comes.
"""

from typing import Final

from mockserver.core.journal import Ignored, JournalEntry
from mockserver.core.scenario import Scenario
from mockserver.core.webhook import Delivery
from mockserver.engine.delivery_behaviors import delivery_behavior, resolve_webhooks
from mockserver.engine.ignored_words import (
    is_asked_for,
    is_known,
    placing_exchange,
    record_ignored_key,
)
from mockserver.engine.reordering import release_held
from mockserver.engine.sandbox_state import SandboxState

LAST_WEBHOOK: Final = "no other webhook of the call came after it"
NO_WEBHOOK: Final = "the call has sent no webhook"


def end_webhooks(state: SandboxState, call_id: str, now: int) -> None:
    """Send what a call that ends still holds back, and journal the words that had no effect."""
    if held := state.deliveries.held_back.get(call_id):
        _check_order(state, state.deliveries.by_id[held[0]], now)
        release_held(state, call_id, now)
    scenario = state.calls.progress[call_id].webhook_scenario
    if scenario and call_id not in state.deliveries.ids_by_call:
        _record_unsent(state, call_id, scenario, now)


def _check_order(state: SandboxState, held: Delivery, now: int) -> None:
    """Journal `reorder` of a delivery that none has followed, if it is the call's first one.

    If the call had gone on, another webhook could have come.
    """
    names = state.deliveries.ids_by_call[held.webhook.call_id]
    sent = (state.deliveries.by_id[name] for name in names)
    first = next(
        each
        for each in sent
        if each.state != "dropped" and delivery_behavior(state, each.webhook).reorder
    )
    if first.id == held.id:
        record_ignored_key(state, held, "reorder", LAST_WEBHOOK, now, is_overtaken=True)


def _record_unsent(state: SandboxState, call_id: str, scenario: Scenario, now: int) -> None:
    """Journal all that a scenario says of webhooks, unless the response has told it already."""
    exchange, index = placing_exchange(state, call_id), state.calls.by_id[call_id].spec.match_index
    selected = exchange.matches[index].selection.webhooks if exchange else None
    for part in resolve_webhooks(state, call_id, scenario).parts:
        for kind in part.webhooks:
            ignored = Ignored(
                part.name,
                f"webhooks.{kind}",
                NO_WEBHOOK,
                exchange.id if exchange else "",
                call_id,
                strict=selected is None or is_asked_for(selected),
            )
            if not (exchange and is_known(exchange, ignored)):
                state.journal.append(JournalEntry(now, "ignored", call_id, ignored))
