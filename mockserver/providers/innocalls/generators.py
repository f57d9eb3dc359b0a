"""What an Innocalls account makes of somebody who is made up."""

from typing import Final

from mockserver.core.account import Account
from mockserver.core.provider import FakePerson
from mockserver.providers.innocalls.records import Extension, Flow

FIRST_EXTENSION: Final = 200
FIRST_FLOW: Final = 0x3815E7B800
WIDTH: Final = 25  # characters of a flow's id, as in the page's samples


def extension(person: FakePerson, nth: int, _: Account) -> tuple[str, Extension]:
    return str(FIRST_EXTENSION + nth), Extension(f"{person.first_name} {person.last_name}")


def flow(_: FakePerson, nth: int, __: Account) -> tuple[str, Flow]:
    return f"{FIRST_FLOW + nth:x}".ljust(WIDTH, "0"), Flow()


GENERATORS: Final = {"extensions": extension, "flows": flow}
