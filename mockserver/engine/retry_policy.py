"""The retry policy of webhooks: which attempt is the last, and the back-off before the next."""

from collections.abc import Mapping

from mockserver.core.account import Account, Retry
from mockserver.core.bound_provider import BoundProvider
from mockserver.core.configuration import AccountKey
from mockserver.core.webhook import Delivery, DeliveryResult


def find_retry(
    delivery: Delivery,
    accounts: Mapping[AccountKey, Account],
    providers: Mapping[str, BoundProvider],
) -> Retry:
    """Return the retry of the account of a webhook, else that of its vendor."""
    account = accounts[delivery.provider, delivery.account]
    return account.retry or providers[delivery.provider].provider.retry


def apply_retry_policy(
    delivery: Delivery, retry: Retry, result: DeliveryResult, now: int
) -> Delivery:
    """Return the delivery as delivered, refused, failed, or pending with its next attempt.

    `result` is that of an attempt that is not in `delivery.attempts` yet. The back-off, in ms,
    counts from `now`, the end of that attempt.
    """
    if result.status in retry.satisfied_by:
        return delivery.replace(state="delivered", next_attempt_at=None)
    if result.error == "refused-target":
        return delivery.replace(state="refused", next_attempt_at=None)
    attempt_count = len(delivery.attempts)
    if attempt_count < len(retry.waits):
        return delivery.replace(next_attempt_at=now + retry.waits[attempt_count])
    return delivery.replace(state="failed", next_attempt_at=None)
