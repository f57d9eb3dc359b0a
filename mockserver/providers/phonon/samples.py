"""Make requests that a Phonon account accepts, out of its flows and settings."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from ipaddress import ip_network
from typing import Final

from mockserver.core.account import Account
from mockserver.core.sample import NO_CREDENTIAL, Sample, sample_credential
from mockserver.providers.phonon.records import Flow, Settings
from mockserver.providers.phonon.request import KEY_PREFIX, settings

ANY_FLOW: Final = "Ab12Cd34"  # for an account that lists no flows
CONTACTS: Final = ("918867136000", "918867136001")
OWN_ADDRESS: Final = "127.0.0.1"


def sample_create(account: Account, _: int) -> tuple[Sample, ...] | str:
    """A call with the first complete flow that has no bridge, and one with the first that has."""
    own = settings(account)
    security_id = own.security_id or sample_credential(account)
    if not security_id:
        return NO_CREDENTIAL
    known: Mapping[str, Flow] = account.records.get("flows") or {ANY_FLOW: Flow()}
    complete = {name: flow for name, flow in known.items() if _is_complete(flow, own)}
    if not complete:
        return "no flow of the account is complete"
    first = {bool(flow.bridge): name for name, flow in reversed(complete.items())}
    return tuple(
        _sample_flow(security_id, name, complete[name], own) for _, name in sorted(first.items())
    )


def _is_complete(flow: Flow, own: Settings) -> bool:
    has_contacts = flow.version != "TEST" or bool(own.test_numbers)
    is_ready = bool(flow.did) and flow.gateway == "ready"
    return has_contacts and is_ready and flow.mask and flow.data


def _sample_flow(security_id: str, name: str, flow: Flow, own: Settings) -> Sample:
    contacts = own.test_numbers[:2] if flow.version == "TEST" else CONTACTS
    keys = [{"name": f"{KEY_PREFIX}{variable}", "value": "sample"} for variable in flow.variables]
    item = {"client-identifier": "1", "contact-numbers": [*contacts]}
    fields = {
        "api-version": flow.version,
        "security-id": security_id,
        "flow-id": name,
        "calls": [{**item, "keys": keys} if keys else item],
    }
    return Sample(fields, client=next(_allowed_addresses(own), OWN_ADDRESS))


def _allowed_addresses(own: Settings) -> Iterator[str]:
    """The first address of each network from which the account may be used."""
    for network in own.ip_allow_list:
        with suppress(ValueError):
            yield str(ip_network(network, strict=False)[0])


SAMPLES: Final = {"create": sample_create, "create-bulk": sample_create}
