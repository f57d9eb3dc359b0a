"""A strategy for what a receiver gets: the webhooks of some calls, as scenarios let them travel."""

from collections.abc import Iterator, Sequence
from typing import Final

from hypothesis import strategies as st

from mockserver.testing.candidates import Candidate, find_candidates, with_receiver
from mockserver.testing.operations import bundled_configuration, find_endpoints, find_provider
from mockserver.testing.playing import (
    ORIGIN,
    PlayedCall,
    SentWebhook,
    build_request,
    play,
    play_calls,
)
from mockserver.testing.requests import START, accepted_candidates
from mockserver.testing.scenarios import travelling_scenarios
from mockserver.testing.senders import send_at_once, send_in_pieces

NOW: Final = int(START.timestamp() * 1000)
RECEIVER: Final = f"{ORIGIN}/webhooks"
LONGEST_GAP: Final = 60
"""Seconds between two requests."""
MOST_PIECES: Final = 3
"""In how many pieces a body comes."""


def webhook_deliveries(
    provider: str, operation: str = "", *, calls: int = 2
) -> st.SearchStrategy[tuple[SentWebhook, ...]]:
    """Draw the webhooks of one call or of up to `calls`, in the order in which they come.

    Scenarios decide how the people behave, and which webhooks are lost, late, repeated, damaged,
    out of order or before the reply. Responses get lost, too, so that a vendor that tries again
    sends what has come already. Senders are slow, and copies come at once. No server runs: the
    receiver is taken to accept whatever comes.

    Raises:
        ValueError: there is no such provider or operation, or it sends no webhooks.
    """
    sending = tuple(_find_sending(provider, operation))
    if not sending:
        raise ValueError(f"{' '.join(filter(None, (provider, operation)))} sends no webhooks")
    call = st.one_of([_played_calls(each) for each in sending])
    marked = st.tuples(call, st.integers(0, 9))
    all_marked = st.lists(marked, min_size=calls, max_size=calls, unique_by=_fields)
    played = all_marked.map(_without_marked)
    lost = st.frozensets(st.integers(0, 5), max_size=2)
    in_turn = st.builds(play_calls, played, lost)
    sent = in_turn | in_turn.map(send_at_once)
    return st.builds(send_in_pieces, sent, st.integers(1, MOST_PIECES))


def _fields(marked: tuple[PlayedCall, int]) -> str:
    """Return what tells a call from another one for a receiver that gets no ids."""
    return repr(marked[0].candidate.request.fields)


def _without_marked(marked: Sequence[tuple[PlayedCall, int]]) -> list[PlayedCall]:
    """Return the calls that are not marked with 0, or the first one if all are.

    So Hypothesis leaves out any call by one small change, whatever has been drawn for it.
    """
    return [call for call, mark in marked if mark] or [marked[0][0]]


def _find_sending(provider: str, operation: str) -> Iterator[tuple[Candidate, ...]]:
    """Yield for each operation its requests whose calls send webhooks, if there are any."""
    bound, configuration = find_provider(provider), bundled_configuration()
    for endpoint in find_endpoints(bound, operation):
        found = find_candidates(bound, endpoint, NOW)
        addressed = (each for one in found for each in (one, *with_receiver(one, RECEIVER)))
        sending = tuple(
            each for each in addressed if any(play(configuration, [build_request(each, NOW)]))
        )
        if sending:
            yield sending


def _played_calls(found: tuple[Candidate, ...]) -> st.SearchStrategy[PlayedCall]:
    bound, endpoint = found[0].bound, found[0].endpoint
    scenarios = travelling_scenarios(bound.provider, endpoint)
    gaps = st.integers(1, LONGEST_GAP)
    return st.builds(PlayedCall, accepted_candidates(found), scenarios, gaps)
