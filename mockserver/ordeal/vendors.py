"""Finds the profile of a vendor that is to be tried; says what is wrong with a name."""

from collections.abc import Iterable, Mapping

from mockserver.core.ordeal_profile import OrdealProfile
from mockserver.core.suggestions import did_you_mean
from mockserver.ordeal.control import OrdealError


def find_profile(
    provider: str, cases: Iterable[str], known: Mapping[str, OrdealProfile]
) -> OrdealProfile:
    """Return the profile of a vendor whose webhooks can meet these cases.

    Raises:
        OrdealError: no vendor of that name sends webhooks, or one of the cases is unknown to it.
    """
    if provider not in known:
        hint = did_you_mean(provider, known) or f"{', '.join(known)} do"
        raise OrdealError(f"no provider {provider!r} sends webhooks: {hint}")
    profile = known[provider]
    for case in cases:
        if case not in profile.cases:
            hint = did_you_mean(case, profile.cases) or f"it has {', '.join(profile.cases)}"
            raise OrdealError(f"{provider} has no case {case!r}: {hint}")
    return profile
