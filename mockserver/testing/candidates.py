"""Requests that a bundled account accepts, out of its records and the vendor's examples."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from mockserver.core.accepted_requests import SampleContext, find_refusal, sample_requests
from mockserver.core.account import Account
from mockserver.core.bound_provider import BoundProvider
from mockserver.core.callee_field import find_callee_field
from mockserver.core.field_paths import value_at, with_value
from mockserver.core.http import Request, value_text
from mockserver.core.provider import Endpoint
from mockserver.testing.operations import bundled_configuration

WEBHOOK: Final = "webhook"
"""What the name of a field has in it if the field may say where webhooks go."""


class Candidate(NamedTuple):
    """A request that an account accepts at `now` (ms)."""

    bound: BoundProvider
    endpoint: Endpoint
    account: Account
    request: Request
    now: int


def find_candidates(bound: BoundProvider, endpoint: Endpoint, now: int) -> tuple[Candidate, ...]:
    """Return requests of the operation in a new sandbox, the plainest first.

    Raises:
        ValueError: no account accepts one; the message says why.
    """
    accounts = bundled_configuration().accounts.values()
    [account, *_] = [each for each in accounts if each.provider == bound.provider.name]
    made = sample_requests(bound, endpoint, SampleContext(account, now))
    if not made.requests:
        name = f"{bound.provider.name} {endpoint.operation}"
        raise ValueError(f"a new sandbox accepts no request {name}: {made.reason}")
    found = (Candidate(bound, endpoint, account, each, now) for each in made.requests)
    plain = tuple(found)
    return (*plain, *filter(is_accepted, _fuller(plain[0])))


def is_accepted(candidate: Candidate) -> bool:
    bound, endpoint, account, request, now = candidate
    return not find_refusal(bound, endpoint, SampleContext(account, now), request)


def with_last_digits(candidate: Candidate, digits: str) -> Candidate:
    """Return the candidate with these digits at the end of the callee's number, if it has one."""
    _, endpoint, account, request, now = candidate
    path = find_callee_field(endpoint, account, request, now)
    if path is None:
        return candidate
    number = value_text(value_at(request.fields, path))
    fields = with_value(request.fields, path, number[: -len(digits)] + digits)
    return candidate._replace(request=request.replace(fields=fields))


def with_receiver(candidate: Candidate, url: str) -> Iterator[Candidate]:
    """Yield the request with this URL in each field that may say where webhooks go."""
    bound, endpoint, _, request, _ = candidate
    for name in bound.form(endpoint.operation).names:
        if WEBHOOK in name.lower():
            fields = {**request.fields, name: url}
            addressed = candidate._replace(request=request.replace(fields=fields))
            if is_accepted(addressed):
                yield addressed


def _fuller(candidate: Candidate) -> Iterator[Candidate]:
    """Yield the request with the further fields of each documented example."""
    request = candidate.request
    for example in candidate.bound.examples(candidate.endpoint.operation):
        fields = {**example, **request.fields}
        if fields != request.fields:
            yield candidate._replace(request=request.replace(fields=fields))
