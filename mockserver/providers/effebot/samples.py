"""Make requests that an Effebot account accepts, out of its phones, audio records and templates."""

from collections.abc import Mapping
from typing import Final

from mockserver.core.account import Account
from mockserver.core.sample import NO_CREDENTIAL, Sample, sample_credential
from mockserver.providers.effebot import request

CALLEES: Final = ("99999999999", "99999999990", "99999999991")
MANAGER: Final = "99999999998"
IVRS: Final = (
    {"digit": 1, "needBlock": 0, "smsText": "Thank you"},
    {"digit": 2, "needBlock": 0, "managerPhone": MANAGER},
)
"""Key 1 ends the call with a message, key 2 forwards it to a manager."""


def sample_create(account: Account, _: int) -> tuple[Sample, ...] | str:
    """A call with an IVR that can forward to a manager, and a call without any."""
    base, record = _base_fields(account), _record(account)
    if isinstance(base, str):
        return base
    if record is None:
        return "the account may not synthesize speech, and has no moderated audio record"
    plain = {**base, "record": record}
    return Sample({**plain, "ivrs": [*map(dict, IVRS)]}), Sample(plain)


def sample_create_with_template(account: Account, _: int) -> tuple[Sample, ...] | str:
    templates, base = request.records(account, "templates"), _base_fields(account)
    if isinstance(base, str):
        return base
    name = next((name for name, template in templates.items() if template.moderated), "")
    if not name:
        return "the account has no moderated template"
    return (Sample({**base, "templateId": name}),)


def _base_fields(account: Account) -> Mapping[str, object] | str:
    """The credential, who is called and from which number; or why nobody can be called."""
    key, phones = sample_credential(account), request.records(account, "phones")
    if not key:
        return NO_CREDENTIAL
    blocked = request.records(account, "blocked")
    fields = {"apiKey": key, "phone": next((n for n in CALLEES if n not in blocked), CALLEES[0])}
    confirmed = (number for number, phone in phones.items() if phone.confirmed)
    number = next(confirmed, "" if phones else CALLEES[0])
    if number:
        return {**fields, "outgoingPhone": number}
    if any(phone.duty for phone in phones.values()):
        return {**fields, "dutyPhone": 1}
    return "the account has neither a confirmed phone nor a duty number"


def _record(account: Account) -> Mapping[str, object] | None:
    """Speech if the account may synthesize it, else a moderated audio record, else None."""
    if not request.settings(account).moderation:
        return {"text": "Hello"}
    records = request.records(account, "records").items()
    return next(({"id": name} for name, record in records if record.moderated), None)


SAMPLES: Final = {"create": sample_create, "create-with-template": sample_create_with_template}
