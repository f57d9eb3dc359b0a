"""The faults of Effebot; the page documents no errors, so codes and texts are assumed."""

from typing import Final

from mockserver.core.rulebook import (
    Evidence,
    Fault,
)


def assumed_fault(name: str, status: int, text: str) -> Fault:
    return Fault(name, status, text, Evidence.ASSUMED)


UNAUTHORIZED = assumed_fault("unauthorized", 401, "Invalid API key")
TOO_MANY_REQUESTS = assumed_fault("too-many-requests", 429, "Too Many Attempts.")
MALFORMED_BODY = assumed_fault("malformed-body", 400, "Bad Request")
WRONG_METHOD = assumed_fault("wrong-method", 405, "Method Not Allowed")
INSUFFICIENT_BALANCE = assumed_fault("insufficient-balance", 402, "Insufficient balance")
CALL_NOT_FOUND = assumed_fault("call-not-found", 404, "Call not found")
CALL_ALREADY_STARTED = assumed_fault(
    "call-already-started", 422, "The call has already been started"
)
CALL_ALREADY_CANCELED = assumed_fault(
    "call-already-canceled", 422, "The call has already been canceled"
)
RECORD_NOT_FOUND = assumed_fault("record-not-found", 422, "Audio record not found")
RECORD_IN_MODERATION = assumed_fault(
    "record-in-moderation", 422, "The audio record has not been moderated yet"
)
ACCOUNT_IN_MODERATION = assumed_fault(
    "account-in-moderation", 422, "Generated speech needs an account free of moderation"
)
TEMPLATE_NOT_FOUND = assumed_fault("template-not-found", 422, "Template not found")
TEMPLATE_IN_MODERATION = assumed_fault(
    "template-in-moderation", 422, "The template has not been moderated yet"
)
OUTGOING_PHONE_UNCONFIRMED = assumed_fault(
    "outgoing-phone-unconfirmed", 422, "The outgoing phone is not confirmed in the account"
)
NO_DUTY_PHONE = assumed_fault("no-duty-phone", 422, "There is no duty phone")
WRONG_PIN = assumed_fault("wrong-pin", 422, "The pin is wrong")
LANGUAGE_UNKNOWN = assumed_fault("language-unknown", 422, "The selected lang is invalid.")
SCENARIO_ONLY_FAULTS: Final = (
    assumed_fault("forbidden", 403, "Forbidden"),
    assumed_fault("server-error", 500, "Server Error"),
    assumed_fault("service-unavailable", 503, "Service Unavailable"),
)
PHONE_REQUIRED = assumed_fault(
    "phone-required", 422, "The phone field is required when phones is not present."
)
OUTGOING_PHONE_REQUIRED = assumed_fault(
    "outgoing-phone-required", 422, "The outgoingPhone field is required unless dutyPhone is 1."
)
RECORD_REQUIRED = assumed_fault(
    "record-required", 422, "The record.id field is required when record.text is not present."
)
ID_LIST_REQUIRED = assumed_fault("id-list-required", 422, "The idList field is required.")
FILE_NOT_FOUND = assumed_fault("file-not-found", 404, "Not Found")
