"""The records of a Mobtexting account: flows of the vendor's studio."""

from typing import NamedTuple


class Flow(NamedTuple):
    """The text that a flow reads out; `{Name}` stands for a variable of the request."""

    say: str
