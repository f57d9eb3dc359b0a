"""How a receiver answers to copies of one webhook, and to the same webhook again."""

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from mockserver.core.value import Value
from mockserver.core.webhook import Delivery, DeliveryAttempt, DeliveryResult

UNASKED: Final = frozenset({"refused-target", "internal"})
"""Errors of attempts that did not go to the receiver: a refused address, or our own fault."""


class Answer(Value):
    """What an attempt of a webhook met: a status with a body, or the class of an error."""

    webhook: str
    attempt: int
    status: int | None
    error: str | None
    body: bytes


class DifferingCopies(Value):
    """Webhooks that are copies of the first of them, and the answers, which are not the same.

    `differs` has `status`, `body` or both. An error instead of a status counts as a status.
    """

    webhooks: tuple[str, ...]
    differs: tuple[str, ...]
    answers: tuple[Answer, ...]


def is_asked(result: DeliveryResult) -> bool:
    """Return True if the attempt went to the receiver.

    It did not if a scenario simulates it, the address is refused, or the mock server is at fault.
    """
    return not result.simulated and result.error not in UNASKED


def find_differing_copies(
    deliveries: Sequence[Delivery], accepted: Collection[int]
) -> Iterator[DifferingCopies]:
    """Yield the webhooks whose copies, or repeated deliveries, got different answers.

    `accepted` are the statuses that end the retries. A refusal before a retry is no difference.
    """
    copies: dict[str, list[Delivery]] = {}
    for delivery in deliveries:
        copies.setdefault(delivery.copy_of or delivery.id, []).append(delivery)
    for group in copies.values():
        answers = tuple(each for copy in group for each in _final_answers(copy, accepted))
        if differs := tuple(_differences(answers)):
            yield DifferingCopies(tuple(copy.id for copy in group), differs, answers)


def _final_answers(delivery: Delivery, accepted: Collection[int]) -> Iterator[Answer]:
    """Yield the last answer to a webhook, and those before it that the vendor accepts."""
    asked = [attempt for attempt in delivery.attempts if is_asked(attempt.result)]
    for attempt in asked:
        if attempt is asked[-1] or attempt.result.status in accepted:
            yield _build_answer(delivery, attempt)


def _build_answer(delivery: Delivery, attempt: DeliveryAttempt) -> Answer:
    result = attempt.result
    return Answer(delivery.id, attempt.number, result.status, result.error, result.body)


def _differences(answers: Sequence[Answer]) -> Iterator[str]:
    if len({(answer.status, answer.error) for answer in answers}) > 1:
        yield "status"
    if len({answer.body for answer in answers if answer.status is not None}) > 1:
        yield "body"
