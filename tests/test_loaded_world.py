"""`--load FILE` starts a server with the sandbox that an exported log of inputs describes."""

import json
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result

from mockserver.app import run_server
from mockserver.cli import group
from mockserver.replay.runner import replay_inputs
from mockserver.settings import Settings
from tests.support.site_client import SiteClient

URL_PATHS = ("calls", "scenarios", "activations", "clock", "journal")


def export(site: SiteClient, folder: Path, prefix: str = "") -> str:
    file = folder / "run.jsonl"
    file.write_text(site.request("GET", f"{prefix}/_mock/inputs").text, "utf-8")
    return str(file)


def play(site: SiteClient) -> None:
    """Upload a scenario, and place a call that ends and one that waits."""
    site.request("PUT", "/_mock/scenarios/mine", content=b"{legs: {callee: busy}}")
    site.click_to_call("mine")
    site.advance(by="60s")
    site.click_to_call("waits-for-a-person")
    site.advance(by="5s")


def serve_with(*arguments: str) -> Result:
    return CliRunner().invoke(group, ["serve", "--port", "0", *arguments])


def test_a_server_has_the_state_that_was_recorded(site: SiteClient, tmp_path: Path) -> None:
    play(site)
    settings = Settings(port=0, clock="manual", quiet=True, load=export(site, tmp_path))
    with run_server(settings) as origin:
        for path in URL_PATHS:
            assert httpx.get(f"{origin}/_mock/{path}").json() == site.get_json(f"/_mock/{path}"), (
                path
            )
        again = httpx.get(f"{origin}/_mock/inputs").text.splitlines()
        assert replay_inputs(again, Settings()).difference == ""
        httpx.post(f"{origin}/_mock/reset").raise_for_status()
        assert httpx.get(f"{origin}/_mock/calls").json()["calls"] == []
        names = [
            each["name"] for each in httpx.get(f"{origin}/_mock/scenarios").json()["scenarios"]
        ]
        assert "mine" not in names


def test_other_sandboxes_begin_as_the_recorded_one_did(site: SiteClient, tmp_path: Path) -> None:
    site.request("PUT", "/_mock/sandboxes/other", json={"clock": "manual"})
    site.request("GET", "/_sandbox/other/nowhere")
    file = export(site, tmp_path, "/_sandbox/other")
    start = json.loads(Path(file).read_text("utf-8").splitlines()[0])["start_at"]
    with run_server(Settings(port=0, clock="manual", quiet=True, load=file)) as origin:
        assert httpx.get(f"{origin}/_mock/clock").json()["now"] == start
        counts = [
            len(httpx.get(f"{origin}{prefix}/_mock/requests").json()["requests"])
            for prefix in ("", "/_sandbox/other")
        ]
        assert counts == [0, 1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "load: FILE cannot be read: No such file or directory"),
        (b"\xff", "load: FILE is not text in UTF-8"),
        (b"{", "load: FILE cannot be loaded: line 1 is not JSON: GET /_mock/inputs exports one"),
    ],
)
def test_a_file_that_cannot_be_loaded_ends_the_start(
    tmp_path: Path, text: bytes | None, message: str
) -> None:
    file = tmp_path / "run.jsonl"
    if text is not None:
        file.write_bytes(text)
    result = serve_with("--load", str(file))
    expected = f"mockserver: {message.replace('FILE', str(file))}\n"
    assert (result.exit_code, result.output) == (2, expected)


@pytest.mark.parametrize(
    ("old", "new", "difference"),
    [
        ('"status":200', '"status":500', "all inputs do what they did, but the journals differ"),
        ('"webhook":"w1"', '"webhook":"w9"', "webhook w9 is not sent"),
        ('"result":{', '"outcome":{', "input 3 is not as it was exported: KeyError('result')"),
    ],
)
def test_a_log_that_does_not_play_as_recorded_ends_the_start(
    site: SiteClient, tmp_path: Path, old: str, new: str, difference: str
) -> None:
    play(site)
    file = export(site, tmp_path)
    text = Path(file).read_text("utf-8")
    assert old in text
    Path(file).write_text(text.replace(old, new), "utf-8")
    result = serve_with("--load", file)
    assert result.exit_code == 2
    assert f"load: {file} does not play as recorded: " in result.output
    assert difference in result.output


@pytest.mark.parametrize(
    ("arguments", "flag"),
    [
        (["--seed", "x"], "--seed"),
        (["--watch"], "--watch"),
        (["--no-number-plan"], "--no-number-plan"),
        (["--start-at", "2026-01-01T00:00:00Z"], "--start-at"),
        (["--webhook", "mobtexting=http://localhost/x"], "--webhook"),
        (["--quirk", "effebot=wrapped"], "--quirk"),
        (["--trace-webhooks"], "--trace-webhooks"),
    ],
)
def test_an_option_that_the_log_decides_does_not_go_with_it(
    arguments: list[str], flag: str
) -> None:
    result = serve_with("--load", "run.jsonl", *arguments)
    expected = f"mockserver: load: {flag} does not go with --load: the log of inputs decides it\n"
    assert (result.exit_code, result.output) == (2, expected)
