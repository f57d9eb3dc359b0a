"""Make requests for the operations of the CCAI Platform that place no calls."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from mockserver.core.account import Account
from mockserver.core.call import Call
from mockserver.core.read_model import ReadModel
from mockserver.core.sample import MadeSamples, Missing, OtherSampleMaker, Sample, place_first
from mockserver.providers.ccai.records import ENDED_STATUSES, ExistingCall
from mockserver.providers.ccai.request import records
from mockserver.providers.ccai.samples import build_samples

FLAGS: Final[Mapping[str, object]] = {
    "verified_customer": True,
    "bad_actor": False,
    "repeat_customers": True,
}
END_USER: Final[Mapping[str, object]] = {"identifier": "user-1", "name": "Ann"}
NO_CALL: Final = place_first("the account has no call", "create-inbound")
NO_LIVE_CALL: Final = place_first("the account has no call that goes on", "create-inbound")
NO_SCHEDULED_CALL: Final = place_first("the account has no scheduled call", "create-scheduled")


def _sample_of_call(
    is_suitable: Callable[[Call], bool],
    is_suitable_record: Callable[[ExistingCall], bool],
    missing: Missing,
    fields: Mapping[str, object],
) -> OtherSampleMaker:
    """Make what makes requests about the newest suitable calls, then about those of the file."""

    def make(account: Account, _: int, read_model: ReadModel) -> MadeSamples:
        existing: Mapping[str, ExistingCall] = records(account, "calls")
        names = [
            *(call.spec.vendor_id for call in _calls(account, read_model) if is_suitable(call)),
            *(name for name, call in existing.items() if is_suitable_record(call)),
        ]
        return build_samples(account, [{"id": name, **fields} for name in names[:1]]) or missing

    return make


def _calls(account: Account, read_model: ReadModel) -> Iterator[Call]:
    """Yield the calls of the account, the newest first."""
    for call in reversed([*read_model.calls.values()]):
        if (call.spec.provider, call.spec.account) == account.key:
            yield call


def _sample_list(account: Account, _: int, __: ReadModel) -> tuple[Sample, ...] | str:
    return build_samples(account, [{}])


def _is_any(_: Call | ExistingCall) -> bool:
    return True


def _is_live(call: Call) -> bool:
    return call.phase != "ended"


def _is_live_record(call: ExistingCall) -> bool:
    return call.status not in ENDED_STATUSES


def _is_scheduled(call: Call) -> bool:
    return call.spec.operation == "create-scheduled" and _is_live(call)


def _is_scheduled_record(call: ExistingCall) -> bool:
    return call.status == "scheduled"


READ: Final = _sample_of_call(_is_any, _is_any, NO_CALL, {})
OTHER_SAMPLES: Final[Mapping[str, OtherSampleMaker]] = {
    "read-flags": READ,
    "read-call": READ,
    "write-flags": _sample_of_call(_is_live, _is_live_record, NO_LIVE_CALL, FLAGS),
    "end-user": _sample_of_call(_is_live, _is_live_record, NO_LIVE_CALL, END_USER),
    "cancel-scheduled": _sample_of_call(_is_scheduled, _is_scheduled_record, NO_SCHEDULED_CALL, {}),
    "manager-calls": _sample_list,
}
