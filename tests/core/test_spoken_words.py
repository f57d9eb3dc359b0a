"""What a scenario speaks of depends on the legs and webhooks of the operation."""

import pytest

from mockserver.config.registry import load_providers
from mockserver.core.behavior import PRESETS
from mockserver.core.playability import find_site
from mockserver.core.scenario import ApiBehavior, DeliveryBehavior, Scenario
from mockserver.core.spoken_words import SpokenWords

PROVIDERS = {name: bound.provider for name, bound in load_providers().items()}
C2C = find_site(PROVIDERS["mobtexting"], "c2c", "b-after-a")
DISPATCH = find_site(PROVIDERS["innocalls"], "dispatch", "one-leg")
B = Scenario(name="b", legs={"b": PRESETS["busy"]})
LOST = Scenario(name="lost", webhooks={"cdr": DeliveryBehavior(drop=None)})


def refusing(fault: str) -> Scenario:
    return Scenario(name="x", responses=(ApiBehavior(fault=fault),))


@pytest.mark.parametrize(
    ("scenario", "expected"),
    [
        (B, (True, False)),
        (LOST, (False, True)),
        (Scenario(name="x", use="b"), (True, False)),
        (Scenario(name="x", attempts=("lost", "b")), (True, True)),
        (Scenario(name="x"), (False, False)),
        (refusing("insufficient-balance"), (True, False)),
        (refusing("nowhere"), (False, False)),
        (refusing(""), (True, True)),
    ],
)
def test_a_scenario_applies_where_anything_to_which_it_leads_has_an_effect(
    scenario: Scenario, expected: tuple[bool, bool]
) -> None:
    by_name = {"b": B, "lost": LOST}
    sites = (C2C, DISPATCH)
    assert tuple(SpokenWords(by_name, site).can_apply(scenario) for site in sites) == expected


def test_what_is_certain_is_said_whatever_is_drawn_and_at_every_attempt() -> None:
    by_name = {"b": B, "lost": LOST, "both": Scenario(name="both", use="lost", legs=B.legs)}
    words = SpokenWords(by_name, DISPATCH)
    drawn = Scenario(name="x", choose=((1, "lost"), (1, "both")))
    assert words.certain(drawn) == words.certain(drawn) == {("webhook", "cdr")}
    assert words.certain(drawn, is_listless=True) == frozenset()
    assert SpokenWords(by_name, C2C).certain(drawn, depth=0) == frozenset()
