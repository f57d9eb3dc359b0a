"""The cases of an ordeal: what happens to the webhooks of a call, in the words of a scenario."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from mockserver.core.immutable import EMPTY_MAPPING


class Case(NamedTuple):
    """What happens to the webhooks of one call, or of some.

    - `webhooks`: the words of the scenario, for webhooks of any kind;
    - `relay`: how a relay passes each webhook on, in pieces or twice; empty without a relay;
    - `started_ago`: how many real seconds before now its virtual clock starts, so that for the
      clock of the receiver, too, a webhook is late;
    - `is_repeated`: each webhook is sent once more after its response;
    - `needs_retry`: it takes an account whose failed webhooks are tried again;
    - `has_slow_reply`: the response to the request that places the call comes slowly, and the
      webhooks come meanwhile;
    - `is_damaged`: no webhook of it can be read, and so none may have an effect;
    - `refused`, `repeated`, `lost`: the defect if the receiver refuses a webhook, if the calls have
      more effects than others, and if they have fewer.
    """

    name: str
    description: str
    webhooks: Mapping[str, Any]
    refused: str
    repeated: str
    lost: str
    calls: int = 1
    relay: str = ""
    started_ago: int = 0
    is_repeated: bool = False
    needs_retry: bool = False
    has_slow_reply: bool = False
    is_damaged: bool = False


CLEAN: Final = Case(
    name="clean",
    description="each webhook comes once, in order",
    webhooks=EMPTY_MAPPING,
    refused="refuses-webhooks",
    repeated="counts-nothing",
    lost="counts-nothing",
)
"""What the effects of all other cases are compared with."""

CASES: Final = (
    CLEAN,
    Case(
        name="slow-sender",
        description="each webhook comes in pieces, within a second",
        webhooks=EMPTY_MAPPING,
        refused="refuses-slow-senders",
        repeated="miscounts-slow-senders",
        lost="miscounts-slow-senders",
        relay="in-pieces",
    ),
    Case(
        name="late",
        description="each webhook comes 10 minutes late",
        webhooks={"after": "10m"},
        started_ago=610,
        refused="refuses-late-webhooks",
        repeated="miscounts-late-webhooks",
        lost="miscounts-late-webhooks",
    ),
    Case(
        name="before-the-reply",
        description="the webhooks come before the response to the request that places the call",
        webhooks=EMPTY_MAPPING,
        refused="refuses-early-webhooks",
        repeated="miscounts-early-webhooks",
        lost="miscounts-early-webhooks",
        has_slow_reply=True,
    ),
    Case(
        name="lost-then-retried",
        description="the first attempt of each webhook is lost, and the second one comes",
        webhooks={"attempts": ["timeout", "deliver"]},
        refused="refuses-retries",
        repeated="miscounts-retries",
        lost="miscounts-retries",
        needs_retry=True,
    ),
    Case(
        name="duplicate",
        description="each webhook comes twice",
        webhooks={"duplicate": 2},
        refused="refuses-copies",
        repeated="counts-copies",
        lost="loses-copies",
    ),
    Case(
        name="at-once",
        description="each webhook comes twice at the same time",
        webhooks=EMPTY_MAPPING,
        refused="refuses-copies-at-once",
        repeated="counts-copies-at-once",
        lost="loses-copies-at-once",
        relay="twice",
    ),
    Case(
        name="repeated",
        description="each webhook is tried again after a 500, but the receiver has processed it",
        webhooks=EMPTY_MAPPING,
        refused="refuses-repeats",
        repeated="counts-repeats",
        lost="loses-repeats",
        is_repeated=True,
    ),
    Case(
        name="reordered",
        description="a webhook comes after the next one of its call",
        webhooks={"reorder": True},
        refused="refuses-disorder",
        repeated="depends-on-order",
        lost="depends-on-order",
    ),
    Case(
        name="reordered-calls",
        description="the webhooks of two calls come in the other order",
        webhooks={"reorder": "calls"},
        refused="refuses-other-calls",
        repeated="mixes-calls",
        lost="mixes-calls",
        calls=2,
    ),
    Case(
        name="duplicate-later",
        description="each webhook comes twice, and those of another call between",
        webhooks={"duplicate": {"times": 2, "spacing": "1m"}},
        refused="refuses-copies",
        repeated="counts-later-copies",
        lost="mixes-calls",
        calls=2,
    ),
    Case(
        name="truncated",
        description="the body of each webhook is cut off",
        webhooks={"corrupt": "truncate"},
        refused="fails-on-damage",
        repeated="counts-damage",
        lost="counts-damage",
        is_damaged=True,
    ),
    Case(
        name="garbage",
        description="the body of each webhook is neither JSON nor UTF-8",
        webhooks={"corrupt": "garbage"},
        refused="fails-on-damage",
        repeated="counts-damage",
        lost="counts-damage",
        is_damaged=True,
    ),
    Case(
        name="afterwards",
        description="each webhook comes once, in order, after all other cases",
        webhooks=EMPTY_MAPPING,
        refused="does-not-recover",
        repeated="does-not-recover",
        lost="does-not-recover",
    ),
)
"""All cases in the order in which they are played: the smaller ones before those like them."""

DEFECTS: Final[Mapping[str, str]] = {
    "refuses-webhooks": "a webhook as the vendor sends it gets no response that counts as received",
    "counts-nothing": "the probe is the same before and after a call",
    "counts-late": "the response comes before the effect: if the receiver ends between, it is lost",
    "times-out": "the receiver does not respond in time",
    "calls-again": "a webhook that comes again, late or in disorder places more or fewer calls",
    "refuses-slow-senders": "a webhook that comes in pieces is refused",
    "miscounts-slow-senders": "a webhook that comes in pieces has another effect",
    "refuses-late-webhooks": "a late webhook is refused",
    "miscounts-late-webhooks": "a late webhook has another effect",
    "refuses-early-webhooks": "a webhook before the reply is refused",
    "miscounts-early-webhooks": "a webhook before the reply has another effect",
    "refuses-retries": "a later attempt is refused",
    "miscounts-retries": "a later attempt has another effect than a first one",
    "refuses-copies": "a copy is refused, and so the vendor goes on to send it",
    "counts-copies": "a webhook that comes twice has its effect twice",
    "loses-copies": "a webhook that comes twice has less effect than one that comes once",
    "refuses-copies-at-once": "one of two copies that come at the same time is refused",
    "counts-copies-at-once": "a webhook that comes twice at the same time has its effect twice",
    "loses-copies-at-once": "a webhook that comes twice at the same time has less effect",
    "refuses-repeats": "an attempt after one that was processed is refused",
    "counts-repeats": "an attempt after one that was processed has its effect again",
    "loses-repeats": "an attempt after one that was processed takes its effect back",
    "refuses-disorder": "a webhook after the next one of its call is refused",
    "depends-on-order": "the effect of a call depends on the order of its webhooks",
    "fails-on-damage": "a body that cannot be read gets a 5xx or no response, not a 4xx",
    "counts-damage": "a body that cannot be read has an effect",
    "refuses-other-calls": "a webhook is refused after one of another call",
    "mixes-calls": "the effect of a call depends on the webhooks of another one",
    "does-not-recover": "after all other cases, a webhook that comes once has another effect",
    "counts-later-copies": "a copy that comes after another call's webhook has its effect again",
}
"""Defect -> what it means, in one sentence."""

SAME_DEFECTS: Final[Mapping[str, tuple[str, ...]]] = {
    "counts-copies-at-once": ("counts-copies",),
    "counts-repeats": ("counts-copies",),
    "counts-later-copies": ("counts-copies", "counts-repeats"),
    "refuses-copies-at-once": ("refuses-copies",),
    "refuses-repeats": ("refuses-copies",),
    "loses-copies-at-once": ("loses-copies",),
    "loses-repeats": ("loses-copies",),
    "mixes-calls": ("loses-copies",),
}
"""Defect -> smaller ones: a receiver that has one of these has no further defect of this name."""
