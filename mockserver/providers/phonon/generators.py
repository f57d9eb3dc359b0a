"""Generate records of a Phonon account from fake people."""

from typing import Final

from mockserver.core.account import Account
from mockserver.core.account_values import OptionalDigits
from mockserver.core.fake_person import FakePerson
from mockserver.providers.phonon.records import Flow


def build_flow(person: FakePerson, index: int, _: Account) -> tuple[str, Flow]:
    """A flow with an id of eight characters, a DID of its own, and a text that names the person."""
    number = person.phone.removeprefix("+")
    return f"Gen{index:05d}", Flow(
        did=OptionalDigits(number), say=f"{person.first_name} is calling."
    )


GENERATORS: Final = {"flows": build_flow}
