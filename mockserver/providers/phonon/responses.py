"""How Phonon says it: codes in the body, words, and the call report in two forms."""

from typing import Final

from mockserver.core import seeded
from mockserver.core.call import Call
from mockserver.core.http import Response
from mockserver.core.provider import Effects, EndpointResult
from mockserver.core.rulebook import Fault, RequestContext
from mockserver.providers.phonon import faults, item_rules, request, rules
from mockserver.providers.phonon.records import Flow
from mockserver.providers.phonon.request import Json

HTTP_CODES: Final = frozenset({400, 401, 402, 405, 429, 500})
"""The codes that HTTP has for the same thing."""


def new_call_id(seed: str, index: int, _: str) -> str:
    return seeded.uuid(seed, "phonon", index)


def status_body(code: int, message: str) -> Json:
    return {"api-response-code": code, "api-response-message": message}


def refuse(faults: tuple[Fault, ...], context: RequestContext) -> Response:
    """Two keys; the code is HTTP's too where the quirk wants it and HTTP has such a one."""
    fault = faults[0]
    code = fault.code or fault.status
    quirks = context.account.quirks if context.account else frozenset()
    as_code = "status-as-code" in quirks and code in HTTP_CODES
    return Response(code if as_code else fault.status, status_body(code, fault.message))


def create(context: RequestContext) -> EndpointResult:
    """Details for the good calls: a bad one among them makes it a partial success."""
    found = item_rules.broken_rules_by_item(context)
    calls = tuple(_place_item(context, nth) for nth, broken in enumerate(found) if not broken)
    row = faults.SUCCESS if len(calls) == len(found) else faults.PARTIAL_SUCCESS
    details = [
        {
            "client-identifier": one.spec.parameters.get("client-identifier"),
            "phonon-uuid": one.spec.vendor_id,
        }
        for one in calls
    ]
    body = {
        **status_body(row.code or row.status, row.message),
        **_request_id(context, calls),
        "call-details": details,
    }
    return EndpointResult(
        Response(200, body), Effects(calls=calls, counts=_counts(context, rules.REAL_TIME_HOST))
    )


def create_bulk(context: RequestContext) -> EndpointResult:
    """The bulk host only says that it has the request (observed)."""
    found = item_rules.broken_rules_by_item(context)
    calls = tuple(_place_item(context, nth) for nth, broken in enumerate(found) if not broken)
    body = {**status_body(202, "Accepted"), **_request_id(context, calls), "call-details": None}
    return EndpointResult(
        Response(202, body), Effects(calls=calls, counts=_counts(context, rules.BULK_HOST))
    )


def _request_id(context: RequestContext, calls: tuple[Call, ...]) -> Json:
    return {"request-id": seeded.uuid(context.read_model.seed, "phonon-request", calls[0].spec.id)}


def _counts(context: RequestContext, host: str) -> tuple[str, ...]:
    """Only an accepted request is remembered, and only where it is asked for."""
    told = request.settings(context.authenticated_account)
    bytes_ = (request.checksum_key(context),) if told.checksum_window else ()
    return (*bytes_, request.traffic_key(context, host)) if host in told.per_minute else bytes_


def _place_item(context: RequestContext, index: int) -> Call:
    item = context.for_item("calls", index).fields
    flow = request.find_flow(context) or Flow()
    legs = {"a": request.contact_numbers(item)[0], **({"b": flow.bridge} if flow.bridge else {})}
    shape = "b-after-a" if flow.bridge else "one-leg"
    call = context.build_call(shape, legs, request.starts_at(item, context.now))
    wanted = {**item, "flow-id": context.text("flow-id")}
    return call._replace(spec=call.spec._replace(parameters=wanted))
