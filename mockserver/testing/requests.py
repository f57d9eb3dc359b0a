"""A strategy for vendor requests that the account of a new sandbox accepts."""

from datetime import UTC, datetime
from typing import Final, NamedTuple

from hypothesis import strategies as st

from mockserver.testing.candidates import (
    Candidate,
    find_candidates,
    is_accepted,
    with_last_digits,
)
from mockserver.testing.operations import find_operation
from mockserver.web.views.request_text import render_request

START: Final = datetime(2026, 1, 1, 9, tzinfo=UTC)


class VendorRequest(NamedTuple):
    """A request as a client sends it; `path` follows `mock_calls.url(provider)`."""

    provider: str
    operation: str
    method: str
    path: str
    headers: dict[str, str]
    body: str | None


def requests(
    operation: str, provider: str = "", *, now: datetime = START
) -> st.SearchStrategy[VendorRequest]:
    """Draw requests that the bundled account of a new sandbox accepts, when its clock shows `now`.

    They differ in the kind of the call, in optional fields, and in the number of the callee.

    Raises:
        ValueError: there is no such operation, or a new sandbox accepts no request of it.
    """
    bound, endpoint = find_operation(operation, provider)
    found = find_candidates(bound, endpoint, int(now.timestamp() * 1000))
    return accepted_candidates(found).map(_render)


def accepted_candidates(found: tuple[Candidate, ...]) -> st.SearchStrategy[Candidate]:
    """Draw one of the candidates, with another number of the callee."""
    # by position, as Hypothesis may show what it samples from
    chosen = st.integers(0, len(found) - 1).map(lambda index: found[index])
    digits = st.integers(0, 9_999).map("{:04}".format)
    return st.builds(with_last_digits, chosen, digits).filter(is_accepted)


def _render(candidate: Candidate) -> VendorRequest:
    bound, endpoint, request = candidate.bound, candidate.endpoint, candidate.request
    media_type = bound.form(endpoint.operation).media_type
    rendered = render_request(endpoint, request, media_type, "")
    return VendorRequest(bound.provider.name, endpoint.operation, **rendered)
