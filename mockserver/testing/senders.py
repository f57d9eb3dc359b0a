"""How senders send what a receiver gets: slowly in pieces, or several webhooks at once."""

from collections.abc import Iterator, Sequence

from mockserver.testing.playing import SentWebhook


def send_in_pieces(sent: Sequence[SentWebhook], count: int) -> tuple[SentWebhook, ...]:
    """Return the webhooks with their bodies in about so many pieces."""
    return tuple(each._replace(pieces=tuple(_split(each.body, count))) for each in sent)


def send_at_once(sent: Sequence[SentWebhook]) -> tuple[SentWebhook, ...]:
    """Let copies and webhooks of different calls that are due together come at once."""
    before = (None, *sent)
    return tuple(
        each._replace(at_once=earlier is not None and _may_meet(earlier, each))
        for earlier, each in zip(before, sent, strict=False)
    )


def _split(body: bytes, count: int) -> Iterator[bytes]:
    size = -(-len(body) // count)
    for start in range(0, len(body), size or 1):
        yield body[start : start + size]


def _may_meet(earlier: SentWebhook, later: SentWebhook) -> bool:
    """Whether a vendor may send both at once; it sends different ones of a call in turn."""
    is_other = earlier.call != later.call or _original(earlier) == _original(later)
    return earlier.at == later.at and is_other


def _original(sent: SentWebhook) -> str:
    return sent.copy_of or sent.webhook
