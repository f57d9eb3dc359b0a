"""Build the call report that Mobtexting posts when a call has ended."""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Final

from mockserver.core.account import Account
from mockserver.core.call import Call
from mockserver.core.http import value_text
from mockserver.core.rulebook import Evidence
from mockserver.core.time import SECOND
from mockserver.core.webhook_kind import WebhookKind
from mockserver.providers.mobtexting.call_state import leg_status, status
from mockserver.providers.mobtexting.request import whole_number

KOLKATA: Final = timezone(timedelta(hours=5, minutes=30))  # assumed: the page names no time zone
WEBHOOKS: Final[Mapping[str, WebhookKind]] = {
    "completed": WebhookKind(
        body=Evidence.DOCUMENTED,
        satisfied_by=Evidence.OBSERVED,
        waits=Evidence.ASSUMED,
        repeats=Evidence.ASSUMED,
        note="the vendor's later pages have 200 and 202 as success, and no retry for voice; the"
        " call is over, so a report has nothing new to tell",
    )
}
HANGUP_SIDES: Final = {"a": "agent", "b": "caller"}  # assumed: `from` is the agent


def build_report(call: Call, now: int, account: Account) -> dict[str, object]:
    """The fifteen keys of the page's sample, in its order and with its types.

    The page's table has a sixteenth key, `webhook_id`, which the sample lacks. The quirk
    `webhook-id` puts it first.
    """
    first, *rest = call.legs
    parameters, zone = call.spec.parameters, account.time_zone or KOLKATA
    end, has_webhook_id = _format_time(now, zone), "webhook-id" in account.quirks
    return {
        **({"webhook_id": value_text(parameters.get("webhook_id"))} if has_webhook_id else {}),
        "bridge": _number_or_text(str(parameters["bridge"])),
        "from": _number_or_text(first.number),
        "to": _number_or_text(str(parameters["to"])),
        "source": "C2C",
        "start_at": _format_time(call.attempt_started_at, zone),
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
    """Whether the request asked for a recording, and there was a conversation or a flow to record.

    The page has `Record this conversation`.
    """
    is_asked_for = whole_number(call, "record") == 1
    return is_asked_for and all(leg.answered_at is not None for leg in call.legs)


def _number_or_text(text: str) -> int | str:
    return int(text) if text.isdecimal() else text


def _format_time(at: int | None, zone: tzinfo) -> str:
    return "" if at is None else datetime.fromtimestamp(at // SECOND, zone).isoformat(" ")[:19]


def _seconds_between(since: int | None, until: int | None) -> int:
    """Whole seconds between two times in ms, rounded like the printed timestamps so they agree."""
    return 0 if since is None or until is None else until // SECOND - since // SECOND


def _hangup_side(call: Call) -> str:
    """The side that ended the last attempt: that of the first hangup since the attempt began."""
    first = "a"  # if no attempt began, there is no hangup
    for event in reversed(call.events):
        if event.type == "hangup":
            first = event.leg
        if event.type == "begin":
            break
    return HANGUP_SIDES[first]
