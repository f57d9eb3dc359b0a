"""Dry runs on several accounts: what makes a scenario unreadable, and what is a note."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from mockserver.compiler import InvalidFiles, build_configuration, scenario_notes
from mockserver.core.behavior import LegAction, LegBehavior, fixed_duration
from mockserver.core.configuration import Configuration
from mockserver.core.scenario import MatchRule, Scenario
from mockserver.core.script import Condition, Step
from mockserver.engine import dry_run as module
from mockserver.engine import dry_run_call
from mockserver.engine.dry_run import FINE, dry_run
from mockserver.settings import parse_settings
from tests.support.conformance import PROVIDERS
from tests.support.fake_vendor import build_shop, build_state

HANGUP = "{after: 10s, hangup: end_user}"
INBOUND = "needs: {provider: ccai, operation: create-inbound}"


@pytest.fixture
def check(tmp_path: Path) -> Callable[[str], list[str]]:
    """Return what `mockserver check` prints for a file, without its name."""

    def check_text(text: str) -> list[str]:
        (tmp_path / "own.yaml").write_text(text, "utf-8")
        settings = parse_settings({"scenarios": (str(tmp_path / "own.yaml"),), "seed": "s"}, {})
        try:
            configuration = build_configuration(settings)
        except InvalidFiles as error:
            lines = [str(problem) for problem in error.problems]
        else:
            lines = [
                f"{note.location}: {name} {note}" for name, note in scenario_notes(configuration)
            ]
        return [line.removeprefix(f"{tmp_path}/own.yaml:") for line in lines]

    return check_text


def own_file(accounts: Mapping[str, str], *scenario: str) -> str:
    body = "\n".join(f"  {name}: {{{document}}}" for name, document in accounts.items())
    lines = "\n".join(f"    {line}" for line in scenario)
    return f"accounts:\n{body}\nscenarios:\n  mine:\n{lines}\n"


OWN_ACCOUNTS = {
    "own agents and menus": "provider: ccai, agents: {ann@acme.test: {}}, menus: {'1': {name: x}}",
    "a subdomain": "provider: ccai, subdomain: acme",
    "a language": "provider: ccai, languages: [de]",
    "a credential": "provider: ccai, credentials: [mine], agents: {ann@acme.test: {}}",
    "an agent who is offline": "provider: ccai, agents: {ann@acme.test: {state: offline}}",
    "generated agents": "provider: ccai, generate: {agents: 2}",
}


@pytest.mark.parametrize("account", OWN_ACCOUNTS.values(), ids=OWN_ACCOUNTS)
def test_an_account_of_the_user_plays_steps_on_its_own_records(
    check: Callable[[str], list[str]], account: str
) -> None:
    steps = "steps: [{after: 15s, act: hold, for: 20s}, {after: 10s, hangup: agent}]"
    without_agents = "agents" not in account
    lines = check(own_file({"acme": account}, INBOUND, steps))
    reason = "hold is not possible while queued, only while connected"
    assert lines == (
        [f"6:13: mine cannot play on account acme of ccai: create-inbound: {reason}"]
        if without_agents
        else []
    )


@pytest.mark.parametrize(
    ("account", "needs"),
    [
        ("provider: effebot, phones: {'79000000001': {}}", "{provider: effebot}"),
        ("provider: innocalls, flows: {F: {}}", "{provider: innocalls, operation: bridge}"),
        ("provider: phonon, flows: {Zz12Cd34: {}}, security_id: abc", "{provider: phonon}"),
        ("provider: mobtexting, numbers: ['918068281299']", "{provider: mobtexting}"),
    ],
)
def test_an_account_of_each_vendor_plays_steps(
    check: Callable[[str], list[str]], account: str, needs: str
) -> None:
    text = own_file({"own": account}, f"needs: {needs}", "steps: [{wait: control}, {hangup: a}]")
    assert check(text) == []


def test_a_leg_of_a_queued_call_is_named_by_its_role(check: Callable[[str], list[str]]) -> None:
    steps = "[{after: 20s, hangup: agent}]"
    account = "provider: ccai, agents: {ann@acme.test: {}}"
    assert check(own_file({"acme": account}, INBOUND, f"steps: {steps}")) == []


@pytest.mark.parametrize(
    ("accounts", "scenario", "lines"),
    [
        (
            {"empty": "provider: effebot, phones: {'79000000001': {confirmed: false}}"},
            ("needs: {provider: effebot}", "steps: [{wait: control}, {hangup: a}]"),
            [
                (
                    "5:5: mine cannot play on account empty of effebot: create: "
                    "the account has neither a confirmed phone nor a duty number"
                )
            ],
        ),
        (
            {"acme": "provider: ccai, agents: {ann@acme.test: {}}"},
            (INBOUND, "steps: [{act: offer, agent: agent@somedomain.com, then: busy}]"),
            [
                (
                    "6:13: mine cannot play on account acme of ccai: create-inbound: "
                    "no agent is named 'agent@somedomain.com': ann@acme.test"
                )
            ],
        ),
        (
            {"acme": "provider: ccai, agents: {ann@acme.test: {}}"},
            (INBOUND, "steps: [{act: offer, agent: eve@acme.test, then: busy}]"),
            [
                (
                    "6:13: no agent is named 'eve@acme.test': did you mean 'ann@acme.test'?; "
                    "tried with create-inbound on account acme of ccai"
                )
            ],
        ),
        (
            {"empty": "provider: ccai, menus: {'1': {name: x, type: web_menu}}"},
            (INBOUND, "steps: [{act: offer, agent: eve@acme.test, then: busy}]"),
            [
                (
                    "5:5: mine cannot play on account empty of ccai: create-inbound: "
                    "no menu of the account is one of ivr_menu, mobile_menu"
                )
            ],
        ),
        (
            {"acme": "provider: ccai, agents: {ann@acme.test: {}}"},
            ("needs: {provider: phonon}", "steps: [{act: hold}]"),
            ["6:19: phonon has no act 'hold': known: none"],
        ),
        (
            {"acme": "provider: ccai, agents: {ann@acme.test: {}}"},
            ("match: {account: acme}", "steps: [{act: offer, agent: ann@acme.test, then: busy}]"),
            [],
        ),
        (
            {"acme": "provider: ccai, agents: {ann@acme.test: {}}"},
            ("match: {account: later}", "needs: {provider: mobtexting}", "steps: [{hangup: b}]"),
            ["7:13: hangup is not possible while leg b is idle, only while answered or ringing"],
        ),
    ],
    ids=[
        *("no request", "its agents are others", "no account has the agent"),
        *("perhaps on the account without requests", "no operation has the act"),
        *("only the account that matches", "no account matches yet"),
    ],
)
def test_a_scenario_is_unreadable_only_if_it_can_play_on_no_account(
    check: Callable[[str], list[str]],
    accounts: Mapping[str, str],
    scenario: tuple[str, ...],
    lines: list[str],
) -> None:
    found = check(own_file(accounts, *scenario))
    assert [line[: len(lines[0])] if lines else line for line in found[:1]] == lines


def build_scenario(*steps: Step, **fields: Any) -> Scenario:
    return Scenario(name="mine", location="f:1:1", steps=steps, **fields)


def count_requests(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    played: list[str] = []
    play = dry_run_call.play_request

    def counted(configuration: Configuration, *more: Any) -> Any:
        played.append(configuration.seed)
        return play(configuration, *more)

    monkeypatch.setattr(module, "play_request", counted)
    return played


WAIT = Step(delay=fixed_duration(0), event_type="", condition=Condition(type="control"))
SPAN = fixed_duration(1_000).replace(high=2_000)
KEY = LegAction(delay=SPAN, event_type="press", data={"digits": "1"})
RANGES: Mapping[str, tuple[LegBehavior | None, dict[str, Any]]] = {
    "ring": (LegBehavior(ring=SPAN), {}),
    "talk": (LegBehavior(talk=SPAN), {}),
    "hangup": (LegBehavior(hangup=SPAN), {}),
    "key": (
        LegBehavior(actions=(LegAction(delay=SPAN, event_type="press", data={"digits": "1"}),)),
        {},
    ),
    "a scenario that is used": (None, {"use": "other"}),
}


@pytest.mark.parametrize(("behavior", "fields"), RANGES.values(), ids=RANGES)
def test_only_durations_that_are_drawn_are_played_twice(
    monkeypatch: pytest.MonkeyPatch, behavior: LegBehavior | None, fields: dict[str, Any]
) -> None:
    played = count_requests(monkeypatch)
    legs = {"a": behavior} if behavior else {}
    drawn, fixed = build_scenario(WAIT, legs=legs, **fields), build_scenario(WAIT)
    counts = []
    for scenario in (drawn, fixed):
        state = build_state(build_shop({"ann": "available"}), scenario)
        dry_run(state.configuration, scenario)
        counts.append(len(played))
    assert counts == [2, 3]


def test_generated_people_are_made_only_if_the_account_needs_them() -> None:
    populated = []
    scenario = build_scenario(WAIT)
    offer = build_scenario(
        Step(delay=fixed_duration(0), event_type="offer", data={"agent": "eve"}, location="f:2:1")
    )
    for each in (scenario, offer):
        account = build_shop({"ann": "available"}).replace(generate={"agents": "9"})
        state = build_state(account.replace(generate={}), each)

        def populate(seed: str, _: object) -> Any:
            populated.append(seed)
            return build_shop({"eve": "available"})

        configuration = state.configuration._replace(
            accounts={account.key: account}, populate=populate
        )
        assert dry_run(configuration, each) == FINE
    assert populated == ["s"]


def test_the_work_of_all_dry_runs_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the budget, a scenario is tried on one account, and only for some time."""
    played = count_requests(monkeypatch)
    accounts = {
        ("toy", f"shop{number}"): build_shop({}).replace(name=f"shop{number}")
        for number in range(9)
    }
    steps = [WAIT.replace(location=f"f:{line}:1") for line in range(100)]
    scenarios = [build_scenario(*steps).replace(location=f"f:{line}:2") for line in range(3)]
    configuration = build_state(build_shop({}), *scenarios).configuration._replace(
        accounts=accounts
    )
    monkeypatch.setattr(module, "MAX_ITEMS", 2_000)
    problems, _ = module.dry_run_all(configuration, scenarios, ())
    assert problems == set()
    assert len(played) == 9 + 1 + 1


