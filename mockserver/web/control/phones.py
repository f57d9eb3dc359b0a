"""Lists the legs that wait for a person, and what can happen to a call now."""

from collections.abc import Iterable
from functools import partial
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mockserver.audio.tones import build_recording
from mockserver.core.call import Call
from mockserver.core.time import format_iso
from mockserver.engine.phones import Phone, find_phones
from mockserver.engine.possible_acts import PossibleAct, leg_acts, possible_acts
from mockserver.web.control.listing import encoded, respond_with_json
from mockserver.web.control.params import call_of, sandbox_of
from mockserver.web.redaction import redact_item
from mockserver.web.slices import Job

PHONE_FIELDS: Final = (
    "call", "provider", "leg", "role", "number", "state", "since", "heard", "can", "recording",
)  # fmt: skip
MEDIA: Final = "/_media/"


async def list_phones(request: Request) -> Response:
    """List the phones: those that ring first, then the newest first."""
    phones = find_phones(sandbox_of(request).state)
    jobs = (encoded(Job(0, partial(_serialize_phone, request, phone))) for phone in phones)
    return await respond_with_json(request, "phones", jobs)


async def get_acts(request: Request) -> JSONResponse:
    """Tell what can happen to a call now, and where its recording is, once there is one."""
    sandbox, call = sandbox_of(request), call_of(request)
    acts = possible_acts(sandbox.state, call, sandbox.clock.now())
    body = {
        "call": call.spec.id,
        "can": _serialize_acts(acts),
        "recording": _recording_of(call),
    }
    return JSONResponse(redact_item(body, sandbox.state.configuration.seed))


def _serialize_phone(request: Request, phone: Phone) -> dict[str, Any]:
    call, leg = phone.call, phone.leg
    acts = (act for act in leg_acts(call) if act.leg == leg.name)
    serialized = {
        "call": call.spec.id,
        "provider": call.spec.provider,
        "leg": leg.name,
        "role": leg.role,
        "number": leg.number,
        "state": leg.state,
        "since": format_iso(phone.since),
        "heard": [{"at": format_iso(at), "text": text} for at, text in phone.heard],
        "can": _serialize_acts(acts),
        "recording": _recording_of(call),
    }
    return redact_item(serialized, sandbox_of(request).state.configuration.seed)


def _serialize_acts(acts: Iterable[PossibleAct]) -> list[dict[str, Any]]:
    return [
        {
            "event": act.event,
            "leg": act.leg or None,
            "arguments": list(act.arguments),
            "choices": {name: list(values) for name, values in act.choices.items()},
        }
        for act in acts
    ]


def _recording_of(call: Call) -> str | None:
    """The path of the recording on this server; None as long as nobody has answered."""
    if build_recording(call) is None:
        return None
    _, media, path = call.spec.recording_url.partition(MEDIA)
    return media + path


ROUTES = (Route("/phones", list_phones), Route("/calls/{id}/acts", get_acts))
