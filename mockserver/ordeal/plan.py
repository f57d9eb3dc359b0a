"""What an ordeal tries: a receiver, or an application that places calls itself."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from mockserver.core.immutable import EMPTY_MAPPING
from mockserver.core.ordeal_profile import OrdealProfile
from mockserver.core.seeded import fraction
from mockserver.ordeal.cases import Case

REPLY: Final = 3  # real seconds that a slow reply takes


class Plan(NamedTuple):
    """An ordeal as the user orders it.

    - `to`: the URL of the receiver; `app`: a command or URL that makes the application place a
      call. If both are empty, the webhooks go to the inbox of the vendor;
    - `probe`: a command or URL that counts effects, or empty;
    - `authorities`: a PEM file with certificates to trust at an https receiver, or empty;
    - `only`: names of cases, all if empty;
    - `environment`: that of the commands;
    - `words`: the command of the ordeal, to play a case again.
    """

    provider: str
    vendor: OrdealProfile
    seed: str
    to: str = ""
    app: str = ""
    probe: str = ""
    authorities: str = ""
    only: tuple[str, ...] = ()
    environment: Mapping[str, str] = EMPTY_MAPPING
    words: tuple[str, ...] = ("mockserver", "ordeal")


def seed_of(plan: Plan, case: Case) -> str:
    """Return the seed of the sandbox of a case, out of which its calls have ids of their own."""
    return f"{plan.seed}/{case.name}"


def scenario_of(case: Case) -> str:
    """Return the name of the scenario of a case."""
    return f"ordeal-{case.name}"


def build_scenario(plan: Plan, case: Case) -> dict[str, object]:
    """Build the scenario of a case, in the words of a scenario file; empty if all is as usual.

    It holds on the operation that places the sample call, or on any that the application asks for.
    """
    operation = {} if plan.app else {"operation": plan.vendor.operation}
    parts: dict[str, Mapping[str, object]] = {
        "needs": {"provider": plan.provider, **operation},
        "legs": dict(plan.vendor.legs),
        "webhooks": {"any": dict(case.webhooks)} if case.webhooks else {},
    }
    words: dict[str, object] = {name: part for name, part in parts.items() if part}
    if case.has_slow_reply:
        words["responses"] = [{"dribble": f"{REPLY}s"}]
    return words if len(words) > 1 else {}


def draw_number(plan: Plan, case: Case, purpose: str, limit: int) -> int:
    """Draw a whole number below the limit out of the seed, for one purpose of a case."""
    return int(fraction(seed_of(plan, case), "ordeal", purpose) * limit)
