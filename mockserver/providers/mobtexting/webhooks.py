"""The call report that Mobtexting posts when a call has ended."""

from datetime import datetime, timedelta, timezone
from typing import Final

from mockserver.core.call import Call
from mockserver.core.time import SECOND
from mockserver.providers.mobtexting.call_state import leg_status, status
from mockserver.providers.mobtexting.request import whole_number

KOLKATA: Final = timezone(timedelta(hours=5, minutes=30))  # the page names no zone: assumed
HANGUP_SIDES: Final = {"a": "agent", "b": "caller"}  # `hangup_by`: `from` is the agent, assumed


def build_report(call: Call, now: int, quirks: frozenset[str]) -> dict[str, object]:
    """The fifteen keys of the page's sample, in its order and with its types.

    The page's table has a sixteenth before them, `webhook_id`, which the sample lacks: a quirk.
    """
    first, *rest = call.legs
    wanted, end = call.spec.parameters, _format_time(now)
    asked = {"webhook_id": str(wanted.get("webhook_id", ""))} if "webhook-id" in quirks else {}
    return {
        **asked,
        "bridge": _number_or_text(str(wanted["bridge"])),
        "from": _number_or_text(first.number),
        "to": _number_or_text(str(wanted["to"])),
        "source": "C2C",
        "start_at": _format_time(call.attempt_started_at),
        "end_at": end,
        "date": end,
        "unixtime": str(now // SECOND),
        "duration": str(_seconds_between(call.attempt_started_at, first.ended_at)),
        "billing": str(sum(_seconds_between(leg.answered_at, leg.ended_at) for leg in rest)),
        "status": status(call),
        "status1": "RECEIVED" if first.answered_at is not None else leg_status(first),
        "status2": "".join(leg_status(leg) for leg in rest),
        "recording_url": call.spec.recording_url if _has_recording(call) else "",
        "hangup_by": _hangup_side(call),
    }


def _has_recording(call: Call) -> bool:
    """Asked for, and somebody was there to be recorded."""
    return whole_number(call, "record") == 1 and call.legs[0].answered_at is not None


def _number_or_text(text: str) -> int | str:
    return int(text) if text.isdecimal() else text


def _format_time(at: int | None) -> str:
    return "" if at is None else datetime.fromtimestamp(at // SECOND, KOLKATA).isoformat(" ")[:19]


def _seconds_between(since: int | None, until: int | None) -> int:
    """Whole seconds between two time stamps as they are printed, so that they always agree."""
    return 0 if since is None or until is None else until // SECOND - since // SECOND


def _hangup_side(call: Call) -> str:
    """Whose side ended the last attempt: the first hang-up since it began."""
    first = "a"  # a call that never began has no hang-up
    for event in reversed(call.events):
        if event.type == "hangup":
            first = event.leg
        if event.type == "begin":
            break
    return HANGUP_SIDES[first]
