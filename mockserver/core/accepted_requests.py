"""Requests that an account accepts: made out of its own records, and held against the rules."""

from typing import NamedTuple

from mockserver.core.account import Account
from mockserver.core.bound_provider import BoundProvider
from mockserver.core.http import Request
from mockserver.core.provider import Endpoint
from mockserver.core.rulebook import RequestContext, evaluate, render_message
from mockserver.core.sample import Sample


class AcceptedRequests(NamedTuple):
    """Requests of one operation, the best first; `reason` says in words why there are none."""

    requests: tuple[Request, ...] = ()
    reason: str = ""


def accepted_requests(
    bound: BoundProvider, endpoint: Endpoint, account: Account, now: int
) -> AcceptedRequests:
    """Return requests to place a call that the account accepts at `now` (ms).

    Each stands for another kind of call, such as one with a second leg. The balance, the limits
    and the momentary state of the account count, as they do for a request of a client.
    """
    make = bound.provider.samples.get(endpoint.operation)
    if make is None:
        return AcceptedRequests((), f"{endpoint.operation} places no call")
    samples = make(account, now)
    if isinstance(samples, str):
        return AcceptedRequests((), samples)
    requests = [_build_request(endpoint, sample) for sample in samples]
    refusals = [_refusal(bound, endpoint, account, request, now) for request in requests]
    accepted = [request for request, refusal in zip(requests, refusals, strict=True) if not refusal]
    return AcceptedRequests(tuple(accepted), "" if accepted else refusals[0])


def _build_request(endpoint: Endpoint, sample: Sample) -> Request:
    return Request(
        endpoint.method,
        endpoint.path,
        endpoint.host.replace("*", sample.subdomain),
        headers=sample.headers,
        fields=sample.fields,
        client=sample.client,
    )


def _refusal(
    bound: BoundProvider, endpoint: Endpoint, account: Account, request: Request, now: int
) -> str:
    """Return in words what the vendor refuses the request with; empty if it accepts it."""
    violations = bound.checks[endpoint.operation](request.fields)
    context = RequestContext(request, now, endpoint.operation, account, violations)
    broken = evaluate(endpoint.rules, context)
    if not broken:
        return ""
    fault = broken[0].fault
    return f"it is refused with {fault.name}: {render_message(fault, context)}"
