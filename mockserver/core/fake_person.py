"""What fake records are made of."""

from collections.abc import Callable
from typing import Any, NamedTuple

from mockserver.core.account import Account


class FakePerson(NamedTuple):
    """A generated person, from whom a provider builds a record."""

    first_name: str
    last_name: str
    email: str
    phone: str


RecordGenerator = Callable[[FakePerson, int, Account], tuple[str, Any]]
"""(person, zero-based index, the account so far) -> (identity, record)."""
