"""`mockserver demo` shows a call of every provider, from the request to the webhook."""

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
    result = CliRunner().invoke(group, ["demo"])
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert re.fullmatch(
        r"mockserver listens on http://127\.0\.0\.1:\d+, "
        r"its clock stands still at 2026-01-01T09:00:00Z",
        lines[0],
    )
    for bound in load_providers().values():
        heading = re.compile(rf"{re.escape(bound.provider.title)}: [A-Z]+ /")
        assert any(heading.match(line) for line in lines)
    assert lines[-1].startswith("done: ")


def test_demo_shows_the_lifecycle_of_a_call() -> None:
    text = CliRunner().invoke(group, ["demo"]).stdout
    section = text[text.index("Mobtexting: POST /api/v2/voice/c2c\n  -> {") :].split("\n\n")[0]
    for event in ("+   0 s  placed", "+   2 s  answer from 918867135000", "+   4 s  bridge"):
        assert f"\n  {event}\n" in section
    assert "\n  +  10 s  ended completed\n" in section
    assert "\n  webhook completed: POST http://127.0.0.1:" in section
    assert section.endswith("     attempt 1: the receiver responded with 200")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("MOCKSERVER_PORT", "x"),
        ("MOCKSERVER_CLOCK", "real"),
        ("MOCKSERVER_START_AT", "2030-01-01T00:00:00Z"),
        ("MOCKSERVER_WEBHOOK", "mobtexting=http://127.0.0.1:9/"),
    ],
)
def test_demo_output_does_not_depend_on_environment_variables(variable: str, value: str) -> None:
    def demo_output(**variables: str) -> str:
        text = CliRunner().invoke(group, ["demo"], env=variables).stdout
        return re.sub(r"127\.0\.0\.1:\d+", "HERE", text)

    assert demo_output(**{variable: value}) == demo_output()


@pytest.mark.parametrize("text", ["scenarios: [", "default: callee-busy"])
def test_demo_output_does_not_depend_on_a_configuration_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    def demo_output() -> str:
        result = CliRunner().invoke(group, ["demo"])
        assert result.exit_code == 0
        return re.sub(r"127\.0\.0\.1:\d+", "HERE", result.stdout)

    before = demo_output()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mockserver.yaml").write_text(text, "utf-8")
    assert demo_output() == before


def test_demo_shows_no_credential() -> None:
    text = CliRunner().invoke(group, ["demo"]).stdout.lower()
    assert [word for word in ("bearer", "authorization", "token") if word in text] == []


def test_demo_exits_with_0_as_a_process() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "mockserver", "demo"],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert "attempt 1: the receiver responded with 200" in result.stdout


def media_type(*values: object) -> dict[str, Any]:
    return {"examples": {str(index): {"value": value} for index, value in enumerate(values)}}


def parameter(name: str, location: str, example: object) -> dict[str, object]:
    return {"name": name, "in": location, "example": example}


DOCUMENT: Mapping[str, Any] = {
    "paths": {
        "/nothing": {"servers": [], "get": {"operationId": "bare", "parameters": [{"name": "x"}]}},
        "/calls": {
            "post": {
                "x-operations": [
                    {"requestBody": {"content": {"a/b": media_type({"n": 1}, {"n": 2})}}},
                    {
                        "requestBody": {
                            "content": {
                                "a/b": media_type(1),
                                "application/json": media_type({"n": 3}),
                            }
                        },
                        "parameters": [parameter("q", "query", "a b")],
                    },
                ]
            }
        },
        "/calls/{id}": {
            "get": {
                "parameters": [parameter("id", "path", 7), parameter("Key", "header", "secret")]
            },
        },
    }
}


def test_request_examples_have_bodies_queries_and_paths() -> None:
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
def test_the_example_credential_has_the_security_scheme_of_the_vendor(
    schemes: object, scheme: str
) -> None:
    assert example_credential({"components": {"securitySchemes": schemes}}).split()[0] == scheme
    assert example_credential({}) == "Bearer demo"
