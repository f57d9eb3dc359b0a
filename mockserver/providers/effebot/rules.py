"""What Effebot refuses: the page has no error at all, so codes and texts are assumed."""

from typing import Final

from mockserver.core.rulebook import (
    Evidence,
    Fault,
    Rule,
    Rulebook,
    Stage,
    is_malformed,
    is_rate_limited,
    is_unauthenticated,
    malformed_field,
    missing_field,
)
from mockserver.providers.effebot.clips import absent
from mockserver.providers.effebot.objections import (
    fileless,
    no_caller,
    no_duty,
    nobody,
    nothing_named,
    penniless,
    removed_record,
    silent,
    started_call,
    textless,
    unconfirmed,
    unfree,
    unknown_call,
    unknown_language,
    unknown_record,
    unknown_template,
    unmoderated,
    unreadable_parameters,
    wrong_pin,
)


def _fault(name: str, status: int, text: str) -> Fault:
    return Fault(name, status, text, Evidence.ASSUMED)


UNAUTHORIZED = _fault("unauthorized", 401, "Invalid API key")
TOO_MANY = _fault("too-many-requests", 429, "Too Many Attempts.")
UNREADABLE = _fault("malformed-body", 400, "Bad Request")
WRONG_METHOD = _fault("wrong-method", 405, "Method Not Allowed")
NO_BALANCE = _fault("insufficient-balance", 402, "Insufficient balance")
NOT_FOUND = _fault("call-not-found", 404, "Call not found")
STARTED = _fault("call-already-started", 422, "The call has already been started")
NO_RECORD = _fault("record-not-found", 422, "Audio record not found")
IN_MODERATION = _fault("record-in-moderation", 422, "The audio record has not been moderated yet")
NEEDS_MODERATION = _fault(
    "account-in-moderation", 422, "Generated speech needs an account free of moderation"
)
NO_TEMPLATE = _fault("template-not-found", 422, "Template not found")
UNCONFIRMED = _fault(
    "outgoing-phone-unconfirmed", 422, "The outgoing phone is not confirmed in the account"
)
NO_DUTY = _fault("no-duty-phone", 422, "There is no duty phone")
WRONG_PIN = _fault("wrong-pin", 422, "The pin is wrong")
NO_LANGUAGE = _fault("language-unknown", 422, "The selected lang is invalid.")
ORDERED: Final = (
    _fault("forbidden", 403, "Forbidden"),
    _fault("server-error", 500, "Server Error"),
    _fault("service-unavailable", 503, "Service Unavailable"),
)


def _kebab(name: str) -> str:
    return name.replace("*.", "").replace(".", "-").replace("_", "-").lower()


def _required(name: str) -> Rule:
    text = f"The {name} field is required."
    return missing_field(name, _fault(f"{_kebab(name)}-required", 422, text))


def _invalid(name: str, of: str = "") -> Rule:
    """`of` is the field that is blamed for what lies inside it."""
    blamed = of or name
    text = f"The {blamed} field is invalid."
    return malformed_field(name, _fault(f"{_kebab(blamed)}-invalid", 422, text))


WHO: Final[Rulebook] = (
    (Rule(is_malformed, UNREADABLE),),
    (Rule(is_unauthenticated, UNAUTHORIZED),),
    (Rule(is_rate_limited, TOO_MANY),),
)
NOBODY = _fault("phone-required", 422, "The phone field is required when phones is not present.")
NO_CALLER = _fault(
    "outgoing-phone-required", 422, "The outgoingPhone field is required unless dutyPhone is 1."
)
SILENT = _fault(
    "record-required", 422, "The record.id field is required when record.text is not present."
)

PARAMETERS = _invalid("ivrs.*.webhookParameters").fault

