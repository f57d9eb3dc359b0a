"""The lifecycle diagrams of the documentation have an edge for every transition, and no other."""

import re

import pytest

from from_code import lifecycle
from mockserver.core.lifecycle import CALL_TRANSITIONS, LEG_TRANSITIONS

EDGE = re.compile(r"    (\w+) --> (\w+): (.+)")
DIAGRAMS = re.findall(r"```text\nstateDiagram-v2\n(.*?)\n```", lifecycle.page(), re.DOTALL)


@pytest.mark.parametrize(
    ("diagram", "transitions"),
    list(zip(DIAGRAMS, (LEG_TRANSITIONS, CALL_TRANSITIONS), strict=True)),
)
def test_diagram_has_exactly_the_transitions_of_the_table(
    diagram: str, transitions: lifecycle.Transitions
) -> None:
    edges = [edge.groups() for line in diagram.splitlines() if (edge := EDGE.fullmatch(line))]
    assert len(edges) == len(diagram.splitlines())
    drawn = [
        ((state, event_type), next_state)
        for state, next_state, label in edges
        for event_type in label.split(", ")
    ]
    assert sorted(drawn) == sorted(transitions.items())


def test_event_types_are_plain_words_that_a_label_can_list() -> None:
    event_types = {event_type for _, event_type in (*LEG_TRANSITIONS, *CALL_TRANSITIONS)}
    assert [name for name in event_types if not re.fullmatch(r"[a-z-]+", name)] == []


@pytest.mark.parametrize(
    ("transitions", "text"),
    [
        (LEG_TRANSITIONS, "A new leg is `idle`."),
        (CALL_TRANSITIONS, "A new call is `placed`."),
    ],
)
def test_page_names_the_state_that_no_other_state_leads_to(
    transitions: lifecycle.Transitions, text: str
) -> None:
    entered = {after for (before, _), after in transitions.items() if before != after}
    [initial] = {before for before, _ in transitions} - entered
    assert text in lifecycle.page()
    assert f"`{initial}`" in text
