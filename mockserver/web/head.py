"""A request's header fields, read once for all who ask for them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from starlette.datastructures import Headers

ODD: Final = frozenset(
    {b"transfer-encoding", b"content-encoding", b"origin", b"sec-fetch-site", b"sec-fetch-mode"}
)
"""Fields that decide whether a request is taken at all; hardly any request has one."""

Field = tuple[bytes, bytes]


class Head(NamedTuple):
    """`odd` is None for a request in which nothing has to be looked at closely.

    That is one with a single Host, no field twice, and none of the fields in `ODD`.
    """

    fields: dict[bytes, bytes]
    odd: "Headers | None"

    def get(self, name: bytes) -> str:
        """What a field says, empty if it is not there."""
        return self.fields.get(name, b"").decode("latin-1")


def read(fields: Sequence[Field]) -> Head:
    """The head of a request; of a field that comes twice the first one is meant."""
    found = dict(reversed(fields))
    usual = len(found) == len(fields) and b"host" in found and ODD.isdisjoint(found)
    return Head(found, None if usual else _all(fields))


def _all(fields: Sequence[Field]) -> "Headers":
    from starlette.datastructures import Headers  # noqa: PLC0415 - 20 ms, and hardly ever needed

    return Headers(raw=list(fields))
