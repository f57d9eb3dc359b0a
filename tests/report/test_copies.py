"""Answers of a receiver to copies of one webhook."""

import pytest

from mockserver.core.webhook import Delivery, DeliveryAttempt, DeliveryResult
from mockserver.report.copies import Answer, DifferingCopies, find_differing_copies, is_asked
from tests.support.builders import build_delivery

OK = DeliveryResult(status=200, body=b"thanks")
DONE = DeliveryResult(status=200, body=b"done already")
BROKEN = DeliveryResult(status=500, body=b"oops")
TIMEOUT = DeliveryResult(status=None, error="timeout")
SIMULATED = DeliveryResult(status=500, simulated=True)


def build_copy(name: str, *results: DeliveryResult, copy_of: str = "") -> Delivery:
    attempts = tuple(
        DeliveryAttempt(number=number, at=0, result=result)
        for number, result in enumerate(results, 1)
    )
    return build_delivery(id=name, attempts=attempts, copy_of=copy_of)


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (OK, True),
        (TIMEOUT, True),
        (SIMULATED, False),
        (DeliveryResult(status=None, error="refused-target"), False),
        (DeliveryResult(status=None, error="internal"), False),
    ],
)
def test_a_receiver_is_asked_if_the_attempt_went_to_it(
    result: DeliveryResult, *, expected: bool
) -> None:
    assert is_asked(result) == expected


@pytest.mark.parametrize(
    ("first", "second", "differs"),
    [
        ((OK,), (OK,), None),
        ((OK,), (DONE,), ("body",)),
        ((OK,), (TIMEOUT,), ("status",)),
        ((OK,), (BROKEN,), ("status", "body")),
        ((OK,), (), None),
        ((OK,), (BROKEN, OK), None),
        ((OK,), (SIMULATED,), None),
        ((OK, BROKEN), (), ("status", "body")),
        ((BROKEN, OK), (), None),
    ],
)
def test_copies_differ_by_their_final_answers(
    first: tuple[DeliveryResult, ...],
    second: tuple[DeliveryResult, ...],
    differs: tuple[str, ...] | None,
) -> None:
    deliveries = [build_copy("w1", *first), build_copy("w2", *second, copy_of="w1")]
    found = [each.differs for each in find_differing_copies(deliveries, {200})]
    assert found == ([] if differs is None else [differs])


def test_differing_copies_are_named_with_their_answers() -> None:
    deliveries = [build_copy("w1", OK), build_copy("w2", OK), build_copy("w3", DONE, copy_of="w1")]
    assert [*find_differing_copies(deliveries, {200})] == [
        DifferingCopies(
            webhooks=("w1", "w3"),
            differs=("body",),
            answers=(
                Answer(webhook="w1", attempt=1, status=200, error=None, body=b"thanks"),
                Answer(webhook="w3", attempt=1, status=200, error=None, body=b"done already"),
            ),
        )
    ]
