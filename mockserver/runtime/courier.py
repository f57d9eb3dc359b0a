"""Carries one webhook to its receiver and says how it went."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from functools import cached_property
from time import monotonic
from typing import Final
from weakref import WeakValueDictionary

from mockserver.core.webhook import ORIGIN_PLACEHOLDER, Delivery, DeliveryResult
from mockserver.runtime.door import Door
from mockserver.runtime.letter import Letter, written
from mockserver.runtime.line import Line, dial
from mockserver.runtime.targets import STANDARD, Policy, Refused, Target, locate, resolve

CLASSES: Final = (
    (TimeoutError, "timeout"),
    (ssl.SSLError, "tls"),
    (ConnectionRefusedError, "connect"),
    (ConnectionError, "reset"),
    (OSError, "connect"),
    (ValueError, "protocol"),
)
"""What an exception is called; the first that fits."""


Inward = Callable[[Letter], Awaitable[DeliveryResult | None]]


async def nobody(_: Letter) -> None:
    """Whatever is for ourselves goes by the socket, too."""


class Courier:
    """One connection for each attempt under way; one that has rested may serve another.

    `own` is where this server reaches itself by TLS, and its certificate's file; `inward` takes
    what is for ourselves, if it can.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - each but the first has its usual value
        self,
        origin: Callable[[], str],
        policy: Policy = STANDARD,
        deadline: float = 10.0,
        in_flight: int = 128,
        own: tuple[str, int, str] | None = None,
        inward: Inward = nobody,
    ) -> None:
        self._origin = origin
        self._policy = policy
        self._deadline = deadline
        self._places = asyncio.Semaphore(in_flight)
        self._most = in_flight
        self._doors: WeakValueDictionary[tuple[str, int, bool], Door] = WeakValueDictionary()
        self._own = own
        self._inward = inward
        self._open: set[Line] = set()
        self._depths: dict[tuple[str, int], int] = {}

    async def carry(self, delivery: Delivery) -> DeliveryResult:
        url = delivery.webhook.url.replace(ORIGIN_PLACEHOLDER, self._origin())
        place = locate(url)
        if isinstance(place, Refused):
            return refusal(place)
        door = self._doors.setdefault((place.host, place.port, place.secure), Door())
        async with door, self._places:
            start = monotonic()
            answer = await self._attempt(url, delivery, door)
            return answer._replace(duration_ms=round((monotonic() - start) * 1_000))

    async def close(self) -> None:
        """Cuts what is still under way; to those who carry it that is a `reset`."""
        for line in tuple(self._open):
            line.cut()

    def depth(self, host: str, port: int) -> int:
        """How deep in a chain of our own webhooks a request from there is; 0 for a stranger's."""
        return self._depths.get((host.removeprefix("::ffff:"), port), -1) + 1

    async def _attempt(self, url: str, delivery: Delivery, door: Door) -> DeliveryResult:
        try:
            async with asyncio.timeout(self._deadline):
                target = await resolve(url, self._policy)
                if isinstance(target, Refused):
                    return refusal(target)
                letter = written(target.place, delivery.webhook)
                ours = delivery.webhook.url.startswith(ORIGIN_PLACEHOLDER) or self._leads_here(
                    target
                )
                taken = await self._inward(letter) if ours else None
                return taken or await self._exchange(target, letter, (delivery.depth, door))
        except (OSError, ValueError) as error:
            return DeliveryResult(
                None, next(name for kind, name in CLASSES if isinstance(error, kind))
            )

    def _leads_here(self, target: Target) -> bool:
        """To this server, by the address that was checked; by TLS a certificate has to be shown."""
        here = locate(self._origin())
        if isinstance(here, Refused) or here.secure or target.place.secure:
            return False
        return (target.address, target.port) == (here.host, here.port)

    async def _exchange(
        self, target: Target, letter: Letter, how: tuple[int, Door]
    ) -> DeliveryResult:
        depth, door = how
        line = door.open((target.address, *target.spare)) or await self._connect(target, door)
        self._depths[line.end] = depth
        try:
            return await line.ask(letter)
        finally:
            del self._depths[line.end]
            door.leave(line, len(self._open) <= self._most)

    async def _connect(self, target: Target, door: Door) -> Line:
        *others, last = (target.address, *target.spare)
        context = self._trusted(target) if target.place.secure else None
        for address in others:
            try:
                return await self._dial(address, target, context, door)
            except ssl.SSLError:
                raise
            except OSError:
                continue
        return await self._dial(last, target, context, door)

    async def _dial(
        self, address: str, target: Target, context: ssl.SSLContext | None, door: Door
    ) -> Line:
        def gone(line: Line) -> None:
            self._open.discard(line)
            door.gone(line)

        line = await dial(address, target, context, gone)
        self._open.add(line)
        return line

    def _trusted(self, target: Target) -> ssl.SSLContext:
        """Our own server shows a certificate for a vendor's name: it is known by itself instead."""
        if self._own is None or (target.host, target.port) != self._own[:2]:
            return self._trust
        context = ssl.create_default_context(cafile=self._own[2])
        context.check_hostname = False
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # whoever has signed it
        return context

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context()


def refusal(refused: Refused) -> DeliveryResult:
    return DeliveryResult(None, refused.error, refused.reason.encode())
