"""Scenario files loaded together: which definition wins, and where problems are reported."""

from decimal import Decimal

import pytest

from mockserver.config.loader import Definitions, load_definitions
from mockserver.config.source_texts import SourceText
from mockserver.core.behavior import PRESETS, LegBehavior, fixed_duration
from mockserver.core.scenario import Scenario
from mockserver.core.selection import ScenarioSet
from tests.support.config_files import PROVIDERS, check_texts, load_texts

NO_SCENARIOS: dict[str, Scenario] = {}


def load_alone(*texts: str, bundled: bool = False) -> Definitions:
    """Load these files without the bundled ones."""
    first = "scenarios: {answered: {legs: {a: answered}}}\n"
    sources = [
        SourceText(file=f"{number}.yaml", text=text.encode(), bundled=bundled)
        for number, text in enumerate(texts, start=1)
    ]
    return load_definitions([SourceText(file="0.yaml", text=first.encode()), *sources], PROVIDERS)


def load_over_bundled(bundled: str, text: str) -> Definitions:
    """Load a file of the user over a bundled one."""
    sources = [
        SourceText(file="0.yaml", text=bundled.encode(), bundled=True),
        SourceText(file="1.yaml", text=text.encode()),
    ]
    return load_definitions(sources, PROVIDERS)


def test_loading_no_files_gives_no_definitions() -> None:
    assert load_definitions([], PROVIDERS) == Definitions(
        scenarios=ScenarioSet(NO_SCENARIOS, "answered"), accounts={}
    )


@pytest.mark.parametrize(
    "text", ["", "# nothing\n", "accounts:\nscenarios:\n", "{}", "~", "scenarios: {}"]
)
def test_loading_an_empty_file_gives_no_definitions(text: str) -> None:
    assert load_definitions([SourceText(file="f", text=text.encode())], PROVIDERS) == Definitions(
        scenarios=ScenarioSet(NO_SCENARIOS, "answered"), accounts={}
    )


def test_scenarios_and_accounts_are_loaded() -> None:
    definitions = load_alone("""\
default: slow
accounts:
  shop: {provider: mobtexting, credentials: [k1], balance: 12.50}
scenarios:
  slow: {legs: {callee: {answer: 9s}, from: busy}}
""")
    legs = {"callee": LegBehavior(ring=fixed_duration(9_000)), "from": PRESETS["busy"]}
    assert definitions.scenarios.by_name["slow"] == Scenario(
        name="slow", location="1.yaml:5:9", legs=legs
    )
    shop = definitions.accounts["mobtexting", "shop"]
    assert (shop.credentials, shop.balance) == (frozenset({"k1"}), Decimal("12.50"))
    assert shop.document == {"credentials": ["k1"], "balance": "12.50"}


def test_a_file_of_the_user_wins_over_a_bundled_one_for_a_repeated_name() -> None:
    definitions = load_over_bundled(
        "default: x\nscenarios: {x: {legs: {a: busy}}, y: {use: x}}\n"
        "accounts: {shop: {provider: mobtexting, balance: 1}}",
        "scenarios: {x: {legs: {b: busy}}}\naccounts: {shop: {provider: mobtexting, balance: 2}}",
    )
    assert definitions.scenarios.default == "x"
    assert list(definitions.scenarios.by_name) == ["y", "x"]
    assert list(definitions.scenarios.by_name["x"].legs) == ["b"]
    assert definitions.accounts["mobtexting", "shop"].balance == 2


def test_accounts_of_the_last_file_come_first() -> None:
    first = "accounts: {a: {provider: mobtexting}, b: {provider: mobtexting}}"
    c, b = "{provider: mobtexting, credentials: [c]}", "{provider: mobtexting, balance: 1}"
    second = f"accounts: {{c: {c}, b: {b}}}"
    definitions = load_over_bundled(first, second)
    assert [name for _, name in definitions.accounts] == ["c", "b", "a"]
    assert definitions.accounts["mobtexting", "b"].balance == 1


def test_the_default_of_a_user_replaces_the_bundled_one() -> None:
    bundled = "default: x\nscenarios: {x: {legs: {a: busy}}, y: {legs: {a: answered}}}"
    assert load_over_bundled(bundled, "default: y").scenarios.default == "y"


def test_the_default_may_be_defined_in_a_later_file() -> None:
    assert load_alone("default: x", "scenarios: {x: {use: answered}}").scenarios.default == "x"


def test_a_bundled_file_is_not_checked_against_the_schema() -> None:
    with pytest.raises(KeyError):
        load_alone("scenarios: {x: {legs: {a: bsy}}}", bundled=True)


def test_the_accounts_of_a_bundled_file_are_not_checked_either() -> None:
    """To check languages takes time at each start; `test_conformance` loads the bundled files."""
    definitions = load_alone("accounts: {x: {provider: mobtexting, zzz: 1}}", bundled=True)
    assert list(definitions.accounts) == [("mobtexting", "x")]


def test_the_bundled_files_are_loaded() -> None:
    definitions = load_texts()
    assert definitions.scenarios.default == "answered"
    assert len([name for name in definitions.scenarios.by_name if "/" not in name]) == 19
    assert {scenario.bundled for scenario in definitions.scenarios.by_name.values()} == {True}
    assert list(definitions.accounts) == [("mobtexting", "mobtexting-default")]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("scenarios: {x: {use: y}}", "scenarios: {y: {use: x}}"), ["1:22"]),
        (("scenarios: {answered: {attempts: [no-answer, third-time-lucky]}}",), ["1:46"]),
        (
            ("scenarios: {x: {use: answered}}", "scenarios: {answered: {use: x}}"),
            ["2.yaml:1:29"],
        ),
        (("scenarios: {x: {choose: [{weight: 1, use: x}, {weight: 2, use: x}]}}",), ["1:43"]),
    ],
)
def test_a_cycle_across_files_is_reported(texts: tuple[str, ...], expected: list[str]) -> None:
    locations = [line.partition(": ")[0] for line in check_texts(*texts)]
    assert locations == expected
