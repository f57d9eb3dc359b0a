"""`mockserver place` sends a sample request as a client of the vendor would."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mockserver.app import describe_providers, run_server
from mockserver.cli import group
from mockserver.settings import Settings
from tests.support.fetch import fetch_json

FIRST = {
    "read-flags": ("create-inbound",),
    "read-call": ("create-inbound",),
    "write-flags": ("create-inbound",),
    "end-user": ("create-inbound",),
    "cancel-scheduled": ("create-scheduled",),
    "call-status": ("bridge",),
    "get": ("create",),
    "get-with-templates": ("create",),
    "update": ("create", "--set", "plannedAt:=1900000000"),
    "remove": ("create", "--set", "plannedAt:=1900000000"),
}
"""Operation -> the arguments that place what it needs, as its message says."""
C2C = "/mobtexting/portal.mobtexting.com/api/v2/voice/c2c"
ACCEPTED = '200 {"status":200,"message":"Call initiated successfully"}'


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with run_server(Settings(port=0, clock="manual", seed="s", quiet=True)) as origin:
        yield origin


def place(origin: str, *arguments: str) -> Result:
    return CliRunner().invoke(group, ["place", *arguments, "--url", origin])


def is_new(name: str, hint: str = "no other has such a name") -> str:
    return f"mockserver: sandbox {name!r} is new: {hint}\n"


def test_place_prints_the_request_the_response_and_the_call(origin: str) -> None:
    result = place(origin, "mobtexting", "--sandbox", "printed")
    assert (result.exit_code, result.stderr) == (0, is_new("printed"))
    assert result.stdout.splitlines() == [
        f"r1 POST /_sandbox/printed{C2C}",
        ACCEPTED,
        "call c1",
    ]


@pytest.mark.parametrize(
    ("provider", "operation"),
    [
        (each["name"], operation)
        for each in describe_providers("")
        for operation in dict.fromkeys(row["name"] for row in each["operations"])
    ],
)
def test_every_operation_of_every_provider_can_be_placed(
    origin: str, provider: str, operation: str
) -> None:
    name = f"{provider}-{operation}"
    fetch_json(f"{origin}/_mock/sandboxes/{name}", {}, method="PUT")
    sandbox = ("--sandbox", name)
    if operation in FIRST:
        refused = place(origin, provider, operation, *sandbox)
        assert (refused.exit_code, refused.stdout) == (1, "")
        assert f"place {FIRST[operation][0]}" in refused.stderr
        assert place(origin, provider, *FIRST[operation], *sandbox).exit_code == 0
    result = place(origin, provider, operation, *sandbox)
    assert (result.exit_code, result.stderr) == (0, "")


def test_place_takes_a_scenario_a_number_and_fields(origin: str) -> None:
    result = place(
        origin,
        *("phonon", "--sandbox", "changed", "--scenario", "callee-busy", "--to", "918867136007"),
        *("--set", "calls.0.client-identifier=id=7", "--set", "api-version=1.0"),
    )  # fmt: skip
    assert result.exit_code == 0
    [call] = fetch_json(f"{origin}/_sandbox/changed/_mock/calls")["calls"]
    assert call["legs"][0]["number"] == "918867136007"
    assert call["parameters"]["client-identifier"] == "id=7"
    [request] = fetch_json(f"{origin}/_sandbox/changed/_mock/requests")["requests"]
    assert request["scenarios"] == ["callee-busy"]


def test_place_says_that_it_creates_a_sandbox_with_the_nearest_name(origin: str) -> None:
    assert place(origin, "mobtexting", "--sandbox", "lesson").stderr == is_new("lesson")
    assert place(origin, "mobtexting", "--sandbox", "lesson").stderr == ""
    hint = "did you mean 'lesson'?"
    assert place(origin, "mobtexting", "--sandbox", "leson").stderr == is_new("leson", hint)


def test_place_sends_json_where_a_field_is_no_text(origin: str) -> None:
    result = place(origin, "effebot", "get-templates", "--set", "onlyModerated:=0")
    assert json.loads(result.stdout.splitlines()[1].removeprefix("200 "))[1]["name"] == "Draft"


def test_place_takes_the_account_that_is_named(origin: str, tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text("accounts: {shop: {provider: mobtexting, credentials: [k-1]}}", "utf-8")
    with run_server(Settings(port=0, scenarios=(str(file),), quiet=True)) as own:
        assert place(own, "mobtexting", "--account", "shop").exit_code == 0
        [call] = fetch_json(f"{own}/_mock/calls")["calls"]
    assert call["account"] == "shop"
    result = place(origin, "mobtexting", "--account", "shop")
    assert result.stderr == (
        "mockserver: mobtexting has no account shop: known: mobtexting-default\n"
    )


def test_place_says_how_many_bytes_a_file_has(origin: str) -> None:
    result = place(origin, "effebot", "play-record", "--sandbox", "file")
    assert result.stdout.splitlines() == [
        "r1 GET /_sandbox/file/effebot/in.effebot.com/storage/effebot-default/1342.wav",
        "200 64044 bytes of audio/wav",
    ]


def test_place_prints_no_query_as_it_may_have_a_credential(origin: str) -> None:
    result = place(origin, "innocalls", "webrtc-login", "--sandbox", "query")
    assert result.stdout.splitlines()[0] == (
        "r1 GET /_sandbox/query/innocalls/webrtc.innocalls.com/login.php"
    )


def test_a_refusal_of_the_vendor_is_explained(origin: str) -> None:
    result = place(origin, "mobtexting", "--to", "abc", "--sandbox", "refused")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        f"r1 POST /_sandbox/refused{C2C}",
        '422 {"status":"ERROR","code":422,"message":"The to format is invalid."}',
    ]
    assert result.stderr == is_new("refused") + (
        "mockserver: the vendor refuses it: to-malformed (assumed): The to format is invalid.; "
        "to: received 'abc'; would pass: 10 to 15 digits with country code, or flow:<id>, such as "
        "918867136000\n"
    )


def test_what_is_ignored_of_a_scenario_is_printed(origin: str) -> None:
    result = place(origin, "effebot", "--scenario", "third-time-lucky")
    assert (result.exit_code, result.stderr) == (
        0,
        "ignored: scenario third-time-lucky: attempts: create dials no call again\n",
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["mobtextin"], "no provider is named mobtextin: did you mean 'mobtexting'?"),
        (["mobtexting", "c2d"], "mobtexting has no operation c2d: did you mean 'c2c'?"),
        (["mobtexting", "--set", "brigde=1"], "c2c has no field 'brigde': did you mean 'bridge'?"),
        (["effebot", "user-info", "--to", "1"], "user-info calls nobody: leave out the number"),
        (
            ["phonon", "--scenario", "callee-bsy"],
            "no scenario is named 'callee-bsy': did you mean 'callee-busy'?",
        ),
    ],
)
def test_a_mistake_says_what_would_be_right(
    origin: str, arguments: list[str], message: str
) -> None:
    result = place(origin, *arguments)
    assert (result.exit_code, result.stderr) == (1, f"mockserver: {message}\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--set", "record"], "'record' is neither name=text nor name:=JSON"),
        (["--set", ":=1"], "':=1' is neither name=text nor name:=JSON"),
        (["--set", "record:=x"], "'x' is not JSON: "),
        (["--scenario", "a\nb"], "'a\\nb' is no name of a scenario"),
        (["--url", "localhost:8080"], "'localhost:8080' is not an origin such as http://"),
        (["--url", "http://"], "'http://' is not an origin such as http://"),
    ],
)
def test_bad_usage_exits_with_2(arguments: list[str], message: str) -> None:
    result = CliRunner().invoke(group, ["place", "mobtexting", *arguments])
    assert (result.exit_code, message in result.stderr) == (2, True)


def test_h_prints_the_help() -> None:
    result = CliRunner().invoke(group, ["place", "-h"])
    assert (result.exit_code, "NAME:=JSON" in result.stdout) == (0, True)
