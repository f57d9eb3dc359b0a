"""Generate records of a CCAI account from fake people."""

from typing import Final

from mockserver.core.account import Account
from mockserver.core.account_values import Count
from mockserver.core.fake_person import FakePerson
from mockserver.providers.ccai.records import Agent, Contact, Ticket

FIRST_CONTACT: Final = 380_000_000_000
FIRST_TICKET: Final = 80_000
FIRST_ID: Final = 1_000


def build_contact(person: FakePerson, index: int, _: Account) -> tuple[str, Contact]:
    return str(FIRST_CONTACT + index), Contact(Count(FIRST_ID + index), person.phone, person.email)


def build_ticket(_: FakePerson, index: int, account: Account) -> tuple[str, Ticket]:
    """A ticket of one contact after another; of an unknown contact if the account has none."""
    contacts = list(account.records.get("contacts", {})) or [str(FIRST_CONTACT)]
    return str(FIRST_TICKET + index), Ticket(contacts[index % len(contacts)])


def build_agent(person: FakePerson, index: int, _: Account) -> tuple[str, Agent]:
    return person.email, Agent(Count(FIRST_ID + index), person.first_name, person.last_name)


GENERATORS: Final = {"contacts": build_contact, "tickets": build_ticket, "agents": build_agent}