def test_the_operations_of_an_account_share_the_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    played = count_requests(monkeypatch)
    bad = build_scenario(
        Step(delay=fixed_duration(0), event_type="rate", location="f:2:1"), match=MatchRule()
    )
    state = build_state(build_shop({}), bad)
    bound = state.configuration.providers["toy"]
    first = bound.provider.endpoints[0]
    samples, checks = bound.provider.samples, bound.checks
    twice = bound._replace(
        provider=bound.provider._replace(
            endpoints=(first, first._replace(operation="other")),
            samples={**samples, "other": samples[first.operation]},
        ),
        checks={**checks, "other": checks[first.operation]},
    )
    configuration = state.configuration._replace(providers={"toy": twice})
    for items, count in ((1_000, 2), (1, 3)):
        monkeypatch.setattr(module, "MAX_ITEMS", items)
        monkeypatch.setattr(module, "MIN_ITEMS", items)
        dry_run(configuration, bad)
        assert len(played) == count


def test_an_operation_that_the_match_excludes_is_not_tried() -> None:
    scenario = build_scenario(WAIT, match=MatchRule(globs={"operation": "upload"}))
    state = build_state(build_shop({}), scenario)
    [problem] = dry_run(state.configuration, scenario).problems
    assert problem.reason == "there is no operation that this scenario can meet"


