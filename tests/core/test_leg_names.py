"""The names of legs: which leg each name means, and which names there are."""

from collections.abc import Mapping

import pytest

from mockserver.core.call import Leg
from mockserver.core.leg_names import all_leg_names, legs_by_name
from tests.support.builders import build_call, build_call_spec
from tests.support.config_files import PROVIDERS

A, B = Leg(name="a", role="from", number="1"), Leg(name="b", role="to", number="2")


@pytest.mark.parametrize(
    ("flow", "roles", "legs", "expected"),
    [
        ("one-leg", {}, (A,), {"callee": "a", "a": "a", "from": "a"}),
        ("one-leg", {"a": "from", "b": "to"}, (A,), {"callee": "a", "a": "a", "from": "a"}),
        ("b-after-a", {}, (A, B), {"callee": "b", "a": "a", "b": "b", "from": "a", "to": "b"}),
        ("callee-first", {}, (A, B), {"callee": "a", "a": "a", "b": "b", "from": "a", "to": "b"}),
        (
            "queue",
            {"a": "end_user", "b": "agent"},
            (A.replace(role="end_user"),),
            {"callee": "a", "a": "a", "b": "b", "end_user": "a", "agent": "b"},
        ),
        ("branch", {}, (A,), {"callee": "a", "a": "a", "b": "b", "from": "a"}),
        (
            "one-leg",
            {},
            (A, Leg(name="c", role="guest", number="3", added_later=True)),
            {"callee": "a", "a": "a", "c": "c", "from": "a", "guest": "c"},
        ),
    ],
)
def test_each_name_means_a_leg_that_the_call_has_or_can_get(
    flow: str, roles: Mapping[str, str], legs: tuple[Leg, ...], expected: Mapping[str, str]
) -> None:
    call = build_call(spec=build_call_spec(flow=flow, roles=roles), legs=legs)
    assert legs_by_name(call) == expected


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        (("b", "a"), {"callee": "b", "a": "b", "b": "a"}),
        (("callee", "to"), {"callee": "a", "a": "a", "b": "b", "to": "b"}),
        (("x", "callee"), {"callee": "b", "a": "a", "b": "b", "x": "a"}),
    ],
)
def test_the_vendor_s_word_takes_precedence_over_a_and_b_and_callee(
    roles: tuple[str, str], expected: Mapping[str, str]
) -> None:
    legs = (A.replace(role=roles[0]), B.replace(role=roles[1]))
    assert legs_by_name(build_call(legs=legs)) == expected


def test_all_leg_names_are_the_neutral_ones_and_the_words_of_the_providers() -> None:
    provider = PROVIDERS["mobtexting"].provider
    endpoint, *_ = provider.endpoints
    other = endpoint._replace(roles={"a": "agent", "b": "to"})
    providers = (provider, provider._replace(endpoints=(other,)))
    assert all_leg_names(providers) == ("a", "b", "callee", "from", "to", "agent")
    assert all_leg_names(()) == ("a", "b", "callee")
