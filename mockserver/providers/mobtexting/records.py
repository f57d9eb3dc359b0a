"""What a Mobtexting account keeps: the flows of its studio."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Flow:
    """What a flow reads out; `{Name}` stands for a variable of the request."""

    say: str
