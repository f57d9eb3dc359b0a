"""Replaying a journal gives the same journal, byte for byte."""

import base64
import gzip
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from mockserver.app import run_server
from mockserver.cli import group
from mockserver.client import MockServer
from mockserver.core.configuration import Configuration
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.replay.journal import InvalidJournal
from mockserver.replay.runner import replay_journal
from mockserver.settings import Settings
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH
from tests.support.site import HEADERS
from tests.support.site_client import SiteClient, build_site_client, configuration_with_scenarios

ACCOUNT_PATH = "/_mock/accounts/mobtexting/mobtexting-default"
STATUSES = (500, 200, 404)
JOURNAL_PATH = "/_mock/journal?format=jsonl"


def export_journal(site: SiteClient) -> list[str]:
    return site.request("GET", JOURNAL_PATH).text.splitlines()


def assert_replays_identically(site: SiteClient, settings: Settings | None = None) -> None:
    exported = export_journal(site)
    replayed = replay_journal(exported, settings or Settings())
    assert (replayed.stop_reason, list(replayed.lines)) == ("", exported)
    assert len(exported) > 1


async def vary_results(delivery: Delivery) -> DeliveryResult:
    """Give 500, a timeout, 404, 500 and 200 in turn."""
    number = len(delivery.attempts)
    return (
        DeliveryResult(status=None, error="timeout")
        if number == 1
        else DeliveryResult(status=STATUSES[number % 3])
    )


def test_requests_that_headers_select_and_raw_answers_replay_identically(site: SiteClient) -> None:
    gateway = b'{match: {headers: {x-test: "7*"}}, responses: [{status: 502, body: {a: 1}}, pass]}'
    site.request("PUT", "/_mock/scenarios/gateway", content=gateway)
    lacking = b"{responses: [{refuse: checksum-repeated}]}"
    site.request("PUT", "/_mock/scenarios/lacking", content=lacking)
    for number in ("71", "81", "72"):
        headers = {**HEADERS, "x-test": number}
        site.request("POST", CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers=headers)
    site.click_to_call("lacking")
    statuses = [each["status"] for each in site.get_json("/_mock/requests")["requests"]]
    assert statuses == [502, 200, 200, 200]
    assert_replays_identically(site)


def test_requests_that_the_mock_server_itself_refuses_replay_identically(site: SiteClient) -> None:
    site.click_to_call("nobody-has-this")
    site.click_to_call("second-leg-no-answer", to="flow:220")
    site.request("GET", "/nowhere")
    site.request("POST", CLICK_TO_CALL_PATH, headers={**HEADERS, "content-encoding": "br"})
    site.request("POST", CLICK_TO_CALL_PATH, content=bytes(1_000_001), headers=HEADERS)
    site.request("GET", "/a?b=c", headers={"host": "evil.test"})
    foreign = {**HEADERS, "origin": "http://evil.test"}
    site.request("POST", CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers=foreign)
    packed = {**HEADERS, "content-encoding": "gzip"}
    body = gzip.compress(json.dumps(dict(CLICK_TO_CALL)).encode())
    site.request("POST", CLICK_TO_CALL_PATH, content=body, headers=packed)
    fields = [*HEADERS.items(), ("x-mock-scenario", "callee-busy"), ("x-mock-scenario", "answered")]
    site.request("POST", CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers=fields)
    site.advance()
    requests = site.get_json("/_mock/requests")["requests"]
    assert [each.get("problem") for each in requests] == [
        *("unknown-scenario", "scenario-not-applicable", "unknown-path", "unsupported-encoding"),
        *("body-too-large", "foreign-host", "foreign-origin"),
        *(None, None),
    ]
    assert_replays_identically(site)


def test_a_journal_of_all_kinds_of_input_replays_identically(site: SiteClient) -> None:
    site.dispatcher.receive = vary_results
    site.request(
        "PATCH", ACCOUNT_PATH, json={"retry": {"waits": ["5s", "1m"]}, "credentials": ["key-1"]}
    )
    site.click_to_call("callee-busy", mid="see http://mock.test")
    site.request(
        "POST",
        CLICK_TO_CALL_PATH,
        json=dict(CLICK_TO_CALL),
        headers={**HEADERS, "authorization": "Bearer key-1"},
    )
    site.request(
        "POST",
        CLICK_TO_CALL_PATH,
        json=dict(CLICK_TO_CALL),
        headers={"authorization": "Bearer revoked"},
    )
    site.request("POST", "/_mock/activations", json={"scenario": "no-answer", "times": 1})
    site.click_to_call()
    site.request("PATCH", ACCOUNT_PATH, json={"credentials": None})
    site.request("PUT", "/_mock/scenarios/mine", content=b"{legs: {a: {answer: 2s..9s}}}")
    site.click_to_call("mine")
    site.advance(by="3s")
    site.click_to_call("waits-for-a-person")
    site.request("POST", "/_mock/calls/c2/events", json={"event": "hangup", "leg": "a"})
    site.advance(until="idle")
    site.request("POST", "/_mock/webhooks/w1/redeliver")
    site.request("DELETE", "/_mock/activations")
    site.request("PUT", "/_mock/clock", json={"mode": "manual"})
    site.request("GET", "/nobody/has/this")
    site.request("DELETE", "/_mock/scenarios/mine")
    site.advance(by=1)
    assert_replays_identically(site)


