"""The faults of Phonon, with code, text and evidence."""

from typing import Final

from mockserver.core.rulebook import (
    Evidence,
    Fault,
)


def _documented_fault(name: str, code: int, message: str) -> Fault:
    """A row of the documented table; HTTP 200 is assumed, as the page names no HTTP status."""
    return Fault(name, 200, message, Evidence.DOCUMENTED, code)


INVALID_FORMAT = _documented_fault("invalid-format", 400, "Invalid Format")
CHECKSUM_REPEATED = _documented_fault("checksum-repeated", 201, "Checksum Repeated")
EMPTY_CALL_LIST = _documented_fault("empty-call-list", 302, "Empty Call List")
FAILURE = _documented_fault("failure", 500, "Failure")
INVALID_FLOW_ID = _documented_fault("invalid-flow-id", 301, "Invalid Flow ID")
IP_NOT_WHITELISTED = _documented_fault("ip-not-whitelisted", 401, "IP Not Whitelisted")
PHONE_NOT_WHITELISTED = _documented_fault("phone-not-whitelisted", 402, "Phone Not Whitelisted")
INVALID_SECURITY_ID = _documented_fault("invalid-security-id", 202, "Invalid Security ID")
INVALID_API_VERSION = _documented_fault("invalid-api-version", 203, "API Version not Supported")
INVALID_GATEWAY_ID = _documented_fault("invalid-gateway-id", 204, "Invalid SMS Gateway")
INVALID_CONTACT_NUMBER = _documented_fault("invalid-contact-number", 205, "Invalid Contact Number")
FAILURE_FROM_GATEWAY = _documented_fault("failure-from-gateway", 206, "Failure from Gateway")
DID_NOT_MAPPED = _documented_fault("did-not-mapped", 207, "DID Not Mapped")
NO_MASK_AVAILABLE = _documented_fault("no-mask-available", 208, "No Mask Available")
INVALID_MANDATORY = _documented_fault(
    "invalid-mandatory-parameters", 210, "Invalid Mandatory Parameters"
)
MAX_DATA_LIST = _documented_fault("max-data-list-size-exceeded", 303, "Max Data List Size Exceeded")
VALIDITY_EXPIRED = _documented_fault("validity-expired", 211, "Validity Expired")
INSUFFICIENT_BALANCE = _documented_fault("insufficient-balance", 212, "Insufficient Balance")
INVALID_FLOW_VERSION = _documented_fault("invalid-flow-version", 304, "Invalid Flow Version")
NO_DATA_AVAILABLE = _documented_fault("no-data-available", 213, "No Data Available")
SUCCESS = _documented_fault("success", 200, "Success")
PARTIAL_SUCCESS = _documented_fault("partial-success", 209, "Partial Success")
"""`SUCCESS` and `PARTIAL_SUCCESS` refuse nothing; responses to accepted requests carry them."""
WRONG_METHOD = Fault("wrong-method", 405, "Method Not Allowed", Evidence.ASSUMED, 405)
TOO_MANY_REQUESTS = Fault("too-many-requests", 429, "Too Many Requests", Evidence.ASSUMED, 429)
SCENARIO_ONLY_FAULTS: Final = (FAILURE,)
