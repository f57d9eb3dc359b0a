"""Scenario files read together: which of two counts, what goes by name, what is wrong where."""

from decimal import Decimal

import pytest

from mockserver.config.loader import Definitions, SourceText, load_definitions
from mockserver.config.problems import InvalidFiles
from mockserver.core.behavior import PRESETS, LegBehavior, fixed_duration
from mockserver.core.scenario import Scenario, ScenarioSet
from tests.support.config_files import PROVIDERS, check_texts, load_texts

NOBODY: dict[str, Scenario] = {}


def alone(*texts: str, bundled: bool = False) -> Definitions:
    """These files without the bundled ones."""
    text = "scenarios: {answered: {legs: {a: answered}}}\n"
    mine = [
        SourceText(file=f"{at}.yaml", text=one.encode(), bundled=bundled)
        for at, one in enumerate(texts, start=1)
    ]
    return load_definitions([SourceText(file="0.yaml", text=text.encode()), *mine], PROVIDERS)


def test_load_nothing() -> None:
    assert load_definitions([], PROVIDERS) == Definitions(
        scenarios=ScenarioSet(NOBODY, "answered"), accounts={}
    )


@pytest.mark.parametrize(
    "text", ["", "# nothing\n", "accounts:\nscenarios:\n", "{}", "~", "scenarios: {}"]
)
def test_load_a_file_that_says_nothing(text: str) -> None:
    assert load_definitions([SourceText(file="f", text=text.encode())], PROVIDERS) == Definitions(
        scenarios=ScenarioSet(NOBODY, "answered"), accounts={}
    )


def test_load_stories_and_accounts() -> None:
    catalog = alone("""\
default: slow
accounts:
  shop: {provider: mobtexting, credentials: [k1], balance: 12.50}
scenarios:
  slow: {legs: {callee: {answer: 9s}, from: busy}}
""")
    legs = {"callee": LegBehavior(ring=fixed_duration(9_000)), "from": PRESETS["busy"]}
    assert catalog.scenarios.by_name["slow"] == Scenario(
        name="slow", location="1.yaml:5:9", legs=legs
    )
    shop = catalog.accounts["mobtexting", "shop"]
    assert (shop.credentials, shop.balance) == (frozenset({"k1"}), Decimal("12.50"))
    assert shop.document == {"credentials": ["k1"], "balance": "12.50"}


def test_load_of_one_name_the_last_file_counts() -> None:
    catalog = alone(
        "default: x\nscenarios: {x: {legs: {a: busy}}, y: {play: x}}\n"
        "accounts: {shop: {provider: mobtexting, balance: 1}}",
        "scenarios: {x: {legs: {b: busy}}}\naccounts: {shop: {provider: mobtexting, balance: 2}}",
    )
    assert catalog.scenarios.default == "x"
    assert list(catalog.scenarios.by_name) == ["answered", "y", "x"]
    assert list(catalog.scenarios.by_name["x"].legs) == ["b"]
    assert catalog.accounts["mobtexting", "shop"].balance == 2


def test_load_asks_accounts_of_the_last_file_first() -> None:
    first = "accounts: {a: {provider: mobtexting}, b: {provider: mobtexting}}"
    second = "accounts: {c: {provider: mobtexting}, b: {provider: mobtexting, balance: 1}}"
    catalog = alone(first, second)
    assert [name for _, name in catalog.accounts] == ["c", "b", "a"]
    assert catalog.accounts["mobtexting", "b"].balance == 1


def test_load_default_of_the_last_file_that_names_one() -> None:
    catalog = alone("default: x\nscenarios: {x: {play: answered}}", "default: answered", "")
    assert catalog.scenarios.default == "answered"


def test_load_a_default_of_a_later_file() -> None:
    assert alone("default: x", "scenarios: {x: {play: answered}}").scenarios.default == "x"


def test_load_a_bundled_file_is_not_judged_by_its_form() -> None:
    with pytest.raises(KeyError):
        alone("scenarios: {x: {legs: {a: bsy}}}", bundled=True)


def test_load_bundled_file_is_judged_by_its_accounts() -> None:
    with pytest.raises(InvalidFiles) as wrong:
        alone("accounts: {x: {provider: mobtexting, zzz: 1}}", bundled=True)
    assert str(wrong.value).startswith("1.yaml:1:38: unknown key 'zzz'")


def test_load_bundled_files() -> None:
    catalog = load_texts()
    assert catalog.scenarios.default == "answered"
    assert len([name for name in catalog.scenarios.by_name if "/" not in name]) == 19
    assert {story.bundled for story in catalog.scenarios.by_name.values()} == {True}
    assert list(catalog.accounts) == [("mobtexting", "mobtexting-default")]


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (("scenarios: {x: {play: y}}", "scenarios: {y: {play: x}}"), ["1:23"]),
        (("scenarios: {answered: {attempts: [no-answer, third-time-lucky]}}",), ["1:46"]),
        (("scenarios: {x: {play: x}}", "scenarios: {x: {play: answered}}"), []),
        (
            ("scenarios: {x: {play: answered}}", "scenarios: {answered: {play: x}}"),
            ["2.yaml:1:30"],
        ),
        (("scenarios: {x: {choose: [{weight: 1, play: x}, {weight: 2, play: x}]}}",), ["1:44"]),
    ],
)
def test_circle_through_several_files(texts: tuple[str, ...], found: list[str]) -> None:
    circles = [line.partition(": ")[0] for line in check_texts(*texts)]
    assert circles == found


def test_problem_in_one_place_is_told_once() -> None:
    text = "scenarios: {x: {legs: {a: bsy}}}"
    source = SourceText(file="f", text=text.encode())
    with pytest.raises(InvalidFiles) as wrong:
        load_definitions([source, source], PROVIDERS)
    assert str(wrong.value) == "f:1:27: 'bsy' is not a behaviour: did you mean 'busy'?"