@pytest.mark.parametrize(
    ("untried", "globs", "is_reported"),
    [
        ((), {}, True),
        ((("toy", "other"),), {}, False),
        ((("toy", ""),), {}, False),
        ((("toy", ""),), {"account": "shop"}, False),
        ((("toy", "other"),), {"account": "shop"}, True),
        ((("toy", "other"),), {"account": "o*"}, False),
        ((("ccai", "other"),), {}, True),
    ],
)
def test_a_scenario_that_may_play_on_an_account_with_problems_has_none(
    untried: tuple[tuple[str, str], ...], globs: Mapping[str, str], *, is_reported: bool
) -> None:
    bad = build_scenario(
        Step(delay=fixed_duration(0), event_type="rate", location="f:2:1"),
        match=MatchRule(globs=globs),
    )
    configuration = build_state(build_shop({}), bad).configuration
    problems, _ = module.dry_run_all(configuration, [bad], (), frozenset(untried))
    assert bool(problems) is is_reported


def test_what_a_step_waits_for_may_come_before_a_timeout_of_the_vendor(
    check: Callable[[str], list[str]],
) -> None:
    """Nobody is free, so the queue gives up after ten minutes: a person acts before."""
    steps = "[{wait: control}, {act: offer, agent: ann@acme.test, then: answered}]"
    account = "provider: ccai, agents: {ann@acme.test: {}}"
    assert check(own_file({"acme": account}, INBOUND, f"steps: {steps}")) == []


def test_a_hundred_scenarios_beside_generated_people_need_little_work(
    check: Callable[[str], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is played once or twice on an account; it took 172 requests each."""
    played = count_requests(monkeypatch)
    steps = "steps: [{wait: control}, {after: 5s, hangup: b}]"
    lines = (f"  mine{number}: {{needs: {{leg: b}}, {steps}}}\n" for number in range(99))
    account = "provider: ccai, generate: {contacts: 500, tickets: 300, agents: 20}"
    assert check(own_file({"acme": account}, "needs: {leg: b}", steps) + "".join(lines)) == []
    assert len(played) <= 100 * 2 * len({"acme", *PROVIDERS})


def test_an_operation_with_two_methods_is_tried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    played = count_requests(monkeypatch)
    bad = build_scenario(
        Step(delay=fixed_duration(0), event_type="rate", location="f:2:1"), match=MatchRule()
    )
    state = build_state(build_shop({}), bad)
    bound = state.configuration.providers["toy"]
    first = bound.provider.endpoints[0]
    both = bound.provider._replace(endpoints=(first, first._replace(method="GET")))
    configuration = state.configuration._replace(providers={"toy": bound._replace(provider=both)})
    dry_run(configuration, bad)
    assert len(played) == 1
