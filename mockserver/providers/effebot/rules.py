"""What Effebot refuses: the page has no error at all, so codes and texts are assumed."""

from typing import Final

from mockserver.core.rules import (
    Case,
    Fault,
    Rule,
    Rulebook,
    Source,
    Stage,
    anonymous,
    crowded,
    malformed,
    missing,
    unreadable,
)
from mockserver.providers.effebot import money, reading
from mockserver.providers.effebot.clips import absent


def _fault(name: str, status: int, text: str) -> Fault:
    return Fault(name, status, text, Source.ASSUMED)


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
    return missing(name, _fault(f"{_kebab(name)}-required", 422, text))


def _invalid(name: str, of: str = "") -> Rule:
    """`of` is the field that is blamed for what lies inside it."""
    blamed = of or name
    text = f"The {blamed} field is invalid."
    return malformed(name, _fault(f"{_kebab(blamed)}-invalid", 422, text))


def _nobody(case: Case) -> bool:
    return not reading.phones(case.fields)


def no_caller(case: Case) -> bool:
    return not case.text("outgoingPhone") and not reading.flag(case.fields, "dutyPhone")


def unconfirmed(case: Case) -> bool:
    """An account that names no number has every one confirmed."""
    known, wanted = reading.records(case.caller, "phones"), case.text("outgoingPhone")
    return bool(known) and bool(wanted) and not (wanted in known and known[wanted].confirmed)


def no_duty(case: Case) -> bool:
    known = reading.records(case.caller, "phones")
    duty = any(one.duty for one in known.values())
    return not case.text("outgoingPhone") and bool(known) and not duty


def silent(case: Case) -> bool:
    told = case.fields.get("record")
    return not reading.said(told) and not reading.clip_id(told)


def _records(case: Case) -> tuple[str, ...]:
    parts = (
        case.fields.get("record"),
        *(one.get("record") for one in reading.entries(case.fields)),
    )
    return tuple(filter(None, map(reading.clip_id, parts)))


def unknown_record(case: Case) -> bool:
    known = reading.records(case.caller, "records")
    return any(name not in known for name in _records(case))


def unmoderated(case: Case) -> bool:
    known = reading.records(case.caller, "records")
    return any(not known[name].moderated for name in _records(case) if name in known)


def unfree(case: Case) -> bool:
    return reading.settings(case.caller).moderation and reading.synthesised(case.fields) > 0


def unknown_language(case: Case) -> bool:
    told = case.text("lang")
    return bool(told) and told not in [code for _, _, code in reading.LANGUAGES]


def penniless(case: Case) -> bool:
    """What is to be synthesised costs more than there is; with nothing left no call is made."""
    balance = case.caller.balance
    if balance is None:
        return False
    cost = money.of_synthesis(case.fields, reading.settings(case.caller).tariff)
    return cost > balance or balance <= 0


def unknown_template(case: Case) -> bool:
    return case.text("templateId") not in reading.records(case.caller, "templates")


def nothing_named(case: Case) -> bool:
    return not reading.ids(case, "idList", "id")


def unknown_call(case: Case) -> bool:
    names = (
        *reading.ids(case, "apiCallIdList", "idList", "id"),
        *(str(one.get("id")) for one in _moves(case)),
    )
    return any(reading.own(case, name) is None for name in names)


def started_call(case: Case) -> bool:
    names = (*reading.ids(case, "idList", "id"), *(str(one.get("id")) for one in _moves(case)))
    calls = (reading.own(case, name) for name in names)
    return any(call is not None and call.phase != "placed" for call in calls)


def _moves(case: Case) -> tuple[reading.Entry, ...]:
    listed = case.fields.get("callList")
    return tuple(one for one in listed if isinstance(one, dict)) if isinstance(listed, list) else ()


def removed_record(case: Case) -> bool:
    known = reading.records(case.caller, "records")
    return any(name not in known for name in reading.ids(case, "idList"))


def fileless(case: Case) -> bool:
    return case.text("source") == "file" and not case.fields.get("file")


def textless(case: Case) -> bool:
    return case.text("source") == "text" and not case.text("text")


def wrong_pin(case: Case) -> bool:
    """Leading noughts of a number count: four characters are compared."""
    phone = reading.records(case.caller, "phones").get(case.text("phone"))
    return phone is None or phone.pin != case.text("pin").zfill(4)


WHO: Final[Rulebook] = (
    (Rule(unreadable, UNREADABLE),),
    (Rule(anonymous, UNAUTHORIZED),),
    (Rule(crowded, TOO_MANY),),
)
NOBODY = _fault("phone-required", 422, "The phone field is required when phones is not present.")
NO_CALLER = _fault(
    "outgoing-phone-required", 422, "The outgoingPhone field is required unless dutyPhone is 1."
)
SILENT = _fault(
    "record-required", 422, "The record.id field is required when record.text is not present."
)

WHOM: Final[Stage] = (
    _invalid("phone"),
    _invalid("phones"),
    _invalid("phones.*", "phones"),
    _invalid("outgoingPhone"),
    _invalid("dutyPhone"),
    _invalid("plannedAt"),
    Rule(_nobody, NOBODY, "phone"),
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
    (Rule(silent, SILENT, "record"),),
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
    (missing("idList", ID_LIST), _invalid("idList"), _invalid("idList.*", "idList")),
    (Rule(removed_record, NO_RECORD, "idList"),),
)
CONFIRM: Final[Rulebook] = (
    *WHO,
    (
        missing("phone", _fault("confirm-phone-required", 422, "The phone field is required.")),
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
        missing("phones", _fault("block-phones-required", 422, "The phones field is required.")),
        _invalid("phones"),
        _invalid("phones.*", "phones"),
        missing(
            "phones.*.phone", _fault("block-phone-required", 422, "The phone field is required.")
        ),
        _invalid("phones.*.phone", "phones"),
    ),
)
