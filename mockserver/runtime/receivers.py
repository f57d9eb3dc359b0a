"""Where the webhooks of one sandbox go that are for origins which it maps to other addresses.

So an application that a test attaches gets the webhooks of that test, whatever name their URLs have
for it.
"""

import re
from collections.abc import Awaitable, Mapping
from types import MappingProxyType
from typing import Final

from mockserver.core.address_policy import AddressPolicy, judge_url
from mockserver.core.value import Value
from mockserver.core.webhook import Delivery, DeliveryResult, Dispatcher
from mockserver.core.webhook_url import ParsedUrl, TargetRejection, parse_url

MAX_RECEIVERS: Final = 64  # of a sandbox
ADDRESS: Final = re.compile(r"[^/?#@\\]+:[0-9]{1,5}")

OriginKey = tuple[str, int, bool]
"""(host, port, whether it is https) of an origin"""


class Receiver(Value):
    """An origin, and the address `host:port` that gets its webhooks, over HTTP without TLS."""

    origin: ParsedUrl
    address: str


class NoReceiver(Exception):
    """An origin or an address is not valid; the text says what would be."""


class TooManyReceivers(Exception):
    """The sandbox would have more than `MAX_RECEIVERS`."""


class Receivers:
    """The receivers of a sandbox; it delivers by `dispatcher`, as if they were at their origins."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher
        self.by_key: Mapping[OriginKey, Receiver] = MappingProxyType({})

    def deliver(self, delivery: Delivery) -> Awaitable[DeliveryResult]:
        return self._dispatcher.deliver(self._readdress(delivery) if self.by_key else delivery)

    @property
    def by_origin(self) -> dict[str, str]:
        """Origin -> address, in the order in which they were added."""
        return {render_origin(each.origin): each.address for each in self.by_key.values()}

    def change(self, added: tuple[Receiver, ...], removed: tuple[ParsedUrl, ...]) -> None:
        """Add receivers, in place of those with the same origin, and remove those of origins.

        Raises:
            TooManyReceivers: there is no room for them; nothing has changed.
        """
        by_key = {**self.by_key, **{_key(each.origin): each for each in added}}
        for origin in removed:
            by_key.pop(_key(origin), None)
        if len(by_key) > MAX_RECEIVERS:
            raise TooManyReceivers
        self.by_key = by_key

    def take_over(self, others: "Receivers") -> None:
        """Take over the receivers of the sandbox whose place this one takes."""
        self.by_key = others.by_key

    def _readdress(self, delivery: Delivery) -> Delivery:
        """Return what is sent: to another address, if the URL has an origin of a receiver."""
        webhook = delivery.webhook
        url = parse_url(webhook.url)
        receiver = self.by_key.get(_key(url)) if isinstance(url, ParsedUrl) else None
        if receiver is None or isinstance(url, TargetRejection):
            return delivery
        credentials = {"authorization": url.authorization} if url.authorization else {}
        headers = {"host": url.authority, **credentials, **webhook.headers}
        address = f"http://{receiver.address}{url.path}"
        return delivery.replace(webhook=webhook.replace(url=address, headers=headers))


def parse_origin(text: str) -> ParsedUrl:
    """Parse an origin, such as `http://app.test`; a slash at the end is allowed.

    Raises:
        NoReceiver: it is none.
    """
    url = parse_url(text)
    if isinstance(url, TargetRejection):
        reason = url.reason
    elif url.path != "/" or url.authorization or "#" in text:
        reason = "it has more than scheme, host and port"
    else:
        return url
    raise NoReceiver(f"{text[:80]!r} is not an origin such as http://app.test: {reason}")


def build_receiver(origin: ParsedUrl, address: str, policy: AddressPolicy) -> Receiver:
    """Build a receiver at an address that the policy allows, as far as it can be told now.

    Raises:
        NoReceiver: the address is not valid, or never allowed.
    """
    url = f"http://{address}/"
    if not ADDRESS.fullmatch(address) or isinstance(parse_url(url), TargetRejection):
        raise NoReceiver(f"{address[:80]!r} is no address, such as localhost:4123")
    if rejection := judge_url(url, policy):
        raise NoReceiver(f"webhooks may not go to {address}: {rejection.reason}")
    return Receiver(origin, address)


def render_origin(origin: ParsedUrl) -> str:
    """Return scheme, host and port, without the port that the scheme implies."""
    return f"{'https' if origin.is_secure else 'http'}://{origin.authority}"


def _key(url: ParsedUrl) -> OriginKey:
    return (url.host, url.port, url.is_secure)
