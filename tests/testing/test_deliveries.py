"""Drawn deliveries: what a receiver gets, with copies, losses, damage and disorder."""

import json
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import Phase, find, given, settings

from mockserver.testing import SentWebhook, webhook_deliveries

Deliveries = tuple[SentWebhook, ...]

SENDING = ("mobtexting", "phonon", "innocalls", "effebot")
WITHIN_200 = settings(
    max_examples=200, database=None, derandomize=True, phases=(Phase.generate, Phase.shrink)
)


def is_readable(sent: SentWebhook) -> bool:
    try:
        json.loads(sent.body)
    except ValueError:
        return False
    return True


def is_out_of_order(deliveries: Deliveries) -> bool:
    calls = [sent.call for sent in deliveries]
    return calls != sorted(calls)


KINDS: dict[str, Callable[[Deliveries], bool]] = {
    "none": lambda found: not found,
    "one": lambda found: len(found) == 1,
    "a copy": lambda found: any(sent.copy_of for sent in found),
    "damage": lambda found: not all(map(is_readable, found)),
    "two calls at once": lambda found: len({sent.at for sent in found}) < len(found),
    "disorder": is_out_of_order,
    "calls": lambda found: len({sent.call for sent in found}) > 1,
    "pieces": lambda found: any(len(sent.pieces) == 3 for sent in found),
    "copies at once": lambda found: any(sent.at_once and sent.copy_of for sent in found),
    "before the reply": lambda found: any(sent.before_reply for sent in found),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_travel_is_drawn_within_200_examples(kind: str) -> None:
    assert KINDS[kind](find(webhook_deliveries("mobtexting"), KINDS[kind], settings=WITHIN_200))


@pytest.mark.parametrize("provider", SENDING)
def test_every_vendor_with_webhooks_sends_some(provider: str) -> None:
    sent, *_ = find(webhook_deliveries(provider), bool, settings=WITHIN_200)
    assert sent.call == "c1"
    assert sent.body or sent.query


def test_a_webhook_whose_response_got_lost_comes_again() -> None:
    def comes_again(found: Deliveries) -> bool:
        return [sent.attempt for sent in found if sent.webhook == "w1"] == [1, 2]

    found = find(webhook_deliveries("effebot", "create"), comes_again, settings=WITHIN_200)
    first, second = (sent for sent in found if sent.webhook == "w1")
    assert (first.call, first.kind, first.copy_of) == (second.call, second.kind, None)


@given(webhook_deliveries("mobtexting"))
def test_a_delivery_says_whether_it_is_damaged_and_what_the_vendor_accepts(
    deliveries: Deliveries,
) -> None:
    for sent in deliveries:
        assert is_readable(sent) == (sent.altered is None)
        assert sent.accepted == {200, 202}


@given(webhook_deliveries("effebot", "create"))
def test_a_body_comes_in_up_to_three_pieces(deliveries: Deliveries) -> None:
    for sent in deliveries:
        assert b"".join(sent.pieces) == sent.body
        assert 1 <= len(sent.pieces) <= 3


@given(webhook_deliveries("innocalls"))
def test_without_a_body_there_are_no_pieces(deliveries: Deliveries) -> None:
    assert [sent.pieces for sent in deliveries] == [()] * len(deliveries)


@given(webhook_deliveries("effebot", "create"))
def test_only_copies_and_webhooks_of_other_calls_come_at_once(deliveries: Deliveries) -> None:
    for earlier, sent in pairwise(deliveries):
        same = {earlier.copy_of, earlier.webhook} & {sent.copy_of, sent.webhook} - {None}
        may_meet = earlier.at == sent.at and (earlier.call != sent.call or bool(same))
        assert may_meet or not sent.at_once


@given(webhook_deliveries("effebot", "create", calls=1))
def test_deliveries_come_in_the_order_of_their_times(deliveries: Deliveries) -> None:
    times = [sent.at for sent in deliveries]
    assert (times, {sent.call for sent in deliveries} <= {"c1"}) == (sorted(times), True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("ccai",), "ccai sends no webhooks"),
        (("innocalls", "bridge"), "innocalls bridge sends no webhooks"),
        (("mobtextin",), "no provider is named 'mobtextin': did you mean 'mobtexting'\\?"),
    ],
)
def test_a_vendor_without_webhooks_is_refused(arguments: tuple[str, ...], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        webhook_deliveries(*arguments)
