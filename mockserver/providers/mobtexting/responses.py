"""Respond to requests as Mobtexting does: accept click-to-call requests, or refuse them."""

from mockserver.core import seeded
from mockserver.core.http import Response
from mockserver.core.provider import Effects, EndpointResult
from mockserver.core.rulebook import Fault, RequestContext


def new_call_id(context: RequestContext, index: int) -> str:
    return seeded.uuid(context.read_model.seed, "mobtexting", index)


def click_to_call(context: RequestContext) -> EndpointResult:
    """Place a call. The page prints two success bodies; the one with `callId` is for a flow."""
    call = context.place(0)
    if call.spec.flow == "one-leg":
        body: dict[str, object] = {
            "callId": call.spec.vendor_id,
            "message": "call initiated successfully",
            "status": 200,
        }
    else:
        body = {"status": 200, "message": "Call initiated successfully"}
    return EndpointResult(Response(200, body), Effects(calls=(call,)))


def refuse(faults: tuple[Fault, ...], context: RequestContext) -> Response:
    """Report the first fault only.

    Without `Accept: application/json`, an unauthenticated request is redirected to the login page.
    With the quirk `errors-as-200`, only the body has the code. A request with an unknown
    credential has no account, and so no quirk.
    """
    fault = faults[0]
    if fault.status == 401 and not context.request.accepts("application/json"):  # noqa: PLR2004 - HTTP
        return Response(302, b"", {"location": "/login"})  # observed
    body = {"status": "ERROR", "code": fault.status, "message": fault.message}
    is_200 = context.account is not None and "errors-as-200" in context.account.quirks
    return Response(200 if is_200 else fault.status, body)
