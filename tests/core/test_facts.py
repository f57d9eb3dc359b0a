"""The names that the journal prints, which readers of it rely on."""

import pytest

from mockserver.core.facts import Fact, Moot, Skipped


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (Fact, ("at", "kind", "call", "what")),
        (Moot, ("verb", "leg", "place", "why")),
        (Skipped, ("story", "leg")),
    ],
)
def test_facts_printed_names(kind: type[Fact | Moot | Skipped], names: tuple[str, ...]) -> None:
    assert kind._fields == names
