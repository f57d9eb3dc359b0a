"""An exported file has one object in each line, whatever characters its texts hold."""

import re
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from mockserver.app import run_server
from mockserver.cli import group
from mockserver.replay.input_file import InvalidInputs, split_lines
from mockserver.replay.runner import replay_inputs
from mockserver.settings import Settings
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH
from tests.support.site_client import SiteClient, build_site_client, configuration_with_scenarios

NO_LINE_ENDS = "\u2028\u2029\u0085"
"""Characters that `str.splitlines` takes for ends of lines, and that JSON writes as they are."""


def export(site: SiteClient, folder: Path) -> str:
    """Place a call whose request has such characters, and export the log of inputs."""
    site.click_to_call(mid=f"a{NO_LINE_ENDS}b")
    site.advance()
    text = site.request("GET", "/_mock/inputs").text
    assert all(character in text for character in NO_LINE_ENDS)
    file = folder / "run.jsonl"
    file.write_text(text, "utf-8")
    return str(file)


def test_a_log_whose_texts_have_other_ends_of_lines_can_be_replayed(
    site: SiteClient, tmp_path: Path
) -> None:
    result = CliRunner().invoke(group, ["replay", export(site, tmp_path), "--check"])
    expected = "3 inputs replayed: the same journal, byte for byte\n"
    assert (result.output, result.exit_code) == (expected, 0)


def test_a_log_whose_texts_have_other_ends_of_lines_can_be_loaded(
    site: SiteClient, tmp_path: Path
) -> None:
    settings = Settings(port=0, clock="manual", quiet=True, load=export(site, tmp_path))
    with run_server(settings) as origin:
        calls = httpx.get(f"{origin}/_mock/calls", trust_env=False).json()["calls"]
    assert [each["id"] for each in calls] == ["c1"]


def test_a_masked_credential_is_in_the_line_that_an_editor_shows(tmp_path: Path) -> None:
    text = f"# a comment{NO_LINE_ENDS}\n"
    text += "accounts: {shop: {provider: mobtexting, credentials: [my-own-token]}}\n"
    site = build_site_client(configuration_with_scenarios(tmp_path, text))
    headers = {"authorization": "Bearer my-own-token"}
    site.request("POST", CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers=headers)
    message = re.escape(f"{tmp_path / 'mine.yaml'}:2 has a credential that the log masks")
    with pytest.raises(InvalidInputs, match=message):
        replay_inputs(split_lines(site.request("GET", "/_mock/inputs").text), Settings())


@pytest.mark.parametrize(
    ("text", "lines"),
    [("", []), ("a", ["a"]), ("a\n", ["a"]), ("a\nb\n", ["a", "b"]), ("a\n\n", ["a", ""])],
)
def test_the_last_line_may_have_an_end(text: str, lines: list[str]) -> None:
    assert split_lines(text) == lines
