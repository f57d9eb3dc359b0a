"""What a Mobtexting account keeps: the flows of its studio."""

from typing import NamedTuple


class Flow(NamedTuple):
    """What a flow reads out; `{Name}` stands for a variable of the request."""

    say: str
