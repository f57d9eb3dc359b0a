"""What an Innocalls account keeps: its call flows, its WebRTC extensions, and a few settings."""

from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

CAIRO = ZoneInfo("Africa/Cairo")  # default of the vendor's dashboard: observed


@dataclass(frozen=True, slots=True)
class Flow:
    """A call flow; `requires` are parameters of order confirmations that it cannot do without."""

    state: Literal["active", "removed", "administrators-only"] = "active"
    requires: tuple[Literal["items_count", "order_cost"], ...] = ()


@dataclass(frozen=True, slots=True)
class Extension:
    """Somebody who can log in and call from a browser."""

    name: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """`time_zone` is that of `call_time` and of time stamps; `caller_id` shows in call status."""

    time_zone: ZoneInfo = CAIRO
    caller_id: str = ""
