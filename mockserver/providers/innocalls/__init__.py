"""Innocalls: order confirmation, call bridging and its status, call dispatch, WebRTC."""

from mockserver.core.http import Request
from mockserver.core.provider import Endpoint, Provider
from mockserver.providers.innocalls import dialect, react, reading, rules, webrtc
from mockserver.providers.innocalls.generators import GENERATORS
from mockserver.providers.innocalls.records import Extension, Flow, Settings

ECOMMERCE = "ecommerce.innocalls.com"
BRIDGE = "api.bridge.innocalls.com"
VOICE = "api.innocalls.net"
WEBRTC = "webrtc.innocalls.com"

PHONE = {"a": "phone"}
CALLEES = {"a": "first_callee", "b": "second_callee"}
BROWSER = {"a": "extension", "b": "phone"}


def asks_for_status(request: Request) -> bool:
    """The page's curl sample for call status posts to the path of bridging."""
    return "call_id" in request.fields and not any(
        name in request.fields for name in ("first_callee_number", "second_callee_number")
    )


PROVIDER = Provider(
    name="innocalls",
    title="Innocalls",
    roles=PHONE,
    endpoints=(
        Endpoint(
            "order-confirmation",
            "POST",
            ECOMMERCE,
            "/api/v1/order/confirmation",
            rules.CONFIRMATION,
            dialect.confirmed,
            dialect.one_party,
        ),
        Endpoint(
            "call-status",
            "POST",
            BRIDGE,
            "/api/v1/call/bridge",
            rules.STATUS,
            dialect.reported,
            when=asks_for_status,
        ),
        Endpoint(
            "bridge",
            "POST",
            BRIDGE,
            "/api/v1/call/bridge",
            rules.BRIDGE,
            dialect.bridged,
            dialect.two_parties,
            roles=CALLEES,
        ),
        Endpoint(
            "call-status", "GET", BRIDGE, "/api/v1/call/status", rules.STATUS, dialect.reported
        ),
        Endpoint(
            "dispatch",
            "POST",
            VOICE,
            "/api/v1/call",
            rules.DISPATCH,
            dialect.dispatched,
            dialect.one_party,
        ),
        Endpoint("authorize", "GET", ECOMMERCE, "/", rules.AUTHORIZE, dialect.authorized),
        Endpoint("webrtc", "GET", WEBRTC, "/integration.php", rules.INTEGRATION, webrtc.opened),
        Endpoint("webrtc-login", "GET", WEBRTC, "/login.php", rules.LOGIN, webrtc.asked),
        Endpoint("webrtc-enter", "POST", WEBRTC, "/login.php", rules.ENTRY, webrtc.entered),
        Endpoint(
            "webrtc-call",
            "POST",
            WEBRTC,
            "/call.php",
            rules.CALL,
            webrtc.called,
            webrtc.parties,
            roles=BROWSER,
        ),
    ),
    credential=reading.credential,
    refuse=dialect.refused,
    wrong_method=rules.WRONG_METHOD,
    on_event=react.react,
    status=dialect.status,
    new_call_id=dialect.new_id,
    webhooks=("get-digits", "cdr"),
    scenario_only_faults=rules.ORDERED,
    records={"flows": Flow, "extensions": Extension},
    generators=GENERATORS,
    settings=Settings,
)
