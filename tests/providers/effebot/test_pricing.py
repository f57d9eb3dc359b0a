"""Effebot charges each leg per billing step and never overdraws the balance."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.core.behavior import PRESETS, LegAction, LegBehavior, fixed_duration
from mockserver.core.call import Event, IllegalTransition
from mockserver.core.configuration import Configuration
from mockserver.core.scenario import Scenario
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event
from tests.support import read
from tests.support.simulation import START, only_providers, play_until_idle, state_with_scenarios
from tests.support.vendors import response_body
from tests.support.vendors.effebot import balance, call_details, patch_account, request


@pytest.mark.parametrize(
    ("talk", "cost"),
    [(1_000, "0.05"), (60_000, "0.05"), (60_001, "0.10"), (119_000, "0.10"), (180_000, "0.15")],
)
def test_each_billing_step_that_has_begun_is_charged(
    configuration: Configuration, talk: int, cost: str
) -> None:
    state = state_with_scenarios(
        only_providers(configuration, "effebot"),
        Scenario(name="mine", legs={"a": LegBehavior(talk=fixed_duration(talk))}),
    )
    request(state, "create")
    play_until_idle(state)
    assert (call_details(state)["cost"], balance(state)) == (cost, Decimal(100) - Decimal(cost))


def test_a_call_ends_when_the_balance_is_used_up(state: SandboxState) -> None:
    patch_account(state, {"balance": "0.12"})
    request(state, "create", phone="20100010200")
    play_until_idle(state)
    call = read.calls(state)["c1"]
    assert [
        leg.ended_at - leg.answered_at for leg in call.legs if leg.ended_at and leg.answered_at
    ] == [120_000]
    assert (balance(state), call_details(state)["cost"]) == (Decimal("0.02"), "0.10")


def test_speech_synthesis_is_paid_at_once(state: SandboxState) -> None:
    body = response_body(request(state, "create", record={"text": "x" * 101}))
    assert (body["recordCost"], balance(state)) == ("0.04", Decimal("99.96"))


def test_speech_synthesis_beyond_the_balance_is_refused(state: SandboxState) -> None:
    patch_account(state, {"balance": "0.03"})
    assert request(state, "create", record={"text": "x" * 101}).fault == "insufficient-balance"
    assert balance(state) == Decimal("0.03")


@pytest.mark.parametrize(
    ("amount", "cost", "balance_left"),
    [("5", "5.00", "95.00"), ("0.01", "0.01", "99.99"), ("0", "0.00", "100.00")],
)
def test_a_payment_that_is_ordered_is_charged_and_is_part_of_the_cost(
    state: SandboxState, amount: str, cost: str, balance_left: str
) -> None:
    request(state, "create")
    apply_event(state, "c1", Event(at=START, type="paid", data={"amount": amount}))
    assert (call_details(state)["cost"], balance(state)) == (cost, Decimal(balance_left))


@pytest.mark.parametrize(
    ("amount", "shown"), [("100", "100.00"), ("2.5", "2.50"), ("0", "0.00"), (None, "0.00")]
)
def test_a_balance_has_two_decimals_like_every_amount(
    state: SandboxState, amount: str | None, shown: str
) -> None:
    patch_account(state, {"balance": amount})
    assert response_body(request(state, "user-info"))["balance"] == shown


@pytest.mark.parametrize(
    ("data", "shown"),
    [({}, ""), ({"amount": "x"}, "x"), ({"amount": "-1"}, "-1"), ({"amount": "NaN"}, "NaN")],
)
def test_a_payment_without_a_proper_amount_is_not_possible(
    state: SandboxState, data: dict[str, object], shown: str
) -> None:
    request(state, "create")
    with pytest.raises(IllegalTransition) as error:
        apply_event(state, "c1", Event(at=START, type="paid", data=data))
    assert str(error.value) == f"paid needs an amount in USD such as 0.05, not {shown!r}"
    assert (call_details(state)["cost"], balance(state)) == ("0.00", Decimal(100))


PRICES = st.decimals(0, 1, places=2).map(str)
BEHAVIORS = st.sampled_from(
    [
        *(PRESETS[word] for word in ("answered", "busy", "no-answer")),
        LegBehavior(
            actions=(
                LegAction(delay=fixed_duration(1_000), event_type="press", data={"digits": "1"}),
            )
        ),
        LegBehavior(
            actions=(
                LegAction(delay=fixed_duration(1_000), event_type="press", data={"digits": "2"}),
            ),
            talk=fixed_duration(90_000),
        ),
    ]
)
IVRS = [{"digit": 1, "smsText": "x"}, {"digit": 2, "managerPhone": "99999999998"}]


@settings(max_examples=1_000)
@given(
    prices=st.tuples(PRICES, PRICES, PRICES, PRICES),
    step=st.sampled_from(["1s", "6s", "60s"]),
    start=st.decimals(0, 5, places=2).map(str),
    behaviors=st.tuples(BEHAVIORS, BEHAVIORS),
    count=st.integers(1, 4),
    text=st.integers(1, 300),
)
def test_the_balance_is_the_start_balance_minus_all_reported_costs(  # noqa: PLR0913, PLR0917 - all that is drawn
    configuration: Configuration,
    prices: tuple[str, str, str, str],
    step: str,
    start: str,
    behaviors: tuple[LegBehavior, LegBehavior],
    count: int,
    text: int,
) -> None:
    names = ("minute", "manager_minute", "synthesis_per_100_chars", "sms")
    state = state_with_scenarios(
        only_providers(configuration, "effebot"),
        Scenario(name="mine", legs=dict(zip("ab", behaviors, strict=True))),
    )
    patch_account(
        state, {"balance": start, "tariff": {**dict(zip(names, prices, strict=True)), "step": step}}
    )
    phones = [f"9999999999{number}" for number in range(count)]
    exchange = request(
        state, "create", phone=None, phones=phones, record={"text": "x" * text}, ivrs=IVRS
    )
    play_until_idle(state)
    assert balance(state) >= 0
    if exchange.fault is None:
        costs = [Decimal(call_details(state, number + 1)["cost"]) for number in range(count)]
        assert balance(state) == Decimal(start) - sum(costs) - Decimal(
            response_body(exchange)[0]["recordCost"]
        )
    else:
        assert (exchange.fault, balance(state)) == ("insufficient-balance", Decimal(start))
