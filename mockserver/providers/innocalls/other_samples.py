"""Make requests for the operations of Innocalls that place no calls."""

from collections.abc import Mapping
from typing import Final

from mockserver.core.account import Account
from mockserver.core.read_model import ReadModel
from mockserver.core.sample import (
    NO_CREDENTIAL,
    MadeSamples,
    OtherSampleMaker,
    Sample,
    place_first,
    sample_credential,
)
from mockserver.providers.innocalls.request import field_text
from mockserver.providers.innocalls.samples import CALLEE, bearer, first_extension, session_headers


def sample_status(account: Account, _: int, read_model: ReadModel) -> MadeSamples:
    """The status of the newest bridge of the account."""
    token = sample_credential(account)
    if not token:
        return NO_CREDENTIAL
    for call in reversed([*read_model.calls.values()]):
        owner = (call.spec.provider, call.spec.account)
        if owner == account.key and call.spec.operation == "bridge":
            flow = field_text(call.spec.parameters, "call_flow_id")
            fields = {"call_id": call.spec.vendor_id, "call_flow_id": flow}
            return (Sample(fields, bearer(token)),)
    return place_first("the account has no bridge", "bridge")


def sample_authorize(account: Account, _: int, __: ReadModel) -> tuple[Sample, ...] | str:
    token = sample_credential(account)
    return (Sample({}, bearer(token)),) if token else NO_CREDENTIAL


def sample_page(account: Account, _: int, __: ReadModel) -> tuple[Sample, ...] | str:
    """The page that calls, in a browser in which the first extension is logged in."""
    key = sample_credential(account)
    if not key:
        return NO_CREDENTIAL
    return (Sample({"phone_number": CALLEE}, session_headers(account, key)),)


def sample_login_page(_: Account, __: int, ___: ReadModel) -> tuple[Sample, ...]:
    return (Sample({"phone_number": CALLEE}),)


def sample_login(account: Account, _: int, __: ReadModel) -> tuple[Sample, ...] | str:
    """The login of the first extension."""
    key = sample_credential(account)
    if not key:
        return NO_CREDENTIAL
    login = {"extension": first_extension(account), "password": key}
    return (Sample({**login, "phone_number": CALLEE}),)


OTHER_SAMPLES: Final[Mapping[str, OtherSampleMaker]] = {
    "call-status": sample_status,
    "authorize": sample_authorize,
    "webrtc": sample_page,
    "webrtc-login": sample_login_page,
    "webrtc-enter": sample_login,
}
