"""The number plan: what the last eight digits of a number, `000 O RR TT`, say of its leg."""

from mockserver.core.legs import Behaviour, Deed, Span, fixed
from mockserver.core.time import SECOND, seconds

CAUSES = {"2": "busy", "3": "no-answer", "4": "rejected", "5": "unreachable", "6": "invalid-number"}
KEY_AFTER = fixed(5 * SECOND)
STAY = 10 * SECOND


def planned(number: str) -> Behaviour | None:
    """How the leg with this number behaves; None if the plan does not speak of it.

    It rings `RR` seconds; then `O`: 0 no plan, 1 answered and talks `TT` seconds (0: until the
    other side ends it), 2 busy, 3 no answer, 4 rejected, 5 unreachable, 6 invalid number,
    7 answered, presses key `K` after 5 s and hangs up `T` times 10 s after answering (`TT` is
    `T K`; `T` 0: stays), 8 an answering machine, 9 a person who is waited for.
    """
    plan = number[-8:]
    if len(plan) != 8 or not plan.isdecimal() or not plan.isascii() or plan[:3] != "000":  # noqa: PLR2004 - the plan's digits
        return None
    kind, ring = plan[3], _seconds(plan[4:6])
    if kind in CAUSES:
        return Behaviour(ring, CAUSES[kind])
    if kind == "1":
        return Behaviour(ring, talk=_seconds(plan[6:]) if plan[6:] != "00" else None)
    if kind == "7":
        press = (Deed(KEY_AFTER, "digits", {"digits": plan[7]}),)
        stays = None if plan[6] == "0" else fixed(int(plan[6]) * STAY)
        return Behaviour(ring, deeds=press, talk=None, hangup=stays)
    if kind == "8":
        return Behaviour(ring, "machine")
    return Behaviour(ring, "person", talk=None) if kind == "9" else None


def meaning(number: str) -> str:
    """What the plan says of a number, in words."""
    how = planned(number)
    return "no plan: it behaves as the scenario says" if how is None else in_words(how)


def in_words(how: Behaviour) -> str:
    """`rings 2 s, answered, presses 1 after 5 s, hangs up 30 s after answering`."""
    parts = [f"rings {_words(how.ring)}", THEN.get(how.then, how.then)]
    for deed in how.deeds:
        told = "/".join(deed.data.values())
        parts.append(f"{DEEDS[deed.verb]} {told} after {_words(deed.after)}")
    if how.hangup:
        parts.append(f"hangs up {_words(how.hangup)} after answering")
    elif how.then in ("answered", *THEN):
        parts.append(f"talks {_words(how.talk)}" if how.talk else STAYS)
    return ", ".join(parts)


DEEDS = {"digits": "presses", "speech": "says"}
THEN = {"machine": "an answering machine takes it", "person": "waits for a person"}
STAYS = "stays until the other side ends it"


def _words(span: Span) -> str:
    low, high = seconds(span.low), seconds(span.high)
    return f"{low} s" if low == high else f"{low} to {high} s"


def _seconds(digits: str) -> Span:
    return fixed(int(digits) * SECOND)
