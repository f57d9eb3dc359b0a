"""A journal is rendered as a Mermaid sequence diagram."""

import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.http import Request
from mockserver.core.scenario import ApiBehavior, Scenario
from mockserver.engine.exchange import Exchange
from mockserver.engine.sandbox_state import SandboxState
from mockserver.web.views.mermaid import render_diagram
from tests.support import read
from tests.support.simulation import click_to_call, play_until_idle, state_with_scenarios

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


def test_a_diagram_shows_a_call_from_its_request_to_its_webhook(state: SandboxState) -> None:
    click_to_call(state, "callee-busy")
    play_until_idle(state)
    assert render_diagram(read.journal(state), state) == BUSY


def test_a_diagram_of_a_refusal_has_no_webhook_receiver(state: SandboxState) -> None:
    click_to_call(state, bridge=None)
    assert render_diagram(read.journal(state), state).splitlines()[1:] == [
        "    participant client as client",
        "    participant mock as mock server",
        "    client->>mock: 09:00:00 POST /api/v2/voice/c2c",
        "    mock-->>client: 09:00:00 422 bridge-required",
    ]


@pytest.mark.parametrize(
    ("order", "result"),
    [
        (ApiBehavior(fault="service-unavailable"), "503 service-unavailable (scenario 'mine')"),
        (ApiBehavior(delay=3_000), "200 (scenario 'mine')"),
        (ApiBehavior(disconnect="reset"), "broken off (scenario 'mine')"),
        (ApiBehavior(), "200"),
    ],
)
def test_a_diagram_names_the_scenario_that_orders_something_of_a_response(
    configuration: Configuration, order: ApiBehavior, result: str
) -> None:
    mine = Scenario(name="mine", responses=(order,))
    state = state_with_scenarios(configuration, Scenario(name="usual"), mine)
    click_to_call(state, "mine")
    assert f"    mock-->>client: 09:00:00 {result}\n" in render_diagram(read.journal(state), state)


def test_a_diagram_escapes_mermaid_syntax(state: SandboxState) -> None:
    click_to_call(state, mid="x")
    play_until_idle(state)
    entry = read.journal(state)[0]
    assert isinstance(entry.payload, Exchange)
    request = Request(method="GET", path="/a;b#c<d>\n\x1b")
    changed = entry.replace(payload=entry.payload.replace(request=request))
    assert "GET /a#59;b#35;c#lt;d#gt;\n" in render_diagram([changed], state)


def test_a_diagram_of_an_empty_journal_has_only_the_mock_server(state: SandboxState) -> None:
    assert render_diagram((), state) == "sequenceDiagram\n    participant mock as mock server\n"
