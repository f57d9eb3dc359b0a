"""Rulebooks of Effebot; the page documents no errors, so codes and texts are assumed."""

from typing import Final

from mockserver.core.rulebook import (
    Evidence,
    Rule,
    Rulebook,
    Stage,
    known_by,
    missing_field,
)
from mockserver.providers.effebot import notes
from mockserver.providers.effebot.audio_records import has_unknown_file
from mockserver.providers.effebot.conditions import (
    has_canceled_call,
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
    has_unmoderated_template,
    has_wrong_pin,
    is_account_in_moderation,
)
from mockserver.providers.effebot.faults import (
    ACCOUNT_IN_MODERATION,
    CALL_ALREADY_CANCELED,
    CALL_ALREADY_STARTED,
    CALL_NOT_FOUND,
    FILE_NOT_FOUND,
    ID_LIST_REQUIRED,
    INSUFFICIENT_BALANCE,
    LANGUAGE_UNKNOWN,
    NO_DUTY_PHONE,
    OUTGOING_PHONE_REQUIRED,
    OUTGOING_PHONE_UNCONFIRMED,
    PHONE_REQUIRED,
    RECORD_IN_MODERATION,
    RECORD_NOT_FOUND,
    RECORD_REQUIRED,
    TEMPLATE_IN_MODERATION,
    TEMPLATE_NOT_FOUND,
    WRONG_PIN,
    assumed_fault,
)
from mockserver.providers.effebot.field_rules import (
    AUTHENTICATION,
    invalid_field,
    required_field,
)

WEBHOOK_PARAMETERS_INVALID = invalid_field("ivrs.*.webhookParameters").fault

PHONE_VALIDATION: Final[Stage] = (
    invalid_field("phone"),
    invalid_field("phones"),
    invalid_field("phones.*", "phones"),
    invalid_field("outgoingPhone"),
    invalid_field("dutyPhone"),
    invalid_field("plannedAt"),
    Rule(has_no_phone, PHONE_REQUIRED, "phone"),
    Rule(has_no_outgoing_phone, OUTGOING_PHONE_REQUIRED, "outgoingPhone"),
)
CONTENT_VALIDATION: Final[Stage] = (
    *(invalid_field(name) for name in ("needRecording", "webhookUrl", "record", "lang", "ivrs")),
    *(invalid_field(f"record.{name}") for name in ("id", "text", "gender")),
    invalid_field("ivrs.*", "ivrs"),
    *(
        invalid_field(f"ivrs.*.{name}")
        for name in (
            *("digit", "keyWords", "needBlock", "record", "record.id", "record.text"),
            *("managerPhone", "smsText", "webhookUrl", "webhookParameters"),
        )
    ),
    invalid_field("isManagerDeliveryPhone"),
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
        known_by(
            Evidence.ASSUMED,
            Rule(has_unmoderated_record, RECORD_IN_MODERATION, "record"),
            notes.MODERATION,
        ),
        known_by(
            Evidence.ASSUMED,
            Rule(is_account_in_moderation, ACCOUNT_IN_MODERATION, "record"),
            notes.MODERATION,
        ),
    ),
    (Rule(has_insufficient_balance, INSUFFICIENT_BALANCE),),
)
CREATE_WITH_TEMPLATE: Final[Rulebook] = (
    *AUTHENTICATION,
    (*PHONE_VALIDATION, required_field("templateId"), invalid_field("templateId")),
    (*OUTGOING_PHONE, Rule(has_unknown_template, TEMPLATE_NOT_FOUND, "templateId")),
    (
        known_by(
            Evidence.ASSUMED,
            Rule(has_unmoderated_template, TEMPLATE_IN_MODERATION, "templateId"),
            notes.TEMPLATE_MODERATION,
        ),
    ),
    (Rule(has_insufficient_balance, INSUFFICIENT_BALANCE),),
)
GET: Final[Rulebook] = (
    *AUTHENTICATION,
    (
        required_field("apiCallIdList"),
        invalid_field("apiCallIdList"),
        invalid_field("apiCallIdList.*", "apiCallIdList"),
    ),
    (Rule(has_unknown_call, CALL_NOT_FOUND, "apiCallIdList"),),
)
UPDATE: Final[Rulebook] = (
    *AUTHENTICATION,
    (
        required_field("callList"),
        invalid_field("callList"),
        invalid_field("callList.*", "callList"),
        required_field("callList.*.id"),
        invalid_field("callList.*.id"),
        required_field("callList.*.replannedAt"),
        invalid_field("callList.*.replannedAt"),
    ),
    (Rule(has_unknown_call, CALL_NOT_FOUND, "callList"),),
    (
        Rule(has_started_call, CALL_ALREADY_STARTED, "callList"),
        Rule(has_canceled_call, CALL_ALREADY_CANCELED, "callList"),
    ),
)
REMOVE: Final[Rulebook] = (
    *AUTHENTICATION,
    (
        invalid_field("idList"),
        invalid_field("idList.*", "idList"),
        invalid_field("id"),
        Rule(has_missing_ids, ID_LIST_REQUIRED, "idList"),
    ),
    (Rule(has_unknown_call, CALL_NOT_FOUND, "idList"),),
    (
        Rule(has_started_call, CALL_ALREADY_STARTED, "idList"),
        Rule(has_canceled_call, CALL_ALREADY_CANCELED, "idList"),
    ),
)
CREATE_RECORD: Final[Rulebook] = (
    *AUTHENTICATION,
    (
        required_field("name"),
        invalid_field("name"),
        required_field("source"),
        invalid_field("source"),
        invalid_field("file"),
        invalid_field("text"),
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
        invalid_field("idList"),
        invalid_field("idList.*", "idList"),
    ),
    (Rule(has_unknown_record_id, RECORD_NOT_FOUND, "idList"),),
)
CONFIRM_PHONE: Final[Rulebook] = (
    *AUTHENTICATION,
    (
        missing_field(
            "phone", assumed_fault("confirm-phone-required", 422, "The phone field is required.")
        ),
        invalid_field("phone"),
        required_field("pin"),
        invalid_field("pin"),
    ),
    (Rule(has_wrong_pin, WRONG_PIN, "pin"),),
)
GET_PHONES: Final[Rulebook] = (*AUTHENTICATION, (invalid_field("all"),))
GET_TEMPLATES: Final[Rulebook] = (*AUTHENTICATION, (invalid_field("onlyModerated"),))

PLAY_RECORD: Final[Rulebook] = ((Rule(has_unknown_file, FILE_NOT_FOUND, "file"),),)
BLOCK_PHONES: Final[Rulebook] = (
    *AUTHENTICATION,
    (
        missing_field(
            "phones", assumed_fault("block-phones-required", 422, "The phones field is required.")
        ),
        invalid_field("phones"),
        invalid_field("phones.*", "phones"),
        missing_field(
            "phones.*.phone",
            assumed_fault("block-phone-required", 422, "The phone field is required."),
        ),
        invalid_field("phones.*.phone", "phones"),
    ),
)
