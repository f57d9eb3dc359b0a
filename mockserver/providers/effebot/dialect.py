"""How Effebot says it: envelopes, call details in the page's order, words."""

from collections.abc import Mapping
from typing import Final

from mockserver.core.account import Account
from mockserver.core.call import Call, Leg
from mockserver.core.http import Response
from mockserver.core.rulebook import Fault, RequestContext, render_message
from mockserver.core.time import SECOND
from mockserver.core.webhook import Delivery
from mockserver.providers.effebot.notes import notes
from mockserver.providers.effebot.reading import flag, wrapped
from mockserver.providers.effebot.records import Clip

Json = dict[str, object]

STATUS: Final = "status"


def refused(faults: tuple[Fault, ...], case: RequestContext) -> Response:
    """Wrapped in either manner: observed, the page shows no error."""
    told = {"status": "error", "data": {"message": render_message(faults[0], case)}}
    return Response(faults[0].status, told)


def bare(data: object, account: Account | None) -> Response:
    """As the page prints it, or in the envelope that public clients read."""
    return enveloped(data) if wrapped(account) else Response(200, data)  # type: ignore[arg-type]


def enveloped(data: object) -> Response:
    return Response(200, {"status": "success", "data": data})


def new_id(_: str, number: int, __: str) -> str:
    """In place of the account's own."""
    return str(number)


def status(call: Call) -> str:
    first = call.legs[0]
    if call.phase == "placed":
        return "created"
    if call.phase == "ended":
        return "finished" if first.answered_at is not None else "canceled"
    if first.answered_at is not None:
        return "answered"
    return "started" if first.ringing_at is not None else "processed"


def seconds(at: int | None) -> int | None:
    return None if at is None else at // SECOND


def created(call: Call, cost: str, account: Account) -> Json:
    """The page spells `needrecording` here, public clients read `needRecording`."""
    recording = "needRecording" if wrapped(account) else "needrecording"
    return {
        "id": int(call.spec.vendor_id),
        "createdAt": seconds(call.spec.created_at),
        "plannedAt": planned(call),
        recording: int(flag(call.spec.parameters, "needRecording")),
        "phone": call.legs[0].number,
        "recordCost": cost,
    }


def planned(call: Call) -> int | None:
    """What was asked for, also where it lies in the past."""
    told = call.spec.parameters.get("plannedAt")
    return None if told in (None, "") else int(str(told))


def details(call: Call, sent: tuple[Delivery, ...]) -> Json:
    """Eleven fields of the request, and one item in `calls`."""
    statuses = [one for one in sent if one.webhook.kind == STATUS]
    wanted = call.spec.parameters
    return {
        "id": int(call.spec.vendor_id),
        "createdAt": seconds(call.spec.created_at),
        "needRecording": int(flag(wanted, "needRecording")),
        "plannedAt": planned(call),
        "webhookUrl": wanted.get("webhookUrl"),
        "webhookSent": int(bool(statuses) and statuses[-1].state == "delivered"),
        "amoscriptId": None,
        "webhookParameters": None,
        "webhookTry": len(statuses[-1].attempts) if statuses else 0,
        "recognitionGroupId": None,
        "generateGroupId": None,
        "calls": [_call(call)],
    }


def _call(call: Call) -> Json:
    first, manager = call.legs[0], call.leg("b")
    mine = notes(call)
    digits = [one for one in mine.answers if one.isdecimal()]
    heard = first.answered_at is not None and flag(call.spec.parameters, "needRecording")
    return {
        "phone": first.number,
        "ivrDigit": int(digits[-1]) if digits else None,
        "startedAt": seconds(first.ringing_at),
        "answeredAt": seconds(first.answered_at),
        "managerStartedAt": seconds(manager.ringing_at) if manager else None,
        "managerAnsweredAt": seconds(manager.answered_at) if manager else None,
        "finishedAt": seconds(call.ended_at),
        "toBlock": int(mine.blocked),
        "status": status(call),
        "hangupCause": first.cause,
        "managerStatus": _manager(manager),
        "recordFilePath": call.spec.recording_url if heard else None,
        "cost": str(mine.cost),
        "createdAt": seconds(call.spec.created_at),
        "updatedAt": seconds(call.events[-1].at),
        "label": mine.client,
        "ivrAnswers": "".join(f"|{one}" for one in mine.answers) or None,
        "ivrIdList": list(mine.taken),
        "comment": None,
    }


def _manager(leg: Leg | None) -> str | None:
    """In the words for calls: assumed."""
    if leg is None:
        return None
    if leg.ended_at is not None:
        return "finished" if leg.answered_at is not None else "canceled"
    return "answered" if leg.answered_at is not None else "started"


def record(name: str, clip: Clip, path: str, cost: str) -> Json:
    """An audio record as it has just been added."""
    return {
        "id": int(name),
        "createdAt": clip.created,
        "needModeration": int(not clip.moderated),
        "moderatorComment": clip.moderator_comment or None,
        "name": clip.name,
        "path": path,
        "status": "moderated" if clip.moderated else "moderation",
        "recordText": clip.text or None,
        "cost": cost,
    }


def removed(name: str, clip: Clip, path: str, at: int) -> Json:
    """In the order of the page, which has a comma missing twice."""
    told: Mapping[str, object] = record(name, clip, path, "0")
    keys = ("id", "createdAt", "name", "path", "moderatorComment", "needModeration", "status")
    return {**{key: told[key] for key in keys}, "deletedAt": seconds(at)}
