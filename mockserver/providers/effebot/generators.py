"""What an Effebot account makes of somebody who is made up."""

from typing import Final

from mockserver.core.account import Account
from mockserver.core.provider import FakePerson
from mockserver.providers.effebot.records import Blocked, Clip, Phone, Template

FIRST_ID: Final = 5_000


def phone(person: FakePerson, nth: int, _: Account) -> tuple[str, Phone]:
    """A caller number; every third still waits for its pin."""
    pin = "" if nth % 3 else f"{1_000 + nth % 9_000}"
    return person.phone.removeprefix("+"), Phone(FIRST_ID + nth, not pin, pin)


def clip(person: FakePerson, nth: int, _: Account) -> tuple[str, Clip]:
    text = f"Hello, this is {person.first_name}."
    return str(FIRST_ID + nth), Clip(f"Greeting of {person.first_name}", text)


def template(person: FakePerson, nth: int, _: Account) -> tuple[str, Template]:
    text = f"{person.first_name} {person.last_name} would like to talk to you."
    return str(FIRST_ID + nth), Template(f"Template of {person.last_name}", text)


def blocked(person: FakePerson, _: int, __: Account) -> tuple[str, Blocked]:
    return person.phone.removeprefix("+"), Blocked(f"asked for by {person.first_name}")


GENERATORS: Final = {"phones": phone, "records": clip, "templates": template, "blocked": blocked}
