"""What an Innocalls account keeps: its call flows, its WebRTC extensions, and a few settings."""

from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

DEFAULT_TIME_ZONE = ZoneInfo("Africa/Cairo")  # default of the vendor's dashboard: observed


class Flow(NamedTuple):
    """A call flow; `requires` are parameters of order confirmations that it cannot do without."""

    state: Literal["active", "removed", "administrators-only"] = "active"
    requires: tuple[Literal["items_count", "order_cost"], ...] = ()


class Extension(NamedTuple):
    """Somebody who can log in and call from a browser."""

    name: str = ""


class Settings(NamedTuple):
    """`time_zone` is that of `call_time` and of time stamps; `caller_id` shows in call status."""

    time_zone: ZoneInfo = DEFAULT_TIME_ZONE
    caller_id: str = ""
