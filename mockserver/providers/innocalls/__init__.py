"""The provider Innocalls: order confirmation, bridging, call status, dispatch and WebRTC."""

from mockserver.core.possible_calls import PossibleCalls
from mockserver.core.provider import Endpoint, Provider
from mockserver.core.rulebook import Evidence
from mockserver.providers.innocalls import (
    call_state,
    events,
    faults,
    request,
    responses,
    rules,
    webrtc,
)
from mockserver.providers.innocalls.findings import FINDERS
from mockserver.providers.innocalls.generators import GENERATORS
from mockserver.providers.innocalls.ordeal import ORDEAL
from mockserver.providers.innocalls.other_samples import OTHER_SAMPLES
from mockserver.providers.innocalls.records import Extension, Flow, Settings
from mockserver.providers.innocalls.request import is_status_request
from mockserver.providers.innocalls.samples import SAMPLES
from mockserver.providers.innocalls.webhooks import WEBHOOKS
from mockserver.providers.innocalls.words import DETAILS, WORDS

ECOMMERCE_HOST = "ecommerce.innocalls.com"
BRIDGE_HOST = "api.bridge.innocalls.com"
VOICE_HOST = "api.innocalls.net"
WEBRTC_HOST = "webrtc.innocalls.com"

PHONE_ROLES = {"a": "phone"}
BRIDGE_ROLES = {"a": "first_callee", "b": "second_callee"}
WEBRTC_ROLES = {"a": "extension", "b": "phone"}


PROVIDER = Provider(
    name="innocalls",
    title="Innocalls",
    roles=PHONE_ROLES,
    endpoints=(
        Endpoint(
            "order-confirmation",
            "POST",
            ECOMMERCE_HOST,
            "/api/v1/order/confirmation",
            rules.CONFIRMATION,
            responses.confirm_order,
            request.planned_single_call,
            calls=PossibleCalls(("one-leg",), redials=True),
        ),
        Endpoint(
            "call-status",
            "POST",
            BRIDGE_HOST,
            "/api/v1/call/bridge",
            rules.STATUS,
            responses.get_call_status,
            when=is_status_request,
        ),
        Endpoint(
            "bridge",
            "POST",
            BRIDGE_HOST,
            "/api/v1/call/bridge",
            rules.BRIDGE,
            responses.place_bridge,
            request.planned_bridge,
            roles=BRIDGE_ROLES,
            calls=PossibleCalls(("b-after-a",)),
        ),
        Endpoint(
            "call-status",
            "GET",
            BRIDGE_HOST,
            "/api/v1/call/status",
            rules.STATUS,
            responses.get_call_status,
        ),
        Endpoint(
            "dispatch",
            "POST",
            VOICE_HOST,
            "/api/v1/call",
            rules.DISPATCH,
            responses.dispatch_call,
            request.planned_single_call,
            calls=PossibleCalls(("one-leg",), ("get-digits", "cdr"), final_webhooks=("cdr",)),
        ),
        Endpoint("authorize", "GET", ECOMMERCE_HOST, "/", rules.AUTHORIZE, responses.authorize),
        Endpoint(
            "webrtc",
            "GET",
            WEBRTC_HOST,
            "/integration.php",
            rules.INTEGRATION,
            webrtc.show_call_page,
        ),
        Endpoint(
            "webrtc-login",
            "GET",
            WEBRTC_HOST,
            "/login.php",
            rules.LOGIN,
            webrtc.show_login,
            evidence=Evidence.ASSUMED,
        ),
        Endpoint(
            "webrtc-enter",
            "POST",
            WEBRTC_HOST,
            "/login.php",
            rules.LOGIN_SUBMIT,
            webrtc.log_in,
            evidence=Evidence.ASSUMED,
        ),
        Endpoint(
            "webrtc-call",
            "POST",
            WEBRTC_HOST,
            "/call.php",
            rules.CALL,
            webrtc.call_from_browser,
            webrtc.planned_calls,
            roles=WEBRTC_ROLES,
            calls=PossibleCalls(("b-after-a",)),
            evidence=Evidence.ASSUMED,
        ),
    ),
    credential=request.credential,
    refuse=responses.refuse,
    wrong_method=faults.WRONG_METHOD,
    on_event=events.on_event,
    status=call_state.status,
    statuses=call_state.STATUS_TABLE,
    new_call_id=responses.new_call_id,
    webhooks=WEBHOOKS,
    scenario_only_faults=faults.SCENARIO_ONLY_FAULTS,
    records={"flows": Flow, "extensions": Extension},
    generators=GENERATORS,
    settings=Settings,
    samples=SAMPLES,
    other_samples=OTHER_SAMPLES,
    finders=FINDERS,
    words=WORDS,
    details=DETAILS,
    ordeal=ORDEAL,
)
