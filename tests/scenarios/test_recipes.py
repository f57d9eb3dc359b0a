"""The recipes of the how-to play what the page says."""

import re
from pathlib import Path

import pytest
import yaml

from tests.support.scenario_table import play

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "scenarios.md"
RECIPE = re.compile(
    r"### ([^\n]+)\n\n```yaml recipe (\S+)(?: (\d+))?\n(.*?)```\n\n```text\n(.*?)```\n", re.DOTALL
)
RECIPES = RECIPE.findall(PAGE.read_text("utf-8"))


def test_the_page_has_ten_recipes() -> None:
    assert len(RECIPES) == 10


@pytest.mark.parametrize(
    ("operation", "count", "text", "expected"),
    [pytest.param(*recipe[1:], id=recipe[0]) for recipe in RECIPES],
)
def test_a_recipe_plays_what_the_page_says(
    operation: str, count: str, text: str, expected: str, tmp_path: Path
) -> None:
    [(name, scenario)] = yaml.safe_load(text)["scenarios"].items()
    named = {} if "match" in scenario else {"scenario": name}
    requests = [{"at": 10 * index, **named} for index in range(int(count or 1))]
    assert play(tmp_path, text, operation, requests) == expected.splitlines()
