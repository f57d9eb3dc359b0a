"""Hold webhooks back, so that they arrive after one that was sent later."""

from collections.abc import Iterator
from typing import Final

from mockserver.core.call import Call
from mockserver.core.resolution import ResolvedScenario
from mockserver.core.scenario import Scenario
from mockserver.core.time import MINUTE
from mockserver.core.webhook import Delivery
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulated_attempts import schedule_deliveries
from mockserver.engine.state.deliveries import WebhookKey

MAX_HOLD: Final = MINUTE
"""How long a webhook waits for that of another call, from the moment at which it was due."""

HELD_BACK: Final = "`reorder: calls` holds it until the next {} of another call has gone"


def release_held(state: SandboxState, call_id: str, at: int) -> None:
    """Schedule the deliveries held back for the call's next one, none of them before `at` (ms)."""
    schedule_deliveries(state, state.deliveries.release(call_id), at)


def hold_for_call(state: SandboxState, delivery_ids: tuple[str, ...], due: int) -> bool:
    """Hold a delivery and its copies back until the webhook of another call has gone.

    `due` is in ms. Return False if one of the kind is held already: two never wait for each other.
    """
    key = _key(state.deliveries.by_id[delivery_ids[0]])
    if key in state.deliveries.held_for_calls:
        return False
    state.deliveries.hold_for_call(key, delivery_ids)
    state.agenda.schedule(due + MAX_HOLD, "hold-end", delivery_ids[0])
    return True


def follow_with_held(state: SandboxState, delivery_id: str) -> str:
    """Let those that are held for such a webhook of another call go after this delivery.

    Return the first of them, empty if there are none.
    """
    delivery = state.deliveries.by_id[delivery_id]
    key = _key(delivery)
    held = state.deliveries.held_for_calls.get(key)
    if not held or state.deliveries.by_id[held[0]].webhook.call_id == delivery.webhook.call_id:
        return ""
    state.deliveries.follow(key, delivery_id)
    return held[0]


def release_followers(state: SandboxState, delivery_id: str, at: int) -> None:
    """Schedule the deliveries that waited for this one, none of them before `at` (in ms)."""
    schedule_deliveries(state, state.deliveries.release_followers(delivery_id), at)


def end_hold(state: SandboxState, delivery: Delivery, at: int) -> str:
    """Schedule a delivery, with its copies, that no other has followed; say so in words."""
    schedule_deliveries(state, state.deliveries.release_key(_key(delivery)), at)
    return f"no {delivery.webhook.kind} of another call came within {MAX_HOLD // 1_000} s"


def held_replies(
    state: SandboxState, call: Call, resolved: ResolvedScenario, kinds: tuple[str, ...]
) -> Iterator[tuple[str, str, str]]:
    """Yield `before_reply` of a new call's webhooks that are held until another call sends one.

    `kinds` are those that the call sends.

    Yields:
        (name of the scenario, kind of webhooks as it stands there, reason). A kind for which
        another call's webhook is held is left out: the two swap, and this one goes at once.
    """
    spec, held = call.spec, state.deliveries.held_for_calls
    for part, word, meant in _meant_kinds(resolved, kinds):
        behavior = part.webhooks[word]
        is_held = not any((spec.provider, spec.account, kind) in held for kind in meant)
        if behavior.before_reply and behavior.reorder_calls and is_held:
            yield part.name, word, HELD_BACK.format(" or ".join(meant))


def _meant_kinds(
    resolved: ResolvedScenario, kinds: tuple[str, ...]
) -> Iterator[tuple[Scenario, str, tuple[str, ...]]]:
    """Yield (part, kind as it stands there, the kinds for which that decides)."""
    rest = kinds
    for part in resolved.parts:
        for word in part.webhooks:
            named = (word,) if word != "any" else tuple({*rest} - part.webhooks.keys())
            meant = tuple(kind for kind in rest if kind in named)
            if meant:
                yield part, word, meant
        rest = () if "any" in part.webhooks else tuple(k for k in rest if k not in part.webhooks)


def _key(delivery: Delivery) -> WebhookKey:
    return delivery.provider, delivery.account, delivery.webhook.kind
