"""The names of legs: `a`, `b`, `callee` and the vendor's words, and which leg each one means."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from mockserver.core.call import Call
from mockserver.core.call_flows import CALL_FLOWS
from mockserver.core.provider import Provider, endpoint_roles

NEUTRAL_NAMES: Final = ("a", "b", "callee")
"""The names of legs that every provider has."""


def legs_by_name(call: Call) -> Mapping[str, str]:
    """Map each name of each leg that the call has or can get to `Leg.name`.

    The later of two names has precedence: `callee`, then `a` and `b`, then the vendor's words.
    """
    own = {leg.name: leg.role for leg in call.legs}
    return flow_legs_by_name(call.spec.flow, tuple({**call.spec.roles, **own}.items()), tuple(own))


def is_dialed_later(call: Call, leg: str) -> bool:
    """Whether the call lacks this leg, has lost it, or has dialed it in its course."""
    known = call.leg(leg)
    return known is None or known.added_later or known.state == "left"


@lru_cache(maxsize=256)
def flow_legs_by_name(
    flow: str, roles: tuple[tuple[str, str], ...], more_legs: tuple[str, ...] = ()
) -> Mapping[str, str]:
    """Map each name of each leg of a call flow, and of `more_legs`, to the leg.

    `flow` is a key of `CALL_FLOWS`, `roles` has pairs of a leg and the vendor's word for it.
    Cached: the calls of an operation share the result.
    """
    words, rules = dict(roles), CALL_FLOWS[flow]
    legs = (*rules.dial_conditions, *rules.later_legs, *more_legs)
    vendor_words = {words[leg]: leg for leg in legs if leg in words}
    return MappingProxyType({"callee": rules.callee, **{leg: leg for leg in legs}, **vendor_words})


def all_leg_names(providers: Iterable[Provider]) -> tuple[str, ...]:
    """Return the names that a leg has in any operation of these providers, each once."""
    roles = (
        role
        for provider in providers
        for endpoint in provider.endpoints
        for role in endpoint_roles(provider, endpoint).values()
    )
    return tuple(dict.fromkeys((*NEUTRAL_NAMES, *roles)))
