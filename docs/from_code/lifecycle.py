"""The lifecycle of a leg and of a call as Mermaid state diagrams, from the transition tables."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from from_code.markdown import block, code
from mockserver.core.lifecycle import ACTIVE_PHASES, CALL_TRANSITIONS, LEG_TRANSITIONS

Transitions = Mapping[tuple[str, str], str]
"""(state, event type) -> next state."""

INTRODUCTION: Final = """# Lifecycle

Two tables in `mockserver/core/lifecycle.py` define which events a leg and a call accept, and which
state follows. `transition(call, event)` looks up the event and returns the new call. An event
without a row raises `IllegalTransition` and changes nothing. The diagrams below are Mermaid source,
generated from these tables.

Events that only one vendor knows, such as a transfer, are not in the tables. They are the
provider's `vendor_events`, and each lists the status words in which it is allowed.
"""

LEG_TEXT: Final = f"""## Leg

A new leg is `idle`. A leg accepts events only while its call is
{" or ".join(map(code, ACTIVE_PHASES))}. A leg that leaves a conversation does not end it: the
other legs stay, and the leg that left may be dialed again. A leg that ended without an answer may
be dialed again, too. A new leg then replaces it.
"""

CALL_TEXT: Final = """## Call

A new call is `placed`. If a call is `over`, its current dial attempt has ended. Then the provider
starts a new attempt, or the event `ended` follows. `continue` comes from the control API, and only
lets a waiting script continue. `poll` records that the client has read the call.
"""

EXCEPTIONS_TEXT: Final = """## Outside the tables

Three changes are in neither table nor diagram:

- A `ring` with a number dials a leg during a call. It adds the leg, or replaces one that is idle,
  has left, or has ended without an answer.
- `leave` makes a bridged call `begun` again.
- A new attempt, for a redial or for the next number, makes the call `placed` again.
"""


def page() -> str:
    return "\n".join(
        (
            INTRODUCTION,
            LEG_TEXT,
            block(state_diagram(LEG_TRANSITIONS)),
            CALL_TEXT,
            block(state_diagram(CALL_TRANSITIONS)),
            EXCEPTIONS_TEXT,
        )
    )


def state_diagram(transitions: Transitions) -> str:
    """Mermaid source with one edge for each pair of states; its label lists the event types."""
    labels: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for (state, event_type), next_state in transitions.items():
        labels[state, next_state].append(event_type)
    edges = (
        f"    {state} --> {next_state}: {', '.join(event_types)}"
        for (state, next_state), event_types in labels.items()
    )
    return "\n".join(("stateDiagram-v2", *edges))
