"""The owner of the deliveries: by id, by call, and those held back for reordering."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from mockserver.core.webhook import Delivery
from mockserver.engine.state.totals import UNSENT, Totals

WebhookKey = tuple[str, str, str]
"""(provider, account, kind) of a webhook."""


class Deliveries:
    """The deliveries of a sandbox, oldest first; `count` counts the evicted ones, too.

    - `by_id`: id -> delivery.
    - `ids_by_call`: id of a call -> ids of its deliveries.
    - `held_back`: id of a call -> ids of the deliveries that wait for its next webhook.
    - `held_for_calls`: key -> ids of the deliveries that wait for such a webhook of another call.
    - `followers`: id of a delivery -> ids of those that go when its first attempt has ended.

    Attempts count in `totals`.
    """

    def __init__(self, totals: Totals | None = None) -> None:
        self.totals = totals or Totals()
        self._by_id: dict[str, Delivery] = {}
        self._ids_by_call: dict[str, list[str]] = {}
        self._held_back: dict[str, tuple[str, ...]] = {}
        self._held_for_calls: dict[WebhookKey, tuple[str, ...]] = {}
        self._followers: dict[str, tuple[str, ...]] = {}
        self.by_id: Mapping[str, Delivery] = MappingProxyType(self._by_id)
        self.ids_by_call: Mapping[str, Sequence[str]] = MappingProxyType(self._ids_by_call)
        self.held_back: Mapping[str, tuple[str, ...]] = MappingProxyType(self._held_back)
        self.held_for_calls: Mapping[WebhookKey, tuple[str, ...]] = MappingProxyType(
            self._held_for_calls
        )
        self.followers: Mapping[str, tuple[str, ...]] = MappingProxyType(self._followers)
        self.count = 0

    @property
    def next_id(self) -> str:
        """The id of the next delivery that is added."""
        return f"w{self.count + 1}"

    def add(self, delivery: Delivery) -> None:
        self.count += 1
        self._by_id[delivery.id] = delivery
        self._ids_by_call.setdefault(delivery.webhook.call_id, []).append(delivery.id)

    def update(self, delivery: Delivery) -> None:
        """Replace the delivery with the same id."""
        self._by_id[delivery.id] = delivery

    def end_attempt(self, delivery: Delivery) -> None:
        """Replace the delivery with the same id by one with one more attempt."""
        self._by_id[delivery.id] = delivery
        provider, result = delivery.provider, delivery.attempts[-1].result
        self.totals.attempts[provider, result.status or result.error, result.simulated] += 1
        if not result.simulated and result.error not in UNSENT:
            self.totals.durations[provider].observe(result.duration_ms)

    def hold(self, call_id: str, delivery_ids: tuple[str, ...]) -> None:
        """Hold back deliveries of a call until they are released."""
        self._held_back[call_id] = delivery_ids

    def release(self, call_id: str) -> tuple[str, ...]:
        """Return the ids of the call's deliveries that were held back; they are not any more."""
        return self._held_back.pop(call_id, ())

    def hold_for_call(self, key: WebhookKey, delivery_ids: tuple[str, ...]) -> None:
        """Hold back deliveries until one with the same key, but of another call, has gone."""
        self._held_for_calls[key] = delivery_ids

    def follow(self, key: WebhookKey, delivery_id: str) -> None:
        """Let those held for this key go as soon as this delivery has gone."""
        self._followers[delivery_id] = self._held_for_calls.pop(key)

    def release_followers(self, delivery_id: str) -> tuple[str, ...]:
        """Return the ids of those that waited for this delivery; they do not any more."""
        return self._followers.pop(delivery_id, ())

    def release_key(self, key: WebhookKey) -> tuple[str, ...]:
        """Return the ids of those held for this key; they are not any more."""
        return self._held_for_calls.pop(key)

    def is_held_for_call(self, delivery_id: str) -> bool:
        """Return True if the delivery waits for the webhook of another call."""
        return any(delivery_ids[0] == delivery_id for delivery_ids in self._held_for_calls.values())

    def evict(self, call_id: str) -> None:
        """Drop all deliveries of a call."""
        for delivery_id in self._ids_by_call.pop(call_id, ()):
            del self._by_id[delivery_id]
