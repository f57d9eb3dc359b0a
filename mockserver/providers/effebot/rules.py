"""Rulebooks of Effebot; the page documents no errors, so codes and texts are assumed."""

from typing import Final

from mockserver.core.rulebook import (
    Rule,
    Rulebook,
    Stage,
    is_malformed,
    is_rate_limited,
    is_unauthenticated,
    malformed_field,
    missing_field,
)
from mockserver.providers.effebot.audio_records import has_unknown_file
from mockserver.providers.effebot.conditions import (
    has_insufficient_balance,
    has_malformed_webhook_parameters,
    has_missing_ids,
    has_no_duty_phone,
    has_no_file,
    has_no_outgoing_phone,
    has_no_phone,
    has_no_record,
    has_no_text,
    has_started_call,
    has_unconfirmed_phone,
    has_unknown_call,
    has_unknown_language,
    has_unknown_record,
    has_unknown_record_id,
    has_unknown_template,
    has_unmoderated_record,
    has_wrong_pin,
    is_account_in_moderation,
)
from mockserver.providers.effebot.faults import (
    ACCOUNT_IN_MODERATION,
    CALL_ALREADY_STARTED,
    CALL_NOT_FOUND,
    FILE_NOT_FOUND,
    ID_LIST_REQUIRED,
    INSUFFICIENT_BALANCE,
    LANGUAGE_UNKNOWN,
    MALFORMED_BODY,
    NO_DUTY_PHONE,
    OUTGOING_PHONE_REQUIRED,
    OUTGOING_PHONE_UNCONFIRMED,
    PHONE_REQUIRED,
    RECORD_IN_MODERATION,
    RECORD_NOT_FOUND,
    RECORD_REQUIRED,
    TEMPLATE_NOT_FOUND,
    TOO_MANY_REQUESTS,
    UNAUTHORIZED,
    WRONG_PIN,
    assumed_fault,
)


def _kebab_case(name: str) -> str:
    return name.replace("*.", "").replace(".", "-").replace("_", "-").lower()


def _required_field(field: str) -> Rule:
    text = f"The {field} field is required."
    return missing_field(field, assumed_fault(f"{_kebab_case(field)}-required", 422, text))


def _invalid_field(field: str, reported_as: str = "") -> Rule:
    """A rule for a malformed `field`; the message names `reported_as`, if given, instead."""
    reported = reported_as or field
    text = f"The {reported} field is invalid."
    return malformed_field(field, assumed_fault(f"{_kebab_case(reported)}-invalid", 422, text))


AUTHENTICATION: Final[Rulebook] = (
    (Rule(is_malformed, MALFORMED_BODY),),
    (Rule(is_unauthenticated, UNAUTHORIZED),),
    (Rule(is_rate_limited, TOO_MANY_REQUESTS),),
)

WEBHOOK_PARAMETERS_INVALID = _invalid_field("ivrs.*.webhookParameters").fault

