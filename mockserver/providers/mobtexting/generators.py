"""Generate records of a Mobtexting account from fake people."""

from typing import Final

from mockserver.core.account import Account
from mockserver.core.fake_person import FakePerson
from mockserver.providers.mobtexting.records import Flow

FIRST_FLOW: Final = 1_000


def build_flow(person: FakePerson, index: int, _: Account) -> tuple[str, Flow]:
    return str(FIRST_FLOW + index), Flow(f"{person.first_name} {person.last_name} is calling.")


GENERATORS: Final = {"flows": build_flow}
