"""The demo as a stranger sees it: every provider's call, from the request to the webhook."""

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mockserver.cli import group
from mockserver.cli.demo import example_credential, request_examples
from mockserver.config.registry import load_providers


def test_demo_shows_a_call_of_every_provider() -> None:
    done = CliRunner().invoke(group, ["demo"])
    assert (done.exit_code, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert re.fullmatch(
        r"mockserver listens on http://127\.0\.0\.1:\d+, "
        r"its clock stands still at 2026-01-01T09:00:00Z",
        lines[0],
    )
    for listing in load_providers().values():
        shown = re.compile(rf"{re.escape(listing.provider.title)}: [A-Z]+ /")
        assert any(shown.match(line) for line in lines)
    assert lines[-1].startswith("done: ")


def test_demo_shows_the_life_of_a_call() -> None:
    text = CliRunner().invoke(group, ["demo"]).stdout
    mine = text[text.index("Mobtexting: POST /api/v2/voice/c2c\n  -> {") :].split("\n\n")[0]
    for moment in ("+   0 s  placed", "+   2 s  answer from 918867135000", "+   4 s  bridge"):
        assert f"\n  {moment}\n" in mine
    assert "\n  +  10 s  ended completed\n" in mine
    assert "\n  webhook completed: POST http://127.0.0.1:" in mine
    assert mine.endswith("     attempt 1: the receiver answered 200")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("MOCKSERVER_PORT", "x"),
        ("MOCKSERVER_CLOCK", "real"),
        ("MOCKSERVER_START_AT", "2030-01-01T00:00:00Z"),
        ("MOCKSERVER_WEBHOOK", "mobtexting=http://127.0.0.1:9/"),
    ],
)
def test_demo_is_the_same_whatever_the_variables_say(variable: str, value: str) -> None:
    def told(**variables: str) -> str:
        text = CliRunner().invoke(group, ["demo"], env=variables).stdout
        return re.sub(r"127\.0\.0\.1:\d+", "HERE", text)

    assert told(**{variable: value}) == told()


@pytest.mark.parametrize("text", ["scenarios: [", "default: callee-busy"])
def test_demo_is_the_same_whatever_file_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    def told() -> str:
        done = CliRunner().invoke(group, ["demo"])
        assert done.exit_code == 0
        return re.sub(r"127\.0\.0\.1:\d+", "HERE", done.stdout)

    before = told()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mockserver.yaml").write_text(text, "utf-8")
    assert told() == before


def test_demo_shows_no_credential() -> None:
    text = CliRunner().invoke(group, ["demo"]).stdout.lower()
    assert [word for word in ("bearer", "authorization", "token") if word in text] == []


def test_demo_in_a_process() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mockserver", "demo"],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "attempt 1: the receiver answered 200" in done.stdout


def media(*values: object) -> dict[str, Any]:
    return {"examples": {str(index): {"value": one} for index, one in enumerate(values)}}


def asked(name: str, where: str, example: object) -> dict[str, object]:
    return {"name": name, "in": where, "example": example}


DOCUMENT: Mapping[str, Any] = {
    "paths": {
        "/nothing": {"servers": [], "get": {"operationId": "bare", "parameters": [{"name": "x"}]}},
        "/calls": {
            "post": {
                "x-operations": [
                    {"requestBody": {"content": {"a/b": media({"n": 1}, {"n": 2})}}},
                    {
                        "requestBody": {
                            "content": {"a/b": media(1), "application/json": media({"n": 3})}
                        },
                        "parameters": [asked("q", "query", "a b")],
                    },
                ]
            }
        },
        "/calls/{id}": {
            "get": {"parameters": [asked("id", "path", 7), asked("Key", "header", "secret")]},
        },
    }
}


def test_examples_of_bodies_queries_and_paths() -> None:
    assert list(request_examples(DOCUMENT)) == [
        ("POST", "/calls", {"n": 1}),
        ("POST", "/calls?q=a+b", {"n": 3}),
        ("GET", "/calls/7", None),
    ]


@pytest.mark.parametrize(
    ("schemes", "scheme"),
    [
        ({}, "Bearer"),
        ({"a": {"scheme": "bearer"}}, "Bearer"),
        ({"a": {"scheme": "basic"}}, "Basic"),
    ],
)
def test_key_is_of_the_kind_that_the_vendor_takes(schemes: object, scheme: str) -> None:
    assert example_credential({"components": {"securitySchemes": schemes}}).split()[0] == scheme
    assert example_credential({}) == "Bearer demo"
