"""Make requests for the operations of Effebot that place no calls."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from mockserver.core.account import Account
from mockserver.core.call import Call
from mockserver.core.read_model import ReadModel
from mockserver.core.sample import (
    NO_CREDENTIAL,
    MadeSamples,
    Missing,
    OtherSampleMaker,
    Sample,
    place_first,
    sample_credential,
)
from mockserver.core.time import HOUR, SECOND
from mockserver.providers.effebot.records import Phone
from mockserver.providers.effebot.request import records

BLOCKED: Final = "99999999994"
NO_CALL: Final = place_first("the account has no call", "create")
NO_RECORD: Final = place_first("the account has no audio record", "create-record")
NO_PIN: Final = "no phone of the account has a pin: give one of its phones a pin"

Made = Mapping[str, object] | Missing | str
FieldMaker = Callable[[Account, int, ReadModel], Made]
"""What makes the fields beside `apiKey`, or says what has to be there first."""


def _with_key(make_fields: FieldMaker) -> OtherSampleMaker:
    def make(account: Account, now: int, read_model: ReadModel) -> MadeSamples:
        key, fields = sample_credential(account), make_fields(account, now, read_model)
        if not key:
            return NO_CREDENTIAL
        if isinstance(fields, Missing | str):
            return fields
        return (Sample({"apiKey": key, **fields}),)

    return make


def _always(**fields: object) -> OtherSampleMaker:
    return _with_key(lambda *_: fields)


def _call_ids(account: Account, calls: Iterator[Call]) -> Iterator[int]:
    """Yield the vendor's ids of those calls that belong to the account."""
    for call in calls:
        if (call.spec.provider, call.spec.account) == account.key:
            yield int(call.spec.vendor_id)


def _newest_call(account: Account, read_model: ReadModel) -> int | None:
    return next(_call_ids(account, reversed([*read_model.calls.values()])), None)


def _planned_call(account: Account, read_model: ReadModel) -> int | None:
    """The newest call that has not begun."""
    live = reversed(read_model.live_calls(account.key))
    return next(_call_ids(account, (call for call in live if call.phase == "placed")), None)


def _no_planned_call(now: int) -> Missing:
    later = (now + HOUR) // SECOND
    return place_first("the account has no call that is still to begin", "create", plannedAt=later)


def read_fields(account: Account, _: int, read_model: ReadModel) -> Made:
    call_id = _newest_call(account, read_model)
    return NO_CALL if call_id is None else {"apiCallIdList": [call_id]}


def update_fields(account: Account, now: int, read_model: ReadModel) -> Made:
    """A call that is to begin in two hours."""
    call_id = _planned_call(account, read_model)
    later = (now + 2 * HOUR) // SECOND
    return (
        _no_planned_call(now)
        if call_id is None
        else {"callList": [{"id": call_id, "replannedAt": later}]}
    )


def remove_fields(account: Account, now: int, read_model: ReadModel) -> Made:
    call_id = _planned_call(account, read_model)
    return _no_planned_call(now) if call_id is None else {"idList": [call_id]}


def remove_record_fields(account: Account, _: int, __: ReadModel) -> Made:
    """The newest audio record."""
    names = [*records(account, "records")]
    return {"idList": [int(names[-1])]} if names else NO_RECORD


def pin_fields(account: Account, _: int, __: ReadModel) -> Made:
    """The first phone that is to be confirmed, else the first one with a pin."""
    phones: Mapping[str, Phone] = records(account, "phones")
    with_pin = {number: phone for number, phone in phones.items() if phone.pin}
    number = min(with_pin, key=lambda each: with_pin[each].confirmed, default=None)
    return NO_PIN if number is None else {"phone": number, "pin": with_pin[number].pin}


def sample_file(account: Account, _: int, __: ReadModel) -> MadeSamples:
    """The newest audio record as a file, for which nobody needs a credential."""
    names = [*records(account, "records")]
    if not names:
        return NO_RECORD
    return (Sample({"account": account.name, "file": f"{names[-1]}.wav"}),)


OTHER_SAMPLES: Final[Mapping[str, OtherSampleMaker]] = {
    "get": _with_key(read_fields),
    "get-with-templates": _with_key(read_fields),
    "create-record": _always(source="text", text="Hello world", name="TestRecord"),
    "remove-record": _with_key(remove_record_fields),
    "user-info": _always(),
    "get-phones": _always(all=True),
    "get-languages": _always(),
    "confirm-phone": _with_key(pin_fields),
    "update": _with_key(update_fields),
    "remove": _with_key(remove_fields),
    "get-templates": _always(onlyModerated=1),
    "get-records": _always(),
    "block-phones": _always(phones=[{"phone": BLOCKED, "comment": "called too often"}]),
    "play-record": sample_file,
}
