"""The records of an Innocalls account: call flows, WebRTC extensions and settings."""

from typing import Literal, NamedTuple


class Flow(NamedTuple):
    """A call flow; `requires` lists the parameters that its order confirmations must have."""

    state: Literal["active", "removed", "administrators-only"] = "active"
    requires: tuple[Literal["items_count", "order_cost"], ...] = ()


class Extension(NamedTuple):
    """An extension that can log in and call from a browser; `name` is that of its user."""

    name: str = ""


class Settings(NamedTuple):
    """Call statuses show `caller_id`."""

    caller_id: str = ""
