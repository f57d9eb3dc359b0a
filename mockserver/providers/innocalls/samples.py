"""Make requests that an Innocalls account accepts, out of its call flows and extensions."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from mockserver.core.account import Account
from mockserver.core.sample import NO_CREDENTIAL, Sample, sample_credential
from mockserver.providers.innocalls.records import Flow
from mockserver.providers.innocalls.request import SESSION_COOKIE

CALLEE: Final = "201120000000"
SECOND_CALLEE: Final = "201120000001"
ANY_FLOW: Final = "3815e7b721000000000000000"  # for an account that lists no flows
ANY_EXTENSION: Final = "101"  # for an account that lists no extensions
MAX_FLOWS: Final = 3

ORDER: Final[Mapping[str, object]] = {
    "phone": CALLEE,
    "order_number": "123456789",
    "items_count": "2",
    "order_cost": "2300",
}
BRIDGE: Final[Mapping[str, object]] = {
    "first_callee_number": CALLEE,
    "first_callee_name": "first name",
    "second_callee_number": SECOND_CALLEE,
    "second_callee_name": "second name",
    "duration": "60",
}
DISPATCH: Final[Mapping[str, object]] = {
    "phone": CALLEE,
    "number_1": "1",
    "number_2": "2",
    "webhook": "#",
}


def sample_order_confirmation(account: Account, _: int) -> tuple[Sample, ...] | str:
    return _sample_flows(account, ORDER)


def sample_bridge(account: Account, _: int) -> tuple[Sample, ...] | str:
    return _sample_flows(account, BRIDGE)


def sample_dispatch(account: Account, _: int) -> tuple[Sample, ...] | str:
    token = sample_credential(account)
    return (Sample(DISPATCH, bearer(token)),) if token else NO_CREDENTIAL


def sample_webrtc_call(account: Account, _: int) -> tuple[Sample, ...] | str:
    """A call from a browser, in which the first extension is logged in."""
    key = sample_credential(account)
    if not key:
        return NO_CREDENTIAL
    return (Sample({"phone_number": CALLEE}, session_headers(account, key)),)


def session_headers(account: Account, key: str) -> Mapping[str, str]:
    """The cookie of a browser in which the first extension is logged in."""
    return {"cookie": f"{SESSION_COOKIE}={quote(first_extension(account))}:{quote(key)}"}


def first_extension(account: Account) -> str:
    return next(iter(account.records.get("extensions", {})), ANY_EXTENSION)


def _sample_flows(account: Account, fields: Mapping[str, object]) -> tuple[Sample, ...] | str:
    """The fields with each of the first flows that may be used."""
    token = sample_credential(account)
    if not token:
        return NO_CREDENTIAL
    flows: Mapping[str, Flow] = account.records.get("flows", {})
    names = [name for name, flow in flows.items() if flow.state == "active"]
    if flows and not names:
        return "the account has no active flow"
    return tuple(
        Sample({**fields, "call_flow_id": name}, bearer(token))
        for name in names[:MAX_FLOWS] or [ANY_FLOW]
    )


def bearer(token: str) -> Mapping[str, str]:
    return {"authorization": f"Bearer {token}"}


SAMPLES: Final = {
    "order-confirmation": sample_order_confirmation,
    "bridge": sample_bridge,
    "dispatch": sample_dispatch,
    "webrtc-call": sample_webrtc_call,
}
