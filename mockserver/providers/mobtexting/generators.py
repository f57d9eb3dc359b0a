"""What a Mobtexting account makes of somebody who is made up."""

from typing import Final

from mockserver.core.account import Account
from mockserver.core.provider import FakePerson
from mockserver.providers.mobtexting.records import Flow

FIRST: Final = 1_000


def flow(person: FakePerson, nth: int, _: Account) -> tuple[str, Flow]:
    return str(FIRST + nth), Flow(f"{person.first_name} {person.last_name} is calling.")


GENERATORS: Final = {"flows": flow}
