"""Notes on conditions: what Phonon's page says of them, and what it leaves open."""

from typing import Final

ITEMS: Final = (
    "the page shows no response for a request of which every call is invalid: that of the first"
)
CONTENT_TYPE: Final = "the page has `Content-Type: application/json`; it shows no other response"
MANDATORY: Final = "fuller pages of the vendor call it mandatory"
LISTED: Final = "every sample of the vendor has it"
START_TIME: Final = (
    "the page has `ISO-8601 Timestamp. Date cannot be of past`; it names no code for other values"
)
KEY_NAME: Final = "the page has `$flow.key.<variable>`; it shows no response for other names"
VARIABLES: Final = "the page does not say that a flow may require variables"
NUMBER: Final = "the page shows no pattern: 10 to 15 digits, perhaps after a plus"
TEST_NUMBERS: Final = "a fuller page of the vendor has it for calls of flows in testing"
FLOW_VERSION: Final = "the page does not say when: for `TEST` with a flow in production, or `1.0`"
CHECKSUM: Final = (
    "a fuller page of the vendor says that two requests differ in a byte; no page has a time. "
    "Off unless the account has a `checksum_window`"
)
MAX_CALLS: Final = "the page has up to 500 calls; it uses the row for no certain request"
ACCOUNT_ROW: Final = "the page has the row only; a setting of the account brings it about"
FLOW_ROW: Final = "the page has the row only; a key of the flow brings it about"
HOST_LIMIT: Final = "fuller pages of the vendor have a limit for each host, and no response"
