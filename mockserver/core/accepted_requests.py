"""Requests that an account accepts: made out of its own records, and held against the rules."""

from typing import NamedTuple

from mockserver.core.account import Account
from mockserver.core.bound_provider import BoundProvider
from mockserver.core.http import Request
from mockserver.core.provider import Endpoint
from mockserver.core.read_model import EMPTY_READ_MODEL, ReadModel
from mockserver.core.rulebook import RequestContext, evaluate, render_message
from mockserver.core.sample import FirstRequest, MadeSamples, Missing, Sample


class AcceptedRequests(NamedTuple):
    """Requests of one operation, the best first.

    `reason` says in words why there are none, and `first` is the request that would change that.
    """

    requests: tuple[Request, ...] = ()
    reason: str = ""
    first: FirstRequest | None = None


class SampleContext(NamedTuple):
    """What a sample is made for: the account, the time in ms, and the state of the sandbox."""

    account: Account
    now: int
    read_model: ReadModel = EMPTY_READ_MODEL


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
    return _keep_accepted(bound, endpoint, SampleContext(account, now), make(account, now))


def sample_requests(
    bound: BoundProvider, endpoint: Endpoint, context: SampleContext
) -> AcceptedRequests:
    """Return requests of any operation that the account accepts in this state of the sandbox."""
    provider, operation, (account, now, read_model) = bound.provider, endpoint.operation, context
    made: MadeSamples
    if operation in provider.samples:
        made = provider.samples[operation](account, now)
    elif operation in provider.other_samples:
        made = provider.other_samples[operation](account, now, read_model)
    else:
        made = f"{operation} has no sample"
    return _keep_accepted(bound, endpoint, context, made)


def _keep_accepted(
    bound: BoundProvider,
    endpoint: Endpoint,
    context: SampleContext,
    samples: MadeSamples,
) -> AcceptedRequests:
    if isinstance(samples, Missing):
        return AcceptedRequests((), samples.reason, samples.first)
    if isinstance(samples, str):
        return AcceptedRequests((), samples)
    requests = [_build_request(endpoint, sample) for sample in samples]
    refusals = [find_refusal(bound, endpoint, context, request) for request in requests]
    accepted = [request for request, refusal in zip(requests, refusals, strict=True) if not refusal]
    return AcceptedRequests(tuple(accepted), "" if accepted else refusals[0])


def _build_request(endpoint: Endpoint, sample: Sample) -> Request:
    return Request(
        endpoint.method,
        endpoint.path.format_map(sample.fields),
        endpoint.host.replace("*", sample.subdomain),
        headers=sample.headers,
        fields=sample.fields,
        client=sample.client,
    )


def find_refusal(
    bound: BoundProvider, endpoint: Endpoint, context: SampleContext, request: Request
) -> str:
    """Return in words what the vendor refuses the request with; empty if it accepts it."""
    request_context = RequestContext(
        request,
        context.now,
        endpoint.operation,
        context.account,
        bound.checks[endpoint.operation](request.fields),
        read_model=context.read_model,
    )
    broken = evaluate(endpoint.rules, request_context)
    if not broken:
        return ""
    fault = broken[0].fault
    return f"it is refused with {fault.name}: {render_message(fault, request_context)}"
