"""Generate records of an Effebot account from fake people."""

from typing import Final

from mockserver.core.account import Account
from mockserver.core.account_values import Count
from mockserver.core.fake_person import FakePerson
from mockserver.providers.effebot.records import AudioRecord, BlockedPhone, Phone, Template

FIRST_ID: Final = 5_000


def build_phone(person: FakePerson, index: int, _: Account) -> tuple[str, Phone]:
    """A caller number; every third one is not confirmed yet and has a pin."""
    pin = "" if index % 3 else f"{1_000 + index % 9_000}"
    return person.phone.removeprefix("+"), Phone(Count(FIRST_ID + index), not pin, pin)


def build_audio_record(person: FakePerson, index: int, _: Account) -> tuple[str, AudioRecord]:
    text = f"Hello, this is {person.first_name}."
    return str(FIRST_ID + index), AudioRecord(f"Greeting of {person.first_name}", text)


def build_template(person: FakePerson, index: int, _: Account) -> tuple[str, Template]:
    text = f"{person.first_name} {person.last_name} would like to talk to you."
    return str(FIRST_ID + index), Template(f"Template of {person.last_name}", text)


def build_blocked_phone(person: FakePerson, _: int, __: Account) -> tuple[str, BlockedPhone]:
    return person.phone.removeprefix("+"), BlockedPhone(f"asked for by {person.first_name}")


GENERATORS: Final = {
    "phones": build_phone,
    "records": build_audio_record,
    "templates": build_template,
    "blocked": build_blocked_phone,
}
