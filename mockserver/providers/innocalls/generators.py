"""Generate records of an Innocalls account from fake people."""

from typing import Final

from mockserver.core.account import Account
from mockserver.core.fake_person import FakePerson
from mockserver.providers.innocalls.records import Extension, Flow

FIRST_EXTENSION: Final = 200
FIRST_FLOW: Final = 0x3815E7B800
FLOW_ID_LENGTH: Final = 25  # characters, as in the page's samples


def build_extension(person: FakePerson, index: int, _: Account) -> tuple[str, Extension]:
    return str(FIRST_EXTENSION + index), Extension(f"{person.first_name} {person.last_name}")


def build_flow(_: FakePerson, index: int, __: Account) -> tuple[str, Flow]:
    return f"{FIRST_FLOW + index:x}".ljust(FLOW_ID_LENGTH, "0"), Flow()


GENERATORS: Final = {"extensions": build_extension, "flows": build_flow}
