"""What can stand against a request at Effebot beyond its form: tests over the account's state."""

from mockserver.core.rules import Case
from mockserver.providers.effebot import money, reading


def nobody(case: Case) -> bool:
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


def unreadable_parameters(case: Case) -> bool:
    """What is to be merged into an action webhook has to be the text of a JSON object."""
    listed = (one.get("webhookParameters") for one in reading.entries(case.fields))
    return any(told and reading.parameters(told) is None for told in listed)


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