@pytest.mark.parametrize("reorder", ["false", "calls"])
def test_a_journal_of_simulated_attempts_replays_identically(
    site: SiteClient, reorder: str
) -> None:
    """The first attempt ends when a call ends that was placed while the attempt lasted."""
    attempts = ["timeout", {"status": 503, "after": "3s"}, 500, "deliver"]
    delivery = {"attempts": attempts, "duplicate": {"times": 2, "spacing": "1s"}}
    body = {"webhooks": {"any": {**delivery, "reorder": reorder}}}
    site.request("PATCH", ACCOUNT_PATH, json={"retry": {"waits": ["5s", "1m"]}})
    site.request("PUT", "/_mock/scenarios/mine", json=body)
    site.click_to_call("mine", "callee-busy")
    site.advance(by="10s")
    site.click_to_call("mine", "callee-busy")
    site.advance(by="15s")
    site.click_to_call("mine", "callee-busy")
    site.advance(until="idle")
    entries = site.get_json("/_mock/journal")["entries"]
    assert {"ignored", "delivery-attempt"} <= {entry["type"] for entry in entries}
    assert_replays_identically(site)


@pytest.mark.parametrize("provider", ["ccai", "effebot", "innocalls", "mobtexting", "phonon"])
def test_the_journal_of_every_documented_request_replays_identically(
    configuration: Configuration, provider: str
) -> None:
    site = build_site_client(configuration)
    site.dispatcher.receive = vary_results
    bound = configuration.providers[provider]
    basic_credential = base64.b64encode(b"acme:secret-token").decode()
    scenarios = ("", "callee-busy", "third-time-lucky", "doubled-report", "report-before-reply")
    for number, endpoint in enumerate(bound.provider.endpoints):
        path = f"/{provider}/{endpoint.host.replace('*', 'acme')}{endpoint.path}"
        for example_number, example in enumerate((*bound.examples(endpoint.operation), {})):
            scenario = scenarios[(number + example_number) % len(scenarios)]
            scheme = f"Basic {basic_credential}" if provider == "ccai" else "Bearer secret-token"
            headers = {"authorization": scheme} | (
                {"x-mock-scenario": scenario} if scenario else {}
            )
            texts = {name: str(value) for name, value in example.items()}
            content: dict[str, Any] = (
                {"json": dict(example)} if example_number % 2 == 0 else {"data": texts}
            )
            if endpoint.method == "GET":
                content = {"params": texts}
            url_path = (
                path.replace("{id}", "1").replace("{account}", "1").replace("{file}", "1.wav")
            )
            site.request(endpoint.method, url_path, headers=headers, **content)
        site.advance(by=90)
    site.advance(until="idle")
    assert_replays_identically(site)


def test_the_exported_journal_has_redacted_secrets_in_place(site: SiteClient) -> None:
    body = b'{ "access_token": "sec\\"ret ,one",\n "to": 1 }'
    site.request(
        "POST", CLICK_TO_CALL_PATH, content=body, headers={"content-type": "application/json"}
    )
    basic_credential = base64.b64encode(b"acme:my-secret").decode()
    site.request(
        "POST", "/ccai/apps/api/v1/calls", headers={"authorization": f"Basic {basic_credential}"}
    )
    cookie = {"authorization": "Bearer co-okie", "cookie": "session=co-okie; other=x"}
    site.request("GET", "/innocalls/webrtc.innocalls.com/login.php", headers=cookie)
    site.request(
        "POST", CLICK_TO_CALL_PATH, files={"to": b"\xff\x00"}, data={"access_token": "sec-ret"}
    )
    requests = [json.loads(line)["sent"] for line in export_journal(site)[1:]]
    assert requests[0]["body"].startswith('{ "access_token": "***')
    assert requests[0]["body"].endswith('",\n "to": 1 }')
    encoded = requests[1]["headers"]["authorization"].removeprefix("Basic ")
    user, mask = base64.b64decode(encoded).decode().split(":")
    assert (user, mask[:3], len(mask)) == ("acme", "***", 9)
    assert requests[2]["headers"]["cookie"].startswith("session=***")
    assert b"\xff\x00" in base64.b64decode(requests[3]["base64"])
    for secret in ("ret ,one", "my-secret", "co-okie", "sec-ret"):
        assert secret not in "\n".join(export_journal(site))
    assert_replays_identically(site)