WHOM: Final[Stage] = (
    _invalid("phone"),
    _invalid("phones"),
    _invalid("phones.*", "phones"),
    _invalid("outgoingPhone"),
    _invalid("dutyPhone"),
    _invalid("plannedAt"),
    Rule(nobody, NOBODY, "phone"),
    Rule(no_caller, NO_CALLER, "outgoingPhone"),
)
WHAT: Final[Stage] = (
    *(_invalid(name) for name in ("needRecording", "webhookUrl", "record", "lang", "ivrs")),
    *(_invalid(f"record.{name}") for name in ("id", "text", "gender")),
    _invalid("ivrs.*", "ivrs"),
    *(
        _invalid(f"ivrs.*.{name}")
        for name in (
            *("digit", "keyWords", "needBlock", "record", "record.id", "record.text"),
            *("managerPhone", "smsText", "webhookUrl", "webhookParameters"),
        )
    ),
    _invalid("isManagerDeliveryPhone"),
)
CALLER: Final[Stage] = (
    Rule(unconfirmed, UNCONFIRMED, "outgoingPhone"),
    Rule(no_duty, NO_DUTY, "dutyPhone"),
)
CREATE: Final[Rulebook] = (
    *WHO,
    (*WHOM, *WHAT),
    (Rule(silent, SILENT, "record"), Rule(unreadable_parameters, PARAMETERS, "ivrs")),
    (
        *CALLER,
        Rule(unknown_record, NO_RECORD, "record"),
        Rule(unknown_language, NO_LANGUAGE, "lang"),
    ),
    (Rule(unmoderated, IN_MODERATION, "record"), Rule(unfree, NEEDS_MODERATION, "record")),
    (Rule(penniless, NO_BALANCE),),
)
FROM_TEMPLATE: Final[Rulebook] = (
    *WHO,
    (*WHOM, _required("templateId"), _invalid("templateId")),
    (*CALLER, Rule(unknown_template, NO_TEMPLATE, "templateId")),
    (Rule(penniless, NO_BALANCE),),
)
GET: Final[Rulebook] = (
    *WHO,
    (
        _required("apiCallIdList"),
        _invalid("apiCallIdList"),
        _invalid("apiCallIdList.*", "apiCallIdList"),
    ),
    (Rule(unknown_call, NOT_FOUND, "apiCallIdList"),),
)
UPDATE: Final[Rulebook] = (
    *WHO,
    (
        _required("callList"),
        _invalid("callList"),
        _invalid("callList.*", "callList"),
        _required("callList.*.id"),
        _invalid("callList.*.id"),
        _required("callList.*.replannedAt"),
        _invalid("callList.*.replannedAt"),
    ),
    (Rule(unknown_call, NOT_FOUND, "callList"),),
    (Rule(started_call, STARTED, "callList"),),
)
ID_LIST = _fault("id-list-required", 422, "The idList field is required.")
REMOVE: Final[Rulebook] = (
    *WHO,
    (
        _invalid("idList"),
        _invalid("idList.*", "idList"),
        _invalid("id"),
        Rule(nothing_named, ID_LIST, "idList"),
    ),
    (Rule(unknown_call, NOT_FOUND, "idList"),),
    (Rule(started_call, STARTED, "idList"),),
)
CREATE_RECORD: Final[Rulebook] = (
    *WHO,
    (
        _required("name"),
        _invalid("name"),
        _required("source"),
        _invalid("source"),
        _invalid("file"),
        _invalid("text"),
        Rule(
            fileless,
            _fault("file-required", 422, "The file field is required when source is file."),
            "file",
        ),
        Rule(
            textless,
            _fault("text-required", 422, "The text field is required when source is text."),
            "text",
        ),
    ),
    (Rule(penniless, NO_BALANCE),),
)
REMOVE_RECORD: Final[Rulebook] = (
    *WHO,
    (missing_field("idList", ID_LIST), _invalid("idList"), _invalid("idList.*", "idList")),
    (Rule(removed_record, NO_RECORD, "idList"),),
)
CONFIRM: Final[Rulebook] = (
    *WHO,
    (
        missing_field(
            "phone", _fault("confirm-phone-required", 422, "The phone field is required.")
        ),
        _invalid("phone"),
        _required("pin"),
        _invalid("pin"),
    ),
    (Rule(wrong_pin, WRONG_PIN, "pin"),),
)
PHONES: Final[Rulebook] = (*WHO, (_invalid("all"),))
TEMPLATES: Final[Rulebook] = (*WHO, (_invalid("onlyModerated"),))

NO_FILE = _fault("file-not-found", 404, "Not Found")
PLAY: Final[Rulebook] = ((Rule(absent, NO_FILE, "file"),),)
BLOCK: Final[Rulebook] = (
    *WHO,
    (
        missing_field(
            "phones", _fault("block-phones-required", 422, "The phones field is required.")
        ),
        _invalid("phones"),
        _invalid("phones.*", "phones"),
        missing_field(
            "phones.*.phone", _fault("block-phone-required", 422, "The phone field is required.")
        ),
        _invalid("phones.*.phone", "phones"),
    ),
)
