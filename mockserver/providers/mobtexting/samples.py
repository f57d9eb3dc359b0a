"""Make requests that a Mobtexting account accepts, out of its numbers and flows."""

from typing import Final

from mockserver.core.account import Account
from mockserver.core.sample import NO_CREDENTIAL, Sample, sample_credential
from mockserver.providers.mobtexting.request import FLOW_PREFIX

BRIDGE: Final = "918068281234"  # for an account that allows any number
CALLER: Final = "918867135000"
CALLEE: Final = "918867136000"
MAX_NUMBERS: Final = 3


def sample_click_to_call(account: Account, _: int) -> tuple[Sample, ...] | str:
    """A call to a number, and one to a flow, from each of the first numbers of the account."""
    token = sample_credential(account)
    if not token:
        return NO_CREDENTIAL
    bridges = (BRIDGE,) if account.numbers is None else sorted(account.numbers)[:MAX_NUMBERS]
    if not bridges:
        return "the account has no number"
    flow = f"{FLOW_PREFIX}{next(iter(account.records.get('flows', {})), '1')}"
    headers = {"authorization": f"Bearer {token}"}
    return tuple(
        Sample({"bridge": bridge, "from": CALLER, "to": to}, headers)
        for bridge in bridges
        for to in (CALLEE, flow)
    )


SAMPLES: Final = {"c2c": sample_click_to_call}
