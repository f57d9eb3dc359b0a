"""What Effebot answers when it says yes: calls, and all that is done with them."""

from collections.abc import Mapping
from typing import Final

from mockserver.core.account import SaveRecord
from mockserver.core.call import Call, Event
from mockserver.core.http import Request
from mockserver.core.provider import Effects, EndpointResult
from mockserver.core.rulebook import RequestContext
from mockserver.core.time import SECOND
from mockserver.providers.effebot import money, reading
from mockserver.providers.effebot.dialect import bare, created, details, enveloped
from mockserver.providers.effebot.notes import Notes
from mockserver.providers.effebot.records import Blocked

BARE: Final = "bare, as the page prints it; --quirk effebot=wrapped gives what public clients read"
CANCELLED: Final = {"outcome": "cancelled"}


def parties(request: Request) -> tuple[Mapping[str, str], ...]:
    there = _forwards(request.fields)
    return tuple(
        {"a": phone, "callee": phone, **({"b": ""} if there else {})}
        for phone in reading.phones(request.fields)
    )


def _forwards(fields: Mapping[str, object]) -> bool:
    """Whether an answer may lead to a manager."""
    return any(entry.get("managerPhone") for entry in reading.entries(fields))


def create(case: RequestContext) -> EndpointResult:
    """One item for each number; synthesis is paid once, at once."""
    tariff = reading.settings(case.authenticated_account).tariff
    cost = money.of_synthesis(case.fields, tariff)
    calls = tuple(_called(case, phone) for phone in reading.phones(case.fields))
    items = [created(call, str(cost), case.authenticated_account) for call in calls]
    listed = isinstance(case.fields.get("phones"), list) or reading.wrapped(
        case.authenticated_account
    )
    paid = (money.charge(case.authenticated_account, cost, "synthesis", calls[0]),) if cost else ()
    stopped = tuple(
        (call.spec.id, Event(case.now, "ended", data=CANCELLED))
        for call in calls
        if call.legs[0].number in reading.records(case.authenticated_account, "blocked")
    )
    data: object = items if listed else items[0]
    reply = bare(data, case.authenticated_account)
    if not reading.wrapped(case.authenticated_account):
        reply = reply._replace(headers={"x-mock-explain": BARE})
    return EndpointResult(reply, Effects(calls=calls, events=stopped, charges=paid))


def _called(case: RequestContext, phone: str) -> Call:
    shape = "branch" if _forwards(case.fields) else "one-leg"
    planned = case.text("plannedAt")
    at = int(planned) * SECOND if planned else None
    call = case.build_call(shape, {"a": phone}, at if at and at > case.now else None)
    wanted = {**case.fields, "phone": phone}
    order = call.spec._replace(parameters=wanted, vendor_id=_id(case, int(call.spec.id[1:])))
    return call._replace(spec=order, state=Notes(client=case.request.client))


def _id(case: RequestContext, nth: int) -> str:
    """The account's own ids first, then counted on from the last of them."""
    first = reading.settings(case.authenticated_account).call_ids
    if nth <= len(first):
        return str(first[nth - 1])
    return str((first[-1] if first else 0) + nth - len(first))


def get(case: RequestContext) -> EndpointResult:
    """One call as an object, several as an array; a read counts for who waits to be polled."""
    calls = [one for name in reading.ids(case, "apiCallIdList") if (one := reading.own(case, name))]
    items = [details(one, case.read_model.call_deliveries(one.spec.id)) for one in calls]
    polled = tuple((one.spec.id, Event(case.now, "polled")) for one in calls)
    alone = len(items) == 1 and not reading.wrapped(case.authenticated_account)
    data: object = items[0] if alone else items
    return EndpointResult(bare(data, case.authenticated_account), Effects(events=polled))


def update(case: RequestContext) -> EndpointResult:
    """Other times for calls that have not begun; one in the past starts at once."""
    listed = case.fields["callList"]
    moves = {str(one["id"]): int(str(one["replannedAt"])) for one in listed}  # type: ignore[attr-defined]
    placed = []
    for name, at in moves.items():
        call = reading.own(case, name)
        if call is not None:
            wanted = {**call.spec.parameters, "plannedAt": at}
            order = call.spec._replace(parameters=wanted)
            placed.append(call._replace(spec=order, starts_at=max(at * SECOND, case.now)))
    ids = [int(name) for name in moves]
    return EndpointResult(enveloped({"callIdList": ids}), Effects(calls=tuple(placed)))


def remove(case: RequestContext) -> EndpointResult:
    """Many are answered by their ids, a single one by an empty list."""
    names = reading.ids(case, "idList", "id")
    calls = [one for name in names if (one := reading.own(case, name))]
    told = tuple((one.spec.id, Event(case.now, "ended", data=CANCELLED)) for one in calls)
    many = isinstance(case.fields.get("idList"), list)
    data: object = {"callIdList": [int(name) for name in names]} if many else []
    return EndpointResult(enveloped(data), Effects(events=told))


def block(case: RequestContext) -> EndpointResult:
    """Numbers that are not called any more (observed)."""
    listed = case.fields.get("phones")
    entries = listed if isinstance(listed, list) else []
    kept = tuple(
        SaveRecord(
            case.authenticated_account.key,
            "blocked",
            str(one["phone"]),
            Blocked(str(one.get("comment", ""))),
        )
        for one in entries
    )
    return EndpointResult(enveloped([]), Effects(records=kept))


def info(case: RequestContext) -> EndpointResult:
    balance = case.authenticated_account.balance
    told = {
        "id": reading.settings(case.authenticated_account).user_id,
        "balance": str(balance or 0),
    }
    return EndpointResult(bare(told, case.authenticated_account))


def phones(case: RequestContext) -> EndpointResult:
    """Confirmed numbers; with `all` those of the system too."""
    known = reading.records(case.authenticated_account, "phones").items()
    every = reading.flag(case.fields, "all")
    data = [
        {"id": one.id, "phone": phone, "isSystem": one.system, "overall": int(one.system)}
        for phone, one in known
        if one.confirmed and (every or not one.system)
    ]
    return EndpointResult(enveloped(data))


def languages(_: RequestContext) -> EndpointResult:
    keys = ("id", "name", "defaultLangCode")
    return EndpointResult(
        enveloped([dict(zip(keys, one, strict=True)) for one in reading.LANGUAGES])
    )


def confirm(case: RequestContext) -> EndpointResult:
    """Once more is done as well."""
    phone = case.text("phone")
    known = reading.records(case.authenticated_account, "phones")[phone]
    keep = SaveRecord(
        case.authenticated_account.key, "phones", phone, known._replace(confirmed=True)
    )
    return EndpointResult(enveloped("done"), Effects(records=(keep,)))


def templates(case: RequestContext) -> EndpointResult:
    """The page shows no answer: id and name, as for audio records (assumed)."""
    only = reading.flag(case.fields, "onlyModerated")
    known = reading.records(case.authenticated_account, "templates").items()
    data: object = [
        {"id": int(name), "name": one.name} for name, one in known if one.moderated or not only
    ]
    return EndpointResult(bare(data, case.authenticated_account))
