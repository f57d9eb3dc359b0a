"""`mockserver ordeal` prints a report, keeps the logs of wrong cases, and exits with a code."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mockserver.cli import group
from tests.ordeal.receivers.callers import Application
from tests.ordeal.receivers.faulty import NotIdempotent
from tests.ordeal.receivers.receiver import Receiver, serve
from tests.ordeal.receivers.right import OnceByNumbers

URL = "http://127.0.0.1:3000/hook"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(group, ["ordeal", *arguments])


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with serve(NotIdempotent) as receiver:
        yield receiver


def test_a_wrong_receiver_ends_it_with_1_and_a_log_that_replays(
    receiver: Receiver, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    options = ("--to", f"{receiver.url}/hook", "--probe", f"{receiver.url}/probe")
    result = run(
        *(*options, "--provider", "mobtexting", "--only", "duplicate", "--only", "late"),
        *("--format", "json", "--keep", str(kept), "--seed", "s"),
    )
    report = json.loads(result.stdout)
    assert (result.exit_code, report["seed"]) == (1, "s")
    assert {case["case"]: case["verdict"] for case in report["cases"]} == {
        "clean": "right",
        "late": "right",
        "duplicate": "wrong",
    }
    (defect,) = report["defects"]
    assert defect["again"] == (
        f"mockserver ordeal --to {receiver.url}/hook --probe {receiver.url}/probe"
        " --provider mobtexting --only duplicate"
    )
    assert sorted(path.name for path in kept.iterdir()) == ["duplicate.jsonl", "report.json"]
    assert json.loads((kept / "report.json").read_text("utf-8")) == report
    assert defect["replay"] == f"mockserver replay {kept / 'duplicate.jsonl'}"
    replayed = CliRunner().invoke(group, ["replay", str(kept / "duplicate.jsonl"), "--check"])
    assert replayed.exit_code == 0


def test_an_ordeal_replaces_the_logs_of_the_one_before(receiver: Receiver, tmp_path: Path) -> None:
    options = (
        *("--to", f"{receiver.url}/hook", "--probe", f"{receiver.url}/probe"),
        *("--provider", "mobtexting", "--keep", str(tmp_path)),
    )
    for case in ("duplicate", "at-once"):
        assert run(*options, "--only", case).exit_code == 1
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["at-once.jsonl", "report.json"]


def test_a_file_that_an_ordeal_would_replace_is_named_before_it_begins(tmp_path: Path) -> None:
    (tmp_path / "late.jsonl").write_text("mine", "utf-8")
    result = run("--to", URL, "--provider", "phonon", "--keep", str(tmp_path))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"mockserver: {tmp_path / 'late.jsonl'} is not of")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--to", "ftp://user:canary-7f3a@app.test"),
        ("--to", URL, "--probe", "http://127.0.0.1:1/?token=canary-7f3a"),
    ],
)
def test_an_error_shows_no_secret(arguments: tuple[str, ...]) -> None:
    result = run("--provider", "phonon", *arguments)
    assert result.exit_code == 2
    assert ("canary" in result.stderr, "***" in result.stderr) == (False, True)


def test_a_right_receiver_ends_it_with_0_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with serve(OnceByNumbers) as receiver:
        result = run(
            *("--to", f"{receiver.url}/hook", "--probe", f"{receiver.url}/probe"),
            *("--provider", "mobtexting", "--only", "duplicate", "--keep", str(tmp_path / "kept")),
            *("--format", "junit"),
        )
    assert (result.exit_code, [*tmp_path.iterdir()]) == (0, [])
    assert 'tests="2" failures="0" errors="0" skipped="0"' in result.stdout


def test_an_application_places_its_calls_itself() -> None:
    with serve(Application) as receiver, socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
        free.close()
        receiver.origin = f"http://127.0.0.1:{port}"
        result = run(
            *("--app", f"{receiver.url}/order", "--probe", f"{receiver.url}/probe"),
            *("--provider", "effebot", "--only", "before-the-reply", "--port", str(port)),
        )
    assert result.exit_code == 0, result.output
    assert "cases: 2 right, 0 wrong, 0 unknown" in result.stdout


def test_the_command_of_an_application_has_the_urls_of_the_server() -> None:
    sample = (
        'curl -sf -H "content-type: application/json" -H "authorization: Bearer key"'
        """ -d '{"from":"918867135000","to":"918867136000","bridge":"918068281234"}'"""
        ' "$MOBTEXTING_URL/api/v2/voice/c2c"'
    )
    with serve(OnceByNumbers) as receiver:
        result = run(
            *("--app", sample, "--to", f"{receiver.url}/hook", "--provider", "mobtexting"),
            *("--only", "late"),
        )
    assert result.exit_code == 0, result.output
    assert "cases: 0 right, 0 wrong, 2 unknown" in result.stdout
    assert result.stdout.splitlines()[-1] == (
        "unknown: whether each webhook had its effect once, only a probe can tell;"
        " name one by --probe"
    )


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--provider", "phonon"), "name the receiver by --to, or the application by --app"),
        (("--provider", "x", "--to", URL), "no provider 'x' sends webhooks"),
        (("--provider", "phonon", "--to", URL, "--only", "x"), "phonon has no case 'x'"),
        (("--provider", "phonon", "--to", "app.test"), "to 'app.test' is no URL such as"),
        (("--provider", "phonon", "--to", "http://["), "to 'http://[' is no URL such as"),
        (("--provider", "phonon", "--to", URL, "--port", "x"), "port 'x' is not a number from 0"),
        (("--provider", "phonon", "--to", URL, "--probe", "echo x"), "the probe says 'x'"),
        (("--provider", "phonon", "--to", URL, "--scenarios", "none.yaml"), "none.yaml"),
    ],
)
def test_what_cannot_be_played_ends_it_with_2_and_a_reason(
    arguments: tuple[str, ...], reason: str
) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("mockserver: ")
    assert reason in result.stderr


def test_a_taken_port_ends_it_with_3() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        result = run("--provider", "phonon", "--to", URL, "--port", port)
    assert (result.exit_code, f"port {port} of 127.0.0.1 is taken" in result.stderr) == (3, True)
