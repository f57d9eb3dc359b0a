"""Build the call report that Phonon posts, in its newer and its older form."""

from collections.abc import Iterator, Mapping
from datetime import tzinfo
from typing import Final

from mockserver.core import seeded
from mockserver.core.account import Account
from mockserver.core.call import Call, DialAttempt, Leg, current_attempt
from mockserver.core.causes import CAUSES
from mockserver.core.rulebook import Evidence
from mockserver.core.time import SECOND, to_datetime
from mockserver.core.webhook_kind import WebhookKind
from mockserver.providers.phonon import request
from mockserver.providers.phonon.request import Json, flow_of_call

WEBHOOKS: Final[Mapping[str, WebhookKind]] = {
    "report": WebhookKind(
        body=Evidence.OBSERVED,
        satisfied_by=Evidence.ASSUMED,
        waits=Evidence.ASSUMED,
        repeats=Evidence.ASSUMED,
        note="no page has a retry; the flow has completed, so a report has nothing new to tell",
    )
}


def build_report(call: Call, account: Account, seed: str) -> Json:
    """The newer form (observed): a key is present only if it has a value; durations are in ms."""
    attempts = (*call.attempts, current_attempt(call))
    details = [
        _attempt_detail(call, account, attempt, seeded.uuid(seed, call.spec.id, index))
        for index, attempt in enumerate(attempts)
    ]
    ids = _ids(call, account)
    return {"body": {**ids, "callDetails": details}}


def _ids(call: Call, account: Account) -> Json:
    """The ids of a call; that of the client only with the quirk `client-identifier`.

    The page calls it a callback variable, and no form of the report that is known shows it.
    """
    ids: Json = {"phonon-uuid": call.spec.vendor_id}
    if "client-identifier" in account.quirks:
        ids["client-identifier"] = call.spec.parameters.get("client-identifier")
    return ids


def _attempt_detail(call: Call, account: Account, dial_attempt: DialAttempt, cdr_id: str) -> Json:
    leg, zone = dial_attempt.legs[0], request.time_zone(account)
    pressed_keys = list(_pressed_keys(call, leg, zone))
    detail: Json = {
        "cdrId": f"{cdr_id}##pbx-9",
        "startTime": _format_time(dial_attempt.started_at, zone),
    }
    if leg.answered_at is not None:
        detail["connectTime"] = _format_time(leg.answered_at, zone)
    detail |= {
        "endTime": _format_time(leg.ended_at, zone),
        "calleeNumber": leg.number,
        "didNumber": flow_of_call(call, account).did,
        "hangupCause": _hangup_cause(leg),
        "duration": str(_talk_time(leg)),
    }
    if pressed_keys:
        detail["dtmfPressesd"] = pressed_keys
    detail |= {
        "incoming": False,
        "calleeType": "VISITOR",
        "remoteHangup": _is_remote_hangup(call, leg),
    }
    if leg.ringing_at is not None:
        detail |= {"is_ringing": "true", "ringingStartTime": _format_time(leg.ringing_at, zone)}
    return {**detail, "foreignCallIds": []}


def build_report_2020(call: Call, account: Account) -> Json:
    """The older form (observed), with durations in seconds."""
    zone = request.time_zone(account)
    details = [
        {
            "calleeNumber": attempt.legs[0].number,
            "connectTime": _format_time(attempt.legs[0].answered_at, zone),
            "didNumber": flow_of_call(call, account).did,
            "duration": _talk_time(attempt.legs[0]) // SECOND,
            "endTime": _format_time(attempt.legs[0].ended_at, zone),
            "hangupCause": _hangup_cause(attempt.legs[0]),
            "incoming": False,
            "startTime": _format_time(attempt.started_at, zone),
        }
        for attempt in (*call.attempts, current_attempt(call))
    ]
    was_answered = call.legs[0].answered_at is not None
    file = {
        "recordedFileName": call.spec.recording_url.rpartition("/")[2],
        "recordedFilePublicPath": call.spec.recording_url,
    }
    return {
        "callDetails": details,
        "keys": call.spec.parameters.get("keys") or [],
        **_ids(call, account),
        "recordingUrls": [file] if was_answered else [],
    }


def _pressed_keys(call: Call, leg: Leg, zone: tzinfo) -> Iterator[Json]:
    """The keys pressed while `leg` was answered, each with its time."""
    since, until = leg.answered_at, leg.ended_at
    for event in call.events:
        is_within = since is not None and until is not None and since <= event.at <= until
        if event.type == "press" and event.leg == "a" and is_within:
            for key in str(event.data["digits"]):
                yield {"key": key, "eventTime": _format_time(event.at, zone), "label": ""}


def _hangup_cause(leg: Leg) -> str:
    return str(CAUSES[leg.cause].q850) if leg.cause else ""


def _talk_time(leg: Leg) -> int:
    """Milliseconds from answer to hangup; 0 if the leg never answered."""
    return 0 if leg.answered_at is None or leg.ended_at is None else leg.ended_at - leg.answered_at


def _is_remote_hangup(call: Call, leg: Leg) -> bool:
    """Whether the contact (leg `a`) hung up first."""
    hangups = (
        event for event in call.events if event.type == "hangup" and event.at == leg.ended_at
    )
    first = next(hangups, None)
    return first is not None and first.leg == "a" and leg.answered_at is not None


def _format_time(at: int | None, zone: tzinfo) -> str | None:
    return (
        None if at is None else to_datetime(at).astimezone(zone).isoformat(timespec="milliseconds")
    )