def test_a_journal_of_a_vendor_host_in_a_sandbox_replays_identically(site: SiteClient) -> None:
    body = {"clock": "manual", "seed": "other", "start_at": "2026-03-01T00:00:00Z"}
    site.request("PUT", "/_mock/sandboxes/t1", json=body)
    headers = {**HEADERS, "x-mock-sandbox": "t1", "host": "portal.mobtexting.com"}
    site.request("POST", CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers=headers)
    site.request("POST", "/_sandbox/t1/_mock/clock/advance", json={"until": "idle"})
    exported = site.request("GET", f"/_sandbox/t1{JOURNAL_PATH}").text.splitlines()
    assert list(replay_journal(exported, Settings()).lines) == exported
    assert json.loads(exported[0])["seed"] == "other"
    assert json.loads(exported[1])["sent"]["host"] == "portal.mobtexting.com"


def test_a_journal_of_a_request_during_a_delivery_attempt_replays_identically(
    site: SiteClient,
) -> None:
    async def receive(_: Delivery) -> DeliveryResult:
        async with site.client() as client:
            await client.post(
                CLICK_TO_CALL_PATH, json={**CLICK_TO_CALL, "to": "918800020300"}, headers=HEADERS
            )
        return DeliveryResult(status=200)

    site.dispatcher.receive = receive
    site.click_to_call()
    site.advance(by=30)
    assert_replays_identically(site)


def test_replay_takes_redacted_credentials_from_the_files_of_the_user(tmp_path: Path) -> None:
    text = "accounts: {shop: {provider: mobtexting, credentials: [my-own-token]}}\n"
    text += "scenarios: {shy: {match: {callee: '*'}, legs: {callee: no-answer}}}\n"
    site = build_site_client(configuration_with_scenarios(tmp_path, text))
    site.request(
        "POST",
        CLICK_TO_CALL_PATH,
        json=dict(CLICK_TO_CALL),
        headers={"authorization": "Bearer my-own-token"},
    )
    site.advance()
    assert_replays_identically(site, Settings(scenarios=(str(tmp_path / "mine.yaml"),)))


@pytest.mark.parametrize(
    ("line", "replacement", "message"),
    [
        (3, ('"begin"', '"answer"'), "entry 3 differs"),
        (-2, ('"w1"', '"w2"'), "webhook w2 is not sent"),
        (4, ('"ring"', '"hangup","by":"control"'), "entry 4 differs"),
    ],
)
def test_replay_check_names_an_entry_that_differs(
    site: SiteClient, tmp_path: Path, line: int, replacement: tuple[str, str], message: str
) -> None:
    site.click_to_call()
    site.advance()
    exported = export_journal(site)
    assert replacement[0] in exported[line]
    exported[line] = exported[line].replace(*replacement)
    file = tmp_path / "run.jsonl"
    file.write_text("\n".join(exported), "utf-8")
    result = CliRunner().invoke(group, ["replay", str(file), "--check"])
    assert result.exit_code == 1
    assert message in result.output


def test_the_replay_command_checks_or_prints_the_journal(site: SiteClient, tmp_path: Path) -> None:
    site.click_to_call()
    site.advance()
    file = tmp_path / "run.jsonl"
    file.write_text("".join(f"{line}\n" for line in export_journal(site)), "utf-8")
    checked = CliRunner().invoke(group, ["replay", str(file), "--check"])
    expected = "14 entries replayed: the same journal, byte for byte\n"
    assert (checked.output, checked.exit_code) == (expected, 0)
    printed = CliRunner().invoke(group, ["replay", str(file)])
    assert printed.output.splitlines() == export_journal(site)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the first line is no heading"),
        ("{}", "the first line is no heading"),
        ("{", "a line is not JSON"),
        ('{"journal":1,"dropped":0}', "its format is 1, of an older version"),
        ('{"journal":2,"evicted":7}', "the oldest 7 entries have been evicted"),
    ],
)
def test_replay_refuses_a_file_that_is_no_complete_journal(
    tmp_path: Path, text: str, message: str
) -> None:
    file = tmp_path / "run.jsonl"
    file.write_text(text, "utf-8")
    result = CliRunner().invoke(group, ["replay", str(file)])
    assert result.exit_code == 2
    assert message in result.output
    with pytest.raises(InvalidJournal, match=message):
        replay_journal(text.splitlines(), Settings())


def test_replay_names_a_wrong_option(site: SiteClient, tmp_path: Path) -> None:
    file = tmp_path / "run.jsonl"
    file.write_text("\n".join(export_journal(site)), "utf-8")
    result = CliRunner().invoke(group, ["replay", str(file), "--quirk", "nobody=x"])
    assert result.exit_code == 2
    assert "nobody" in result.output


def test_a_journal_of_an_instant_clock_replays_identically() -> None:
    """Derived entries are replayed at their times, whatever the clock was."""
    with run_server(Settings(port=0, clock="instant", quiet=True)) as origin:
        with MockServer(origin) as mock:
            httpx.post(
                mock.url("mobtexting") + CLICK_TO_CALL_PATH,
                json=dict(CLICK_TO_CALL),
                headers=HEADERS,
            )
            mock.wait_for_webhook(state="delivered")
        exported = httpx.get(origin + JOURNAL_PATH).text.splitlines()
    replayed = replay_journal(exported, Settings())
    assert (replayed.stop_reason, list(replayed.lines)) == ("", exported)
