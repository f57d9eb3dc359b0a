"""What a Phonon account makes of somebody who is made up."""

from typing import Final

from mockserver.core.account import Account
from mockserver.core.provider import FakePerson
from mockserver.providers.phonon.records import Flow


def build_flow(person: FakePerson, index: int, _: Account) -> tuple[str, Flow]:
    """Named by eight characters, with a number of its own, and reading out a name."""
    number = person.phone.removeprefix("+")
    return f"Gen{index:05d}", Flow(did=number, say=f"{person.first_name} is calling.")


GENERATORS: Final = {"flows": build_flow}
