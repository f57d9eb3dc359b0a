"""Places calls of all vendors at a rate; each call reports to one of ten receivers."""

import asyncio
import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from tests.bad_receivers.receivers import COUNT
from tests.support.simulation import CLICK_TO_CALL
from tests.support.vendors import ccai, effebot, innocalls, phonon

CALLS_PER_SANDBOX: Final = 300  # so that its journal has room for all entries
LINES: Final = 32  # connections
BEARER: Final = {"authorization": "Bearer key"}

Fields = dict[str, Any]


def key_of(receiver: int) -> str:
    """Return the credential of the accounts that report to a receiver."""
    return f"{receiver:064x}"


class Vendor(NamedTuple):
    """`path` places a call; `fields` and `headers` are built from (number, receiver, URL of it).

    `kinds` are those of the webhooks that a call sends to its receiver, in order.
    """

    path: str
    fields: Callable[[int, int, str], Mapping[str, Any]]
    kinds: tuple[str, ...]
    headers: Callable[[int], Mapping[str, str]] = lambda _: BEARER


VENDORS: Final[Mapping[str, Vendor]] = {
    "mobtexting": Vendor(
        "/mobtexting/api/v2/voice/c2c",
        lambda number, _, __: {**CLICK_TO_CALL, "to": f"91{number:010d}"},
        ("completed",),
        lambda receiver: {"authorization": f"Bearer {key_of(receiver)}"},
    ),
    "innocalls": Vendor(
        "/innocalls/api/v1/call",
        lambda number, _, url: {**innocalls.EXAMPLES["dispatch"], "webhook": f"{url}/{number}"},
        ("cdr",),
    ),
    "effebot": Vendor(
        "/effebot/apiCalls/create",
        lambda number, _, url: {**effebot.CREATE_EXAMPLE, "webhookUrl": f"{url}/{number}"},
        ("status",) * 4,
    ),
    "phonon": Vendor(
        "/phonon/kairos-apis/outbound/create",
        lambda number, receiver, _: {
            **phonon.CREATE_EXAMPLE,
            "security-id": key_of(receiver),
            "calls": [{"client-identifier": "x", "contact-numbers": [f"91{number:010d}"]}],
        },
        ("report",),
    ),
    "ccai": Vendor(
        "/ccai/apps/api/v1/calls",
        lambda *_: ccai.EXAMPLES["create-inbound"],
        (),
        lambda _: {**ccai.HEADERS, "x-mock-scenario": "ccai-abandoned"},
    ),
}
"""Vendor -> its calls. The CCAI Platform has no webhooks; its calls are load like all others."""

NAMES: Final = tuple(VENDORS)


class PlacedCall(NamedTuple):
    """A call by its `number` in the load; `call_id` is that in its sandbox."""

    number: int
    call_id: str

    @property
    def vendor(self) -> str:
        return NAMES[self.number % len(NAMES)]

    @property
    def receiver(self) -> int:
        return self.number // len(NAMES) % COUNT

    @property
    def sandbox(self) -> str:
        return sandbox_of(self.number)


def sandbox_of(number: int) -> str:
    return f"s{number // CALLS_PER_SANDBOX}"


def build_request(number: int, ports: Sequence[int]) -> bytes:
    """Return the request that places the call of this number."""
    call = PlacedCall(number, "")
    vendor = VENDORS[call.vendor]
    url = f"http://127.0.0.1:{ports[call.receiver]}/{call.vendor}"
    body = json.dumps(vendor.fields(number, call.receiver, url)).encode()
    headers = {
        "host": "127.0.0.1",
        "content-type": "application/json",
        "accept": "application/json",
        "content-length": str(len(body)),
        **vendor.headers(call.receiver),
    }
    lines = (f"POST /_sandbox/{call.sandbox}{vendor.path} HTTP/1.1",)
    head = "\r\n".join((*lines, *(f"{name}: {value}" for name, value in headers.items()), "", ""))
    return head.encode() + body


def build_accounts(ports: Sequence[int]) -> dict[str, Any]:
    """Return a scenario file with the accounts of the vendors that know no URL in a request."""
    settings: dict[str, Any] = {"mobtexting": {}, "phonon": {"flows": {"Ab12Cd34": {}}}}
    return {
        "accounts": {
            f"{provider}-{receiver}": {
                "provider": provider,
                "credentials": [key_of(receiver)],
                "webhooks": {"any": f"http://127.0.0.1:{port}/{provider}"},
                **more,
            }
            for provider, more in settings.items()
            for receiver, port in enumerate(ports)
        }
    }


async def place_calls(
    port: int, receiver_ports: Sequence[int], count: int, rate: float
) -> list[PlacedCall]:
    """Place calls, `rate` a second; return those that were accepted."""
    start = time.monotonic()
    lines = (
        _place_every_nth(port, receiver_ports, range(line, count, LINES), (start, rate))
        for line in range(LINES)
    )
    placed = [call for calls in await asyncio.gather(*lines) for call in calls]
    return sorted(placed)


async def _place_every_nth(
    port: int, receiver_ports: Sequence[int], numbers: range, timing: tuple[float, float]
) -> list[PlacedCall]:
    """Place the calls of these numbers over one connection; `timing` is (start, rate)."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    placed, (start, rate) = list[PlacedCall](), timing
    for number in numbers:
        await asyncio.sleep(max(0.0, start + number / rate - time.monotonic()))
        writer.write(build_request(number, receiver_ports))
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        await reader.readexactly(int(_header(head, b"content-length")))
        if head[9:10] == b"2":
            placed.append(PlacedCall(number, _header(head, b"x-mock-call").decode()))
    writer.close()
    return placed


def _header(head: bytes, name: bytes) -> bytes:
    return head.partition(name + b": ")[2].partition(b"\r\n")[0]
