"""What a call takes from its account when it is created, and keeps whatever changes later."""

from mockserver.core.value import Value


class Casting(Value):
    """The offer of a call to the agents of a queue, at `at` (ms).

    `group` and `recording` are those that the menu has then.
    """

    at: int
    group: str
    recording: str


class Creation(Value):
    """`casting` is None without a menu, `contact` the CRM id of the end user, empty for none.

    `first_participant` is the id of the first participant.
    """

    casting: Casting | None = None
    outbound_number: str | None = None
    contact: str = ""
    first_participant: int = 0


NO_CREATION = Creation()
"""Of a call that was not created by a request."""
