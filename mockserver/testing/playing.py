"""Plays calls without a server, and tells what the receiver of their webhooks gets."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from mockserver.core.configuration import Configuration
from mockserver.core.time import SECOND, format_iso
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.engine.exchange import IncomingRequest
from mockserver.engine.pipeline import handle
from mockserver.engine.retry_policy import find_retry
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import run_due_item
from mockserver.engine.webhooks import complete_attempt, is_due_before_response
from mockserver.runtime.sent_webhooks import build_sent_request
from mockserver.testing.candidates import Candidate
from mockserver.testing.operations import with_scenarios

ORIGIN: Final = "http://receiver.test"
LOST: Final = DeliveryResult(None, "timeout")
CLIENT_HEADERS: Final = frozenset({"host", "connection", "content-length"})
"""Headers that the client of a test sets by itself."""


class SentWebhook(NamedTuple):
    """A webhook as it comes to a receiver; `at` is its time on the virtual clock.

    `call` and `webhook` are ids of the mock server; `copy_of` is that of the webhook that a copy
    repeats, and `attempt` counts from 1. `altered` says how the body is damaged. `accepted` are the
    statuses that the vendor takes as received. `pieces` are the body as it arrives, several from a
    slow sender. If `at_once`, it comes before the webhook that stands before it has a response. If
    `before_reply`, it comes before the response to the request that places the call.
    """

    at: str
    call: str
    webhook: str
    copy_of: str | None
    attempt: int
    kind: str
    method: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    altered: str | None
    accepted: frozenset[int]
    pieces: tuple[bytes, ...]
    at_once: bool
    before_reply: bool


class PlayedCall(NamedTuple):
    """A request, the scenario that it names, and the seconds since the request before."""

    candidate: Candidate
    scenario: Mapping[str, Any]
    gap: int


class DueRequest(NamedTuple):
    at: int
    incoming: IncomingRequest


def play_calls(played: Sequence[PlayedCall], lost: Collection[int]) -> tuple[SentWebhook, ...]:
    """Play the requests in a sandbox of their own, and return what the receiver gets.

    `lost` are the positions of the webhooks whose responses get lost, so that they come again if
    the vendor tries again.
    """
    scenarios = {f"drawn-{number}": each.scenario for number, each in enumerate(played, 1)}
    requests = list[DueRequest]()
    at = played[0].candidate.now
    for name, (candidate, _, gap) in zip(scenarios, played, strict=True):
        at += gap * SECOND
        requests.append(build_request(candidate, at, (name,)))
    return tuple(play(with_scenarios(scenarios), requests, lost))


def build_request(candidate: Candidate, at: int, names: tuple[str, ...] = ()) -> DueRequest:
    """Build the request with the names of scenarios in its header."""
    bound, endpoint, _, request, _ = candidate
    credential = bound.provider.credential(request) or ""
    return DueRequest(at, IncomingRequest(bound, endpoint, request, names, credential))


def play(
    configuration: Configuration, requests: Sequence[DueRequest], lost: Collection[int] = ()
) -> Iterator[SentWebhook]:
    """Play the requests until nothing is due any more, and yield what the receiver gets."""
    state, count = SandboxState(configuration, requests[0].at), 0
    accounts, waiting = state.accounts.by_key, [*requests]
    early: tuple[int, tuple[str, ...]] = (0, ())
    while waiting or state.peek():
        due = state.peek()
        if waiting and (due is None or waiting[0].at < due.at):
            at, incoming = waiting.pop(0)
            early = at, _calls_before_reply(state, handle(state, incoming, at).call_ids)
        elif due and (delivery := run_due_item(state)):
            accepted = find_retry(delivery, accounts, configuration.providers).satisfied_by
            before_reply = due.at == early[0] and delivery.webhook.call_id in early[1]
            yield _build_sent(delivery, due.at, accepted, before_reply=before_reply)
            result = LOST if count in lost else DeliveryResult(min(accepted))
            complete_attempt(state, delivery, result, due.at)
            count += 1


def _calls_before_reply(state: SandboxState, call_ids: tuple[str, ...]) -> tuple[str, ...]:
    """Return the calls if what is due comes before the response to the request for them."""
    return call_ids if is_due_before_response(state, call_ids) else ()


def _build_sent(
    delivery: Delivery, at: int, accepted: frozenset[int], *, before_reply: bool
) -> SentWebhook:
    webhook = delivery.webhook
    sent = build_sent_request(webhook, ORIGIN)
    return SentWebhook(
        at=format_iso(at),
        call=webhook.call_id,
        webhook=delivery.id,
        copy_of=delivery.copy_of or None,
        attempt=len(delivery.attempts) + 1,
        kind=webhook.kind,
        method=sent.method,
        query=sent.path.partition("?")[2],
        headers={key: value for key, value in sent.headers.items() if key not in CLIENT_HEADERS},
        body=sent.body,
        altered=webhook.corrupt if sent.body and webhook.corrupt else None,
        accepted=accepted,
        pieces=(sent.body,) if sent.body else (),
        at_once=False,
        before_reply=before_reply,
    )
