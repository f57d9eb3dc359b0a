"""Respond to requests as Phonon does, with an error or success code in the body."""

from collections.abc import Mapping
from typing import Final

from mockserver.core import seeded
from mockserver.core.call import Call
from mockserver.core.http import Response
from mockserver.core.provider import Effects, EndpointResult
from mockserver.core.rulebook import Fault, RequestContext
from mockserver.providers.phonon import faults, item_rules, request
from mockserver.providers.phonon.findings import find_refused_items
from mockserver.providers.phonon.records import BULK_HOST, HOSTS, REAL_TIME_HOST
from mockserver.providers.phonon.request import Json

HTTP_CODES: Final = frozenset({400, 401, 402, 405, 429, 500})
"""Vendor codes with the same meaning as HTTP status codes (for the quirk `status-as-code`)."""


def new_call_id(context: RequestContext, index: int) -> str:
    return seeded.uuid(context.read_model.seed, "phonon", index)


def status_body(code: int, message: str) -> Json:
    return {"api-response-code": code, "api-response-message": message}


def refuse(broken: tuple[Fault, ...], context: RequestContext) -> Response:
    """Report the first fault: code and message.

    With the quirk `status-as-code`, the code is the HTTP status too if it is in `HTTP_CODES`.
    """
    fault = broken[0]
    code = fault.code or fault.status
    as_code = code in HTTP_CODES and _has_status_as_code(context)
    status = code if as_code else fault.status
    return Response(status, status_body(code, fault.message), _retry_after(fault, context))


def _has_status_as_code(context: RequestContext) -> bool:
    """Whether the account has the quirk; without an account, whether any account has it.

    A body that is no JSON names no account.
    """
    known = context.read_model.accounts.values() if context.account is None else [context.account]
    return any("status-as-code" in account.quirks for account in known)


def _retry_after(fault: Fault, context: RequestContext) -> Mapping[str, str]:
    """The header of a 429 by the host's limit: whole seconds until it is open again (assumed)."""
    if fault != faults.TOO_MANY_REQUESTS or context.account is None:
        return {}
    host = HOSTS[context.operation]
    seconds = request.seconds_until_open(context, host)
    return {"retry-after": str(seconds)} if seconds else {}


def create(context: RequestContext) -> EndpointResult:
    """Place the valid items and list their details; an invalid item makes it a partial success."""
    broken_rules = item_rules.broken_rules_by_item(context)
    calls = tuple(context.place(index) for index, broken in enumerate(broken_rules) if not broken)
    row = faults.SUCCESS if len(calls) == len(broken_rules) else faults.PARTIAL_SUCCESS
    details = [
        {
            "client-identifier": call.spec.parameters.get("client-identifier"),
            "phonon-uuid": call.spec.vendor_id,
        }
        for call in calls
    ]
    body = {
        **status_body(row.code or row.status, row.message),
        **_request_id(context, calls),
        "call-details": details,
    }
    effects = Effects(calls=calls, counts=_counts(context, REAL_TIME_HOST))
    return EndpointResult(Response(200, body), effects, find_refused_items(context, broken_rules))


def create_bulk(context: RequestContext) -> EndpointResult:
    """Place the valid items; the bulk host only confirms the receipt of the request (observed).

    What it does with invalid ones is assumed: the same as the real-time host.
    """
    broken_rules = item_rules.broken_rules_by_item(context)
    calls = tuple(context.place(index) for index, broken in enumerate(broken_rules) if not broken)
    body = {**status_body(202, "Accepted"), **_request_id(context, calls), "call-details": None}
    effects = Effects(calls=calls, counts=_counts(context, BULK_HOST))
    return EndpointResult(Response(202, body), effects, find_refused_items(context, broken_rules))


def _request_id(context: RequestContext, calls: tuple[Call, ...]) -> Json:
    return {"request-id": seeded.uuid(context.read_model.seed, "phonon-request", calls[0].spec.id)}


def _counts(context: RequestContext, host: str) -> tuple[str, ...]:
    """The keys to count for an accepted request: only those that the account's settings use."""
    settings = request.settings(context.authenticated_account)
    checksum = (request.checksum_key(context),) if settings.checksum_window else ()
    return (
        (*checksum, request.traffic_key(context, host)) if host in settings.per_minute else checksum
    )