PHONE_VALIDATION: Final[Stage] = (
    _invalid_field("phone"),
    _invalid_field("phones"),
    _invalid_field("phones.*", "phones"),
    _invalid_field("outgoingPhone"),
    _invalid_field("dutyPhone"),
    _invalid_field("plannedAt"),
    Rule(has_no_phone, PHONE_REQUIRED, "phone"),
    Rule(has_no_outgoing_phone, OUTGOING_PHONE_REQUIRED, "outgoingPhone"),
)
CONTENT_VALIDATION: Final[Stage] = (
    *(_invalid_field(name) for name in ("needRecording", "webhookUrl", "record", "lang", "ivrs")),
    *(_invalid_field(f"record.{name}") for name in ("id", "text", "gender")),
    _invalid_field("ivrs.*", "ivrs"),
    *(
        _invalid_field(f"ivrs.*.{name}")
        for name in (
            *("digit", "keyWords", "needBlock", "record", "record.id", "record.text"),
            *("managerPhone", "smsText", "webhookUrl", "webhookParameters"),
        )
    ),
    _invalid_field("isManagerDeliveryPhone"),
)
OUTGOING_PHONE: Final[Stage] = (
    Rule(has_unconfirmed_phone, OUTGOING_PHONE_UNCONFIRMED, "outgoingPhone"),
    Rule(has_no_duty_phone, NO_DUTY_PHONE, "dutyPhone"),
)
CREATE: Final[Rulebook] = (
    *AUTHENTICATION,
    (*PHONE_VALIDATION, *CONTENT_VALIDATION),
    (
        Rule(has_no_record, RECORD_REQUIRED, "record"),
        Rule(has_malformed_webhook_parameters, WEBHOOK_PARAMETERS_INVALID, "ivrs"),
    ),
    (
        *OUTGOING_PHONE,
        Rule(has_unknown_record, RECORD_NOT_FOUND, "record"),
        Rule(has_unknown_language, LANGUAGE_UNKNOWN, "lang"),
    ),
    (
        Rule(has_unmoderated_record, RECORD_IN_MODERATION, "record"),
        Rule(is_account_in_moderation, ACCOUNT_IN_MODERATION, "record"),
    ),
    (Rule(has_insufficient_balance, INSUFFICIENT_BALANCE),),
)
CREATE_WITH_TEMPLATE: Final[Rulebook] = (
    *AUTHENTICATION,
    (*PHONE_VALIDATION, _required_field("templateId"), _invalid_field("templateId")),
    (*OUTGOING_PHONE, Rule(has_unknown_template, TEMPLATE_NOT_FOUND, "templateId")),
    (Rule(has_insufficient_balance, INSUFFICIENT_BALANCE),),
)
GET: Final[Rulebook] = (
    *AUTHENTICATION,
    (
        _required_field("apiCallIdList"),
        _invalid_field("apiCallIdList"),
        _invalid_field("apiCallIdList.*", "apiCallIdList"),
    ),
    (Rule(has_unknown_call, CALL_NOT_FOUND, "apiCallIdList"),),
)
UPDATE: Final[Rulebook] = (
    *AUTHENTICATION,
    (
        _required_field("callList"),
        _invalid_field("callList"),
        _invalid_field("callList.*", "callList"),
        _required_field("callList.*.id"),
        _invalid_field("callList.*.id"),
        _required_field("callList.*.replannedAt"),
        _invalid_field("callList.*.replannedAt"),
    ),
    (Rule(has_unknown_call, CALL_NOT_FOUND, "callList"),),
    (Rule(has_started_call, CALL_ALREADY_STARTED, "callList"),),
)
REMOVE: Final[Rulebook] = (
    *AUTHENTICATION,
    (
        _invalid_field("idList"),
        _invalid_field("idList.*", "idList"),
        _invalid_field("id"),
        Rule(has_missing_ids, ID_LIST_REQUIRED, "idList"),
    ),
    (Rule(has_unknown_call, CALL_NOT_FOUND, "idList"),),
    (Rule(has_started_call, CALL_ALREADY_STARTED, "idList"),),
)
CREATE_RECORD: Final[Rulebook] = (
    *AUTHENTICATION,
    (
        _required_field("name"),
        _invalid_field("name"),
        _required_field("source"),
        _invalid_field("source"),
        _invalid_field("file"),
        _invalid_field("text"),
        Rule(
            has_no_file,
            assumed_fault("file-required", 422, "The file field is required when source is file."),
            "file",
        ),
        Rule(
            has_no_text,
            assumed_fault("text-required", 422, "The text field is required when source is text."),
            "text",
        ),
    ),
    (Rule(has_insufficient_balance, INSUFFICIENT_BALANCE),),
)
REMOVE_RECORD: Final[Rulebook] = (
    *AUTHENTICATION,
    (
        missing_field("idList", ID_LIST_REQUIRED),
        _invalid_field("idList"),
        _invalid_field("idList.*", "idList"),
    ),
    (Rule(has_unknown_record_id, RECORD_NOT_FOUND, "idList"),),
)
CONFIRM_PHONE: Final[Rulebook] = (
    *AUTHENTICATION,
    (
        missing_field(
            "phone", assumed_fault("confirm-phone-required", 422, "The phone field is required.")
        ),
        _invalid_field("phone"),
        _required_field("pin"),
        _invalid_field("pin"),
    ),
    (Rule(has_wrong_pin, WRONG_PIN, "pin"),),
)
GET_PHONES: Final[Rulebook] = (*AUTHENTICATION, (_invalid_field("all"),))
GET_TEMPLATES: Final[Rulebook] = (*AUTHENTICATION, (_invalid_field("onlyModerated"),))

PLAY_RECORD: Final[Rulebook] = ((Rule(has_unknown_file, FILE_NOT_FOUND, "file"),),)
BLOCK_PHONES: Final[Rulebook] = (
    *AUTHENTICATION,
    (
        missing_field(
            "phones", assumed_fault("block-phones-required", 422, "The phones field is required.")
        ),
        _invalid_field("phones"),
        _invalid_field("phones.*", "phones"),
        missing_field(
            "phones.*.phone",
            assumed_fault("block-phone-required", 422, "The phone field is required."),
        ),
        _invalid_field("phones.*.phone", "phones"),
    ),
)
