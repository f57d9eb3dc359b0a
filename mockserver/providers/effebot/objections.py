"""What can stand against a request at Effebot beyond its form: tests over the account's state."""

from mockserver.core.rulebook import RequestContext
from mockserver.providers.effebot import money, reading


def nobody(case: RequestContext) -> bool:
    return not reading.phones(case.fields)


def no_caller(case: RequestContext) -> bool:
    return not case.text("outgoingPhone") and not reading.flag(case.fields, "dutyPhone")


def unconfirmed(case: RequestContext) -> bool:
    """An account that names no number has every one confirmed."""
    known, wanted = (
        reading.records(case.authenticated_account, "phones"),
        case.text("outgoingPhone"),
    )
    return bool(known) and bool(wanted) and not (wanted in known and known[wanted].confirmed)


def no_duty(case: RequestContext) -> bool:
    known = reading.records(case.authenticated_account, "phones")
    duty = any(one.duty for one in known.values())
    return not case.text("outgoingPhone") and bool(known) and not duty


def silent(case: RequestContext) -> bool:
    told = case.fields.get("record")
    return not reading.said(told) and not reading.clip_id(told)


def _records(case: RequestContext) -> tuple[str, ...]:
    parts = (
        case.fields.get("record"),
        *(one.get("record") for one in reading.entries(case.fields)),
    )
    return tuple(filter(None, map(reading.clip_id, parts)))


def unknown_record(case: RequestContext) -> bool:
    known = reading.records(case.authenticated_account, "records")
    return any(name not in known for name in _records(case))


def unmoderated(case: RequestContext) -> bool:
    known = reading.records(case.authenticated_account, "records")
    return any(not known[name].moderated for name in _records(case) if name in known)


def unreadable_parameters(case: RequestContext) -> bool:
    """What is to be merged into an action webhook has to be the text of a JSON object."""
    listed = (one.get("webhookParameters") for one in reading.entries(case.fields))
    return any(told and reading.parameters(told) is None for told in listed)


def unfree(case: RequestContext) -> bool:
    return (
        reading.settings(case.authenticated_account).moderation
        and reading.synthesised(case.fields) > 0
    )


def unknown_language(case: RequestContext) -> bool:
    told = case.text("lang")
    return bool(told) and told not in [code for _, _, code in reading.LANGUAGES]


def penniless(case: RequestContext) -> bool:
    """What is to be synthesised costs more than there is; with nothing left no call is made."""
    balance = case.authenticated_account.balance
    if balance is None:
        return False
    cost = money.of_synthesis(case.fields, reading.settings(case.authenticated_account).tariff)
    return cost > balance or balance <= 0


def unknown_template(case: RequestContext) -> bool:
    return case.text("templateId") not in reading.records(case.authenticated_account, "templates")


def nothing_named(case: RequestContext) -> bool:
    return not reading.ids(case, "idList", "id")


def unknown_call(case: RequestContext) -> bool:
    names = (
        *reading.ids(case, "apiCallIdList", "idList", "id"),
        *(str(one.get("id")) for one in _moves(case)),
    )
    return any(reading.own(case, name) is None for name in names)


def started_call(case: RequestContext) -> bool:
    names = (*reading.ids(case, "idList", "id"), *(str(one.get("id")) for one in _moves(case)))
    calls = (reading.own(case, name) for name in names)
    return any(call is not None and call.phase != "placed" for call in calls)


def _moves(case: RequestContext) -> tuple[reading.Entry, ...]:
    listed = case.fields.get("callList")
    return tuple(one for one in listed if isinstance(one, dict)) if isinstance(listed, list) else ()


def removed_record(case: RequestContext) -> bool:
    known = reading.records(case.authenticated_account, "records")
    return any(name not in known for name in reading.ids(case, "idList"))


def fileless(case: RequestContext) -> bool:
    return case.text("source") == "file" and not case.fields.get("file")


def textless(case: RequestContext) -> bool:
    return case.text("source") == "text" and not case.text("text")


def wrong_pin(case: RequestContext) -> bool:
    """Leading noughts of a number count: four characters are compared."""
    phone = reading.records(case.authenticated_account, "phones").get(case.text("phone"))
    return phone is None or phone.pin != case.text("pin").zfill(4)
