"""Refuse requests as Effebot does: as a whole, or (quirk `wrapped`) each of the calls asked for."""

from typing import Final

from mockserver.core.http import Response
from mockserver.core.rulebook import Fault, RequestContext, render_message
from mockserver.providers.effebot.request import Json, has_wrapped_quirk, requested_phones

PLACING_OPERATIONS: Final = ("create", "create-with-template")
CALL_FAULT_STATUSES: Final = (402, 404, 422)
"""The statuses of faults that are about the calls asked for, not about who asks and how."""


def refuse(faults: tuple[Fault, ...], context: RequestContext) -> Response:
    """Report the first fault, always in the envelope; the page shows no errors.

    Public clients read `data.message`, and `data[0].message` of a call that is not placed: with the
    quirk `wrapped`, `data` has an item for each number then, and the status is 200 (assumed).
    """
    message = render_message(faults[0], context)
    if not _is_about_calls(faults[0], context):
        return Response(faults[0].status, {"status": "error", "data": {"message": message}})
    phones = requested_phones(context.fields) or (None,)
    items = [build_refused_call(phone, message) for phone in phones]
    return Response(200, {"status": "error", "data": items})


def _is_about_calls(fault: Fault, context: RequestContext) -> bool:
    return (
        context.operation in PLACING_OPERATIONS
        and fault.status in CALL_FAULT_STATUSES
        and has_wrapped_quirk(context.account)
    )


def build_refused_call(phone: str | None, message: str) -> Json:
    """The item of a number that is not called; `phone` is None if the request has none."""
    return {"status": "error", "phone": phone, "message": message}
