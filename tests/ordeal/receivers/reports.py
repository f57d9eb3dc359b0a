"""What a webhook of a vendor says, for receivers that count calls."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl


class Report(NamedTuple):
    """A webhook: of which call, what has happened, when (Unix seconds), and in which attempt."""

    call: str
    word: str
    callee: str
    at: int = 0
    attempt: int = 1


def read_mobtexting(_: str, body: bytes) -> Report:
    """Read the report of a call, which has no id: numbers and start tell one from another."""
    value = json.loads(body)
    callee = str(value["to"])
    call = f"{callee}@{value['start_at']}"
    return Report(call=call, word="completed", callee=callee, at=int(value["unixtime"]))


def read_effebot(_: str, body: bytes) -> Report:
    details = json.loads(body)["apiCalls"][0]
    (call,) = details["calls"]
    return Report(
        call=str(details["id"]),
        word=call["status"],
        callee=call["phone"],
        attempt=details["webhookTry"],
    )


def read_innocalls(query: str, _: bytes) -> Report:
    value = dict(parse_qsl(query))
    return Report(call=value["callId"], word=value["action"], callee="")


def read_phonon(_: str, body: bytes) -> Report:
    value = json.loads(body)["body"]
    callee = value["callDetails"][0]["calleeNumber"]
    return Report(call=value["phonon-uuid"], word="completed", callee=callee)


Reader = Callable[[str, bytes], Report]
"""Reads the query and the body of a webhook; raises an error of `UNREADABLE` if it cannot."""

READERS: Final[Mapping[str, Reader]] = {
    "effebot": read_effebot,
    "innocalls": read_innocalls,
    "mobtexting": read_mobtexting,
    "phonon": read_phonon,
}
UNREADABLE: Final[tuple[type[Exception], ...]] = (ValueError, LookupError, TypeError)
Environ = dict[str, Any]
