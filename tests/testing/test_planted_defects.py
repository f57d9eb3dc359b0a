"""Receivers with a planted defect each: the strategy finds it, and shows the smallest run."""

import json
from collections.abc import Callable
from urllib.parse import parse_qsl

import pytest
from hypothesis import Phase, find, given, settings

from mockserver.testing import SentWebhook, webhook_deliveries

Deliveries = tuple[SentWebhook, ...]
Receive = Callable[[Deliveries], int]
"""Returns how many calls the receiver bills."""


def once(deliveries: Deliveries) -> int:
    """Bill each call of which a report can be read, whatever else comes: this is right."""
    return len({sent.call for sent in deliveries if sent.altered is None})


def each_report(deliveries: Deliveries) -> int:
    return sum(sent.altered is None for sent in deliveries)


def damaged_reports_too(deliveries: Deliveries) -> int:
    return len({sent.call for sent in deliveries})


def none_after_damage(deliveries: Deliveries) -> int:
    damage = [index for index, sent in enumerate(deliveries) if sent.altered]
    return once(deliveries[: damage[0]] if damage else deliveries)


def unless_it_was_the_last(deliveries: Deliveries) -> int:
    reports = [sent.call for sent in deliveries if sent.altered is None]
    return sum(call != before for call, before in zip(reports, ["", *reports], strict=False))


def smallest(provider: str, receive: Receive, right: Receive) -> Deliveries:
    """Return the smallest run in which the receiver is wrong."""
    within_200 = settings(
        max_examples=200, database=None, derandomize=True, phases=(Phase.generate, Phase.shrink)
    )
    return find(
        webhook_deliveries(provider),
        lambda deliveries: receive(deliveries) != right(deliveries),
        settings=within_200,
    )


@pytest.mark.parametrize(
    ("receive", "count"),
    [
        (each_report, 2),
        (damaged_reports_too, 1),
        (none_after_damage, 2),
        (unless_it_was_the_last, 3),
    ],
)
def test_a_receiver_of_reports_shows_its_defect_in_few_webhooks(
    receive: Receive, count: int
) -> None:
    assert len(smallest("mobtexting", receive, once)) == count


def finished(deliveries: Deliveries) -> set[str]:
    """The calls that a status says are finished."""
    return {sent.call for sent in deliveries if status(sent) == "finished"}


def status(sent: SentWebhook) -> str:
    if sent.altered:
        return ""
    [call] = json.loads(sent.body)["apiCalls"][0]["calls"]
    return str(call["status"])


def by_last_status(deliveries: Deliveries) -> int:
    last = {sent.call: status(sent) for sent in deliveries if sent.altered is None}
    return list(last.values()).count("finished")


def each_attempt(deliveries: Deliveries) -> int:
    found = {(sent.call, sent.attempt) for sent in deliveries if status(sent) == "finished"}
    return len(found)


@pytest.mark.parametrize("receive", [by_last_status, each_attempt])
def test_a_receiver_of_statuses_shows_its_defect(receive: Receive) -> None:
    assert smallest("effebot", receive, lambda deliveries: len(finished(deliveries)))


def in_order(deliveries: Deliveries) -> int:
    """Bill a call at its end if its keys have come before."""
    keys, billed = set[str](), set[str]()
    for sent in deliveries:
        (keys if sent.kind == "get-digits" else billed).add(sent.call)
        billed &= keys
    return len(billed)


def in_any_order(deliveries: Deliveries) -> int:
    kinds = {(sent.call, sent.kind) for sent in deliveries}
    return sum((call, "get-digits") in kinds for call, kind in kinds if kind == "cdr")


def test_a_receiver_that_depends_on_order_shows_its_defect() -> None:
    kinds = [sent.kind for sent in smallest("innocalls", in_order, in_any_order)]
    assert kinds == ["cdr", "get-digits"]


@given(webhook_deliveries("innocalls"))
def test_a_webhook_in_a_query_is_not_damaged(deliveries: Deliveries) -> None:
    for sent in deliveries:
        assert dict(parse_qsl(sent.query))["callId"]
        assert (sent.body, sent.altered) == (b"", None)
