"""What has happened as a sequence diagram."""

from mockserver.engine.sandbox_state import SandboxState
from mockserver.web.views.mermaid import render_diagram
from tests.support import read
from tests.support.simulation import click_to_call, play_until_idle

BUSY = """\
sequenceDiagram
    participant client as client
    participant mock as mock server
    participant receiver as webhook receiver
    client->>mock: 09:00:00 POST /api/v2/voice/c2c
    mock-->>client: 09:00:00 200
    Note over mock: 09:00:00 c1 placed
    Note over mock: 09:00:00 c1 begin
    Note over mock: 09:00:00 c1 ring from 918867135000
    Note over mock: 09:00:02 c1 answer from 918867135000
    Note over mock: 09:00:02 c1 ring to 918867136000
    Note over mock: 09:00:05 c1 hangup to 918867136000 busy
    Note over mock: 09:00:05 c1 hangup from 918867135000 normal
    Note over mock: 09:00:05 c1 attempt-ended busy
    Note over mock: 09:00:05 c1 ended busy
    mock->>receiver: 09:00:05 POST completed {"bridge": 918068281234, "from": 91886713500…
    receiver-->>mock: 09:00:05 200 (attempt 1)
"""


def test_diagram_of_a_call(state: SandboxState) -> None:
    click_to_call(state, "callee-busy")
    play_until_idle(state)
    assert render_diagram(read.journal(state), state) == BUSY


def test_diagram_of_a_refusal_has_no_receiver(state: SandboxState) -> None:
    click_to_call(state, bridge=None)
    assert render_diagram(read.journal(state), state).splitlines()[1:] == [
        "    participant client as client",
        "    participant mock as mock server",
        "    client->>mock: 09:00:00 POST /api/v2/voice/c2c",
        "    mock-->>client: 09:00:00 422 bridge-required",
    ]


def test_diagram_escapes_what_mermaid_would_read(state: SandboxState) -> None:
    click_to_call(state, mid="x")
    play_until_idle(state)
    fact = read.journal(state)[0]
    asked = fact.payload._replace(request=fact.payload.request.__class__("GET", "/a;b#c<d>\n\x1b"))  # type: ignore[attr-defined]
    assert "GET /a#59;b#35;c#lt;d#gt;\n" in render_diagram([fact._replace(payload=asked)], state)


def test_diagram_of_nothing(state: SandboxState) -> None:
    assert render_diagram((), state) == "sequenceDiagram\n    participant mock as mock server\n"
