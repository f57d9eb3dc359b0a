"""Notes on conditions: what Mobtexting's page says of them, and what it leaves open."""

from typing import Final

CODE: Final = "the platform's overview has the case, not its text"
CONTENT_TYPE: Final = (
    "the page's sample sends `Content-Type: application/json`, earlier pages a form; the overview "
    "has 400 for a malformed header or body"
)
MANDATORY: Final = "one of the three parameters of the page's first table"
VARIABLES: Final = "the page calls it an array, and its sample has names in brackets"
RECORD: Final = "the page has `allowed: 0 or 1`"
DURATION: Final = "the page has minutes, and neither a lower nor an upper bound"
ATTEMPTS: Final = "the page has `Max 2`"
FLOW: Final = "only for an account that lists its flows; the page shows no response"
RATE: Final = (
    "the platform's overview has 1000 GET requests per minute. Off unless the account has `limits`"
)
