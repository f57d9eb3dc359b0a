"""What the page of Innocalls says of the conditions of its faults, and what it does not."""

from typing import Final

RATE: Final = (
    "the page names no number; off unless the account has `limits: {requests: 10, per: 1s}`"
)
BODY: Final = "the page says nothing of a body that cannot be read"
REQUIRED: Final = "the page says that it is required, not how a request without it is refused"
CALLER_FORM: Final = (
    "the page says `with international country code`; 7 to 15 digits without a plus, and the "
    "refusal of other numbers, are assumed"
)
FORM: Final = "the page says nothing of the form of this value, nor of the refusal of others"
TYPE: Final = (
    "the page has `order_number` as the default and no list; `order_cost`, and several joined by "
    "dots, are observed; that other values are refused is assumed"
)
CURRENCY: Final = "the page does not have this parameter; public clients send it"
DURATION: Final = (
    "an older page of the vendor counts minutes after bridging; the bounds, 1 to 99999, and the "
    "refusal of other values are assumed"
)
CALL_TIME: Final = (
    "the page has one sample and no time zone; that another form is refused is assumed"
)
PAST_CALL_TIME: Final = (
    "an older page of the vendor says that it lies after now, none how a past time is refused"
)
WEBHOOK: Final = "the page says `A url`, and its sample sends `#`; the refusal of others is assumed"
FLOW: Final = "the page does not say which call flow is refused, nor with which row of its table"
FLOW_PARAMETER: Final = (
    "the page says `might be required according to call flow type`, not how it is refused"
)
CALL_ID: Final = "the page does not say which row of its table an unknown call is refused with"
