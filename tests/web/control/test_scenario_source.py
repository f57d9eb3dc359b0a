"""A scenario is shown as it stands in its file, with secrets masked."""

import pytest
import yaml

from mockserver.core.configuration import Configuration
from mockserver.web.redaction import mask
from mockserver.web.views.scenario_source import extract_lines, mask_members
from tests.support.edge_site import EdgeSite

FILE = """\
accounts: {}
scenarios:
  first: {legs: {callee: busy}}  # one line

  # the second
  second:
    description: Two lines.

    # a comment within
    legs: {callee: busy}
  # the third
  third: {}
"""
SECOND = """\
second:
  description: Two lines.

  # a comment within
  legs: {callee: busy}"""


@pytest.mark.parametrize(
    ("name", "line", "expected"),
    [
        ("first", 3, "first: {legs: {callee: busy}}  # one line"),
        ("second", 7, SECOND),
        ("third", 12, "third: {}"),
        ("other", 12, "third: {}"),
    ],
)
def test_a_scenario_has_its_name_and_the_lines_below_it(
    name: str, line: int, expected: str
) -> None:
    assert extract_lines(FILE, line, name) == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{headers: {authorization: "Bearer abcd"}}', "Bearer abcd"),
        ("headers:\n  X-Auth-Token: abcd*", "abcd*"),
        ("{headers: {cookie: 'a b', accept: x}}", "a b"),
        ('{"headers": {"api-key": "abcd"}}', "abcd"),
    ],
)
def test_what_stands_below_a_secret_name_is_masked(text: str, value: str) -> None:
    assert mask_members(text, "salt") == text.replace(value, mask(value, "salt"))


@pytest.mark.parametrize("text", ["{legs: {callee: busy}}", "key: 1", "description: a token"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert mask_members(text, "salt") == text


def test_each_bundled_scenario_is_shown_as_yaml(edge: EdgeSite) -> None:
    for scenario in edge.get_json("/_mock/scenarios")["scenarios"]:
        name = scenario["name"]
        whole = edge.get_json(f"/_mock/scenarios/{name}")
        assert list(yaml.safe_load(whole["source"])) == [name]
        assert whole["needs"] == scenario["needs"] == whole["parts"][0]["needs"]


def test_a_scenario_that_was_put_is_shown_as_it_came(edge: EdgeSite) -> None:
    text = "match: {headers: {authorization: 'Bearer abcd*'}}\nlegs: {callee: busy}\n"
    edge.request("PUT", "/_mock/scenarios/mine", content=text)
    seed = edge.default.state.configuration.seed
    source = edge.get_json("/_mock/scenarios/mine")["source"]
    assert source == text.replace("Bearer abcd*", mask("Bearer abcd*", seed))


def test_a_scenario_of_a_file_of_the_user_is_shown(edge: EdgeSite) -> None:
    configuration: Configuration = edge.default.state.configuration
    scenario = configuration.scenarios.by_name["callee-busy"].replace(
        location="mine.yaml:3:3", bundled=False
    )
    by_name = {**configuration.scenarios.by_name, "callee-busy": scenario}
    edge.default.state.set_configuration(
        configuration._replace(
            scenarios=configuration.scenarios._replace(by_name=by_name),
            files={"mine.yaml": FILE.encode()},
        )
    )
    source = edge.get_json("/_mock/scenarios/callee-busy")["source"]
    assert source == "first: {legs: {callee: busy}}  # one line"
