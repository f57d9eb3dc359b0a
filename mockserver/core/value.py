"""The bases of immutable values that are made for every request, event and delivery.

Such a value is a frozen msgspec struct: it costs a third of a named tuple, and a changed copy an
eighth. Values with equal fields are equal, and have the same hash if their fields have one.
`value.replace(name=new)` returns a copy with other fields.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Final, TypeVar, dataclass_transform

import msgspec


@dataclass_transform(frozen_default=True)
class Value(msgspec.Struct, frozen=True, gc=False):
    """An immutable value that the garbage collector does not visit.

    So a value must never refer to itself, or it stays in memory for ever. No field holds a
    function, and nobody changes a container once a value holds it: a dict is passed as a `Mapping`,
    a list as a `Sequence`.
    """

    replace = msgspec.Struct.__replace__


class TrackedValue(Value, gc=True):
    """An immutable value that may hold functions and live views: the collector visits it."""


pack: Final[Callable[[object], bytes]] = partial(msgspec.msgpack.encode, enc_hook=dict)
"""Pack values, mappings, sequences, texts, numbers, bytes, booleans and None into bytes."""

unpack: Final[Callable[[bytes], Any]] = msgspec.msgpack.decode
"""Return what `pack` has packed: values and mappings as dicts, sequences as lists."""


Kind = TypeVar("Kind")


def unpack_as(kind: type[Kind], packed: bytes) -> Kind:
    """Return the value of this type, or the named tuple, that `pack` has packed."""
    return msgspec.msgpack.decode(packed, type=kind)
