"""Each check runs on all that it can judge: no problem hides another, and none is reported anew."""

import pytest

from tests.support.config_files import check_texts

HIDDEN = "has no effect: outer words always win against it; leave out one of the two"
HIDES = "h: {use: answered, legs: {callee: busy}}"
FAILS = "f: {needs: {provider: mobtexting}, steps: [{ring: a}, {hangup: b}]}"
FAILURE = "hangup is not possible while leg b is idle, only while answered or ringing"
NOT_YAML = "this is not YAML: a comma or the closing bracket was expected here"


def file_of(*scenarios: str, accounts: tuple[str, ...] = ()) -> str:
    """Return a file whose first scenario is in line 2, and whose accounts follow."""
    sections = ["scenarios:", *scenarios]
    if accounts:
        sections += ["accounts:", *accounts]
    return "\n".join(line if line.endswith("s:") else f"  {line}" for line in sections)


def problems(*texts: str) -> list[str]:
    """Return the problems without their hints, which other tests hold."""
    return [line.partition(";")[0] for line in check_texts(*texts)]


OF_ALL_LAYERS = (
    file_of(
        "twice: {legs: {a: busy}}",
        "twice: {legs: {a: bsy}}",
        "wide: {match: {callee: '9*'}, legs: {a: busy}}",
        HIDES,
        accounts=("shop: {provider: mobtexting, balance: much}",),
    ),
    file_of(
        FAILS,
        "narrow: {match: {callee: '91'}, legs: {b: busy}}",
        "u: {use: answerd}",
        "n: {needs: {provider: mobtexting}, numbers: [busy, answered]}",
        "c: {use: c}",
    ),
)


def test_two_files_with_problems_of_all_layers_have_each_reported_in_order() -> None:
    assert problems(*OF_ALL_LAYERS) == [
        "3:3: duplicate key 'twice': it is already on line 2",
        "3:21: 'bsy' is not a behavior: did you mean 'busy'?",
        f"5:12: 'answered' {HIDDEN.partition(';')[0]}",
        "7:41: 'much' is not an amount such as 12.50",
        f"2.yaml:2:57: {FAILURE}",
        (
            "2.yaml:3:11: this scenario never matches: 'wide' (1.yaml:4:9) "
            "matches all its requests first"
        ),
        "2.yaml:4:12: no scenario is named 'answerd': did you mean 'answered'?",
        "2.yaml:5:54: never reached: mobtexting tries one number only",
        "2.yaml:6:12: this leads in a circle: c -> c",
    ]


@pytest.mark.parametrize(
    ("scenarios", "expected"),
    [
        (("x: {legs: {c: busy}}", "y: {use: x, legs: {a: busy, b: busy}}"), ["2:14"]),
        (("x: {use: nobody}", "y: {use: z, steps: [{hangup: b}]}", "z: {use: x}"), ["2:12"]),
        (("x: {use: y}", "y: {use: x}", "z: {attempts: [x], steps: [{ring: a}]}"),
         ["2:12", "4:22"]),
        (("x: {match: {callee: '*'}, use: nobody}", "y: {match: {a: '1'}, legs: {a: busy}}"),
         ["2:34"]),
        (("x: {match: {callee: '*'}, legs: {a: busy}}", "y: {match: {a: '1'}, use: nobody}"),
         ["3:29"]),
        (("answered: {legs: {c: busy}}", "x: {use: answered, legs: {callee: busy}}"), ["2:21"]),
        (("x: {use: answered, legs: {a: busy, b: busy}, steps: [{wait: control}, {hangup: c}]}",),
         ["2:82"]),
        (("x: {needs: {provider: mobtexting}, use: y, steps: [{hangup: b}]}",
          "y: {needs: {provider: mobtexting}, steps: [{hangup: b}]}"), ["2:43", "3:46"]),
        ((FAILS, "answered: {use: answered}"), ["2:57", "3:19"]),
    ],
)  # fmt: skip
def test_what_leads_to_a_scenario_with_a_problem_has_none_because_of_it(
    scenarios: tuple[str, ...], expected: list[str]
) -> None:
    assert [line.partition(": ")[0] for line in check_texts(file_of(*scenarios))] == expected


@pytest.mark.parametrize("key", ["credentials: []", "balance: much", "time_zone: Mars", "retry: x"])
def test_an_account_is_tried_without_the_keys_that_no_dry_run_reads(key: str) -> None:
    text = file_of(FAILS, accounts=(f"shop: {{provider: mobtexting, {key}}}",))
    assert problems(text)[0] == f"2:57: {FAILURE}"


@pytest.mark.parametrize(
    ("account", "is_reported"),
    [
        ("shop: {provider: mobtexting, flows: {x: 1}}", False),
        ("shop: {provider: mobtexting, zzz: 1}", False),
        ("shop: {provider: mobtextin}", False),
        ("shop: mobtexting", False),
        ("shop: {provider: mobtexting, balance: much}", True),
        ("shop: {provider: mobtexting}", True),
    ],
)
def test_what_an_account_with_problems_may_cause_is_no_problem_of_a_scenario(
    account: str, *, is_reported: bool
) -> None:
    found = problems(file_of(FAILS, accounts=(account,)))
    assert (f"2:57: {FAILURE}" in found) is is_reported


def test_an_account_of_an_unknown_provider_may_be_the_one_that_a_match_names() -> None:
    text = file_of(
        "x: {match: {account: shop}, legs: {a: busy}}", accounts=("shop: {provider: x}",)
    )
    assert problems(text) == ["4:20: no provider is named 'x': known: mobtexting"]


def test_two_accounts_of_an_unknown_provider_are_not_the_same_account() -> None:
    text = "accounts: {shop: {provider: x}}"
    place = "1:29: no provider is named 'x': known: mobtexting"
    assert problems(text, text) == [place, f"2.yaml:{place}"]


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ("default: lost", []),
        (file_of("x: {use: lost}", "y: {attempts: [x], legs: {callee: busy}}"), []),
        (file_of("x: {choose: [{weight: 1, use: lost}], use: answered}"), []),
        (file_of(HIDES), [f"2.yaml:2:12: 'answered' {HIDDEN.partition(';')[0]}"]),
        (file_of(FAILS), [f"2.yaml:2:57: {FAILURE}"]),
        (file_of("lost: {use: answered, legs: {callee: busy}}"), []),
        (file_of("x: {use: los}", "z: {use: lost}"),
         ["2.yaml:2:12: no scenario is named 'los': did you mean 'lost'?"]),
    ],
)  # fmt: skip
def test_what_a_file_that_is_not_yaml_may_define_is_not_reported_as_unknown(
    second: str, expected: list[str]
) -> None:
    first = "scenarios:\n  lost: {legs: {a: busy}\n  more: [}"
    assert problems(first, second) == [f"3:3: {NOT_YAML}", *expected]


def test_a_file_that_is_not_yaml_may_have_the_account_on_which_a_scenario_plays() -> None:
    lost = "accounts:\n  shop: {provider: mobtexting}\n  y: [}"
    assert problems(lost, file_of(FAILS, HIDES)) == [
        "3:7: this is not YAML: a value was expected here",
        f"2.yaml:3:12: 'answered' {HIDDEN.partition(';')[0]}",
    ]


def test_a_scenario_with_a_wrong_name_is_checked_nevertheless() -> None:
    assert [line.partition(": ")[0] for line in check_texts(file_of("Ü: {legs: {c: busy}}"))] == [
        "2:3",
        "2:14",
    ]
