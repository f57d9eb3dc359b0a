"""Playing a log of inputs once more gives the same journal, byte for byte."""

import asyncio
import base64
import gzip
import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from mock_calls import MockServer
from mockserver import __version__
from mockserver.app import run_server
from mockserver.cli import group
from mockserver.compiler import build_configuration
from mockserver.core.call import Call
from mockserver.core.configuration import Configuration
from mockserver.core.conversation import next_due_step
from mockserver.core.script import DueStep, Script, advance
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.engine import effects, simulation, webhooks
from mockserver.engine.retry_policy import apply_retry_policy
from mockserver.replay.input_file import InvalidInputs
from mockserver.replay.runner import replay_inputs
from mockserver.settings import Settings
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH
from tests.support.site import HEADERS
from tests.support.site_client import SiteClient, build_site_client, configuration_with_scenarios

ACCOUNT_PATH = "/_mock/accounts/mobtexting/mobtexting-default"
STATUSES = (500, 200, 404)
JOURNAL_PATH = "/_mock/journal?format=jsonl"


INPUTS_PATH = "/_mock/inputs"


def export_journal(site: SiteClient, prefix: str = "") -> list[str]:
    return site.request("GET", prefix + JOURNAL_PATH).text.splitlines()


def export_inputs(site: SiteClient, prefix: str = "") -> list[str]:
    return site.request("GET", prefix + INPUTS_PATH).text.splitlines()


def assert_replays_identically(
    site: SiteClient, settings: Settings | None = None, prefix: str = ""
) -> None:
    inputs, journal = export_inputs(site, prefix), export_journal(site, prefix)
    replayed = replay_inputs(inputs, settings or Settings())
    assert (replayed.difference, list(replayed.lines)) == ("", journal)
    assert len(journal) > 1


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


def test_a_log_of_all_kinds_of_input_replays_identically(site: SiteClient) -> None:
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
    site.request("POST", "/_mock/activations", json={"scenario": "rejected"})
    site.request("POST", "/_mock/activations", json={"scenario": "callee-busy"})
    site.request("DELETE", "/_mock/activations/a3")
    site.click_to_call()
    site.request("DELETE", "/_mock/activations")
    site.request("PUT", "/_mock/clock", json={"mode": "manual"})
    site.request("GET", "/nobody/has/this")
    site.request("DELETE", "/_mock/scenarios/mine")
    site.advance(by=1)
    assert_replays_identically(site)


@pytest.mark.parametrize("reorder", ["false", "calls"])
def test_a_log_of_simulated_attempts_replays_identically(site: SiteClient, reorder: str) -> None:
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
def test_the_log_of_every_documented_request_replays_identically(
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


def test_an_exported_log_has_redacted_secrets_in_place(site: SiteClient) -> None:
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
    requests = [json.loads(line)["data"] for line in export_inputs(site)[1:-1]]
    assert requests[0]["body"].startswith('{ "access_token": "***')
    assert requests[0]["body"].endswith('",\n "to": 1 }')
    encoded = requests[1]["headers"]["authorization"].removeprefix("Basic ")
    user, mask = base64.b64decode(encoded).decode().split(":")
    assert (user, mask[:3], len(mask)) == ("acme", "***", 9)
    assert requests[2]["headers"]["cookie"].startswith("session=***")
    assert b"\xff\x00" in base64.b64decode(requests[3]["base64"])
    for secret in ("ret ,one", "my-secret", "co-okie", "sec-ret"):
        assert secret not in "\n".join(export_inputs(site))
    assert_replays_identically(site)


def test_a_log_of_a_vendor_host_in_a_sandbox_replays_identically(site: SiteClient) -> None:
    body = {"clock": "manual", "seed": "other", "start_at": "2026-03-01T00:00:00Z"}
    site.request("PUT", "/_mock/sandboxes/t1", json=body)
    headers = {**HEADERS, "x-mock-sandbox": "t1", "host": "portal.mobtexting.com"}
    site.request("POST", CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers=headers)
    site.request("POST", "/_sandbox/t1/_mock/clock/advance", json={"until": "idle"})
    assert json.loads(export_inputs(site, "/_sandbox/t1")[0])["seed"] == "other"
    assert_replays_identically(site, prefix="/_sandbox/t1")


def test_a_log_of_a_request_during_a_delivery_attempt_replays_identically(
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


def test_a_log_with_webhooks_before_the_response_replays_identically(site: SiteClient) -> None:
    """The call after it does not begin: nobody has moved the clock."""
    site.click_to_call("report-before-reply")
    site.click_to_call()
    assert [call["state"] for call in site.get_json("/_mock/calls")["calls"]] == [
        "ended",
        "queued",
    ]
    assert_replays_identically(site)


def test_a_log_of_receipts_and_of_an_activation_that_is_used_up_replays_identically(
    site: SiteClient,
) -> None:
    site.request("POST", "/_mock/activations", json={"scenario": "callee-busy", "times": 1})
    site.click_to_call()
    site.advance(by=5)
    site.request("PUT", "/_mock/receive/mine", content=b"a=1")
    site.advance()
    types = {entry["type"] for entry in site.get_json("/_mock/journal")["entries"]}
    assert {"received", "activation-used-up"} <= types
    assert_replays_identically(site)


def test_a_log_after_a_reset_has_the_new_life_alone(site: SiteClient) -> None:
    site.request("PUT", "/_mock/scenarios/mine", content=b"{legs: {a: busy}}")
    site.click_to_call("mine")
    site.request("POST", "/_mock/reset")
    site.click_to_call("callee-busy")
    site.advance()
    kinds = [json.loads(line)["kind"] for line in export_inputs(site)[1:-1]]
    assert kinds == ["request", "result", "clock"]
    assert_replays_identically(site)


def test_a_log_of_internal_errors_replays_identically(site: SiteClient) -> None:
    site.click_to_call()
    site.sandbox.scheduler.record_error(RuntimeError("no room"), "c1")
    site.advance()
    assert_replays_identically(site)


def test_a_log_of_failed_items_and_attempts_replays_identically(
    site: SiteClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call ends by an error, and so do an attempt, and one whose result cannot be stored."""

    def fail_second(script: Script, call: Call, step: DueStep) -> Call:
        if call.spec.id == "c2":
            raise LookupError("no step")
        return advance(script, call, step)

    def fail_third(delivery: Delivery, *arguments: Any) -> Delivery:
        if delivery.id == "w2":
            raise LookupError("no policy")
        return apply_retry_policy(delivery, *arguments)

    async def fail_first(delivery: Delivery) -> DeliveryResult:
        if delivery.id == "w1":
            raise ConnectionError("no way")
        return DeliveryResult(status=200)

    monkeypatch.setattr(simulation, "advance", fail_second)
    monkeypatch.setattr(webhooks, "apply_retry_policy", fail_third)
    site.dispatcher.receive = fail_first
    for _ in range(4):
        site.click_to_call()
    site.advance()
    kinds = [json.loads(line)["kind"] for line in export_inputs(site)[1:-1]]
    assert kinds == [
        *("request", "request", "request", "request", "failed-item"),
        *("failed-attempt", "result", "failed-attempt", "result", "clock"),
    ]
    assert_replays_identically(site)


def test_a_log_of_requests_and_events_that_fail_halfway_replays_identically(
    site: SiteClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first call cannot be scheduled, and the second one not after its hangup."""

    def fail_some(script: Script, call: Call, seed: str) -> Any:
        if call.spec.id == "c1" or "control" in [event.source for event in call.events]:
            raise LookupError("no step")
        return next_due_step(script, call, seed)

    monkeypatch.setattr(effects, "next_due_step", fail_some)
    assert site.click_to_call().status_code == 500
    site.click_to_call()
    site.advance(by=1)
    hangup = {"event": "hangup", "leg": "a"}
    assert site.request("POST", "/_mock/calls/c2/events", json=hangup).status_code == 500
    errors = [
        entry["call"]
        for entry in site.get_json("/_mock/journal")["entries"]
        if entry["type"] == "error"
    ]
    assert errors == ["c1", "c2"]
    kinds = [json.loads(line)["kind"] for line in export_inputs(site)[1:-1]]
    assert kinds == ["request", "request", "clock", "command"]
    assert_replays_identically(site)


def test_a_log_of_webhooks_side_by_side_replays_identically(site: SiteClient) -> None:
    """Receivers answer in another order than that in which the webhooks were sent."""

    async def receive(delivery: Delivery) -> DeliveryResult:
        for _ in range(int(delivery.webhook.url[-1]) * 5):
            await asyncio.sleep(0)
        return DeliveryResult(status=200)

    site.dispatcher.receive = receive
    for number in (3, 1, 2):
        webhooks_of_account = {"webhooks": {"any": f"http://127.0.0.1:900{number}/{number}"}}
        site.request("PATCH", ACCOUNT_PATH, json=webhooks_of_account)
        site.click_to_call()
    site.advance()
    assert len(site.dispatcher.deliveries) == 3
    assert_replays_identically(site)


def test_a_log_of_a_request_with_a_secret_in_its_path_replays_identically(
    site: SiteClient,
) -> None:
    site.request("GET", "/nowhere/access_token=pa-th-secret")
    site.request("POST", "/nowhere/access_token=pa-th-secret", headers={"host": "evil.test"})
    assert "pa-th-secret" not in "\n".join(export_inputs(site))
    assert_replays_identically(site)


def test_a_log_of_any_targets_of_webhooks_replays_identically(tmp_path: Path) -> None:
    """The files may name addresses that are refused without the options of the run."""
    url = "http://203.0.113.7/hook"
    document = f"accounts: {{mine: {{provider: mobtexting, webhooks: {{any: '{url}'}}}}}}\n"
    file = tmp_path / "mine.yaml"
    file.write_text(document, "utf-8")
    settings = Settings(seed="seed", scenarios=(str(file),), webhook_targets=("public",))
    site = build_site_client(build_configuration(settings))
    site.click_to_call()
    site.advance()
    assert_replays_identically(site)


def test_a_log_of_a_delayed_response_replays_identically(site: SiteClient) -> None:
    """The clock moves, and another request comes, between the arrival and the response."""
    body = b"{responses: [{after: 200ms}, pass], use: callee-busy}"
    site.request("PUT", "/_mock/scenarios/slow", content=body)

    async def overlap() -> None:
        async with site.client() as client:

            async def place(**headers: str) -> None:
                sent = {**HEADERS, **headers}
                await client.post(CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers=sent)

            late = asyncio.create_task(place(**{"x-mock-scenario": "slow"}))
            await asyncio.sleep(0.02)
            await place()
            await client.post("/_mock/clock/advance", json={"by": 3})
            await late

    asyncio.run(overlap())
    site.advance()
    kinds = [json.loads(line)["kind"] for line in export_inputs(site)[1:-1]]
    assert kinds[1:5] == ["arrival", "request", "clock", "response"]
    assert_replays_identically(site)


def test_a_log_of_a_reload_replays_identically(tmp_path: Path) -> None:
    """The recorded files are those of then, whatever stands in them now."""
    before = "scenarios: {mine: {legs: {callee: busy}}}\n"
    after = "scenarios: {mine: {legs: {callee: no-answer}}}\n"
    settings = Settings(seed="seed", scenarios=(str(tmp_path / "mine.yaml"),))
    site = build_site_client(configuration_with_scenarios(tmp_path, before))
    site.click_to_call("mine")
    reloaded = configuration_with_scenarios(tmp_path, after)
    site.sandbox.set_configuration(reloaded, {}, reloaded)
    site.click_to_call("mine")
    site.advance()
    (tmp_path / "mine.yaml").write_text("{}", "utf-8")
    outcomes = [call["outcome"] for call in site.get_json("/_mock/calls")["calls"]]
    assert outcomes == ["busy", "no-answer"]
    assert_replays_identically(site, settings)


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
    assert "my-own-token" not in "\n".join(export_inputs(site))
    assert_replays_identically(site, Settings(scenarios=(str(tmp_path / "mine.yaml"),)))
    message = re.escape(f"{tmp_path / 'mine.yaml'}:1 has a credential that the log masks")
    with pytest.raises(InvalidInputs, match=message):
        replay_inputs(export_inputs(site), Settings())


@pytest.mark.parametrize(
    ("line", "old", "new", "message"),
    [
        (1, '"check":[200,', '"check":[400,', "input 1: the response has status 200, and had 400"),
        (1, "918867136000", "918867136001", "all inputs do what they did, but the journals differ"),
        (2, '"webhook":"w1"', '"webhook":"w2"', "input 2: webhook w2 is not sent"),
        (2, '"steps":', '"steps":9', "before input 2, fewer than 9"),
        (
            2,
            '"check":[0,0]',
            '"check":[0,3]',
            "input 2, a result: the journal has 13 entries after it, and had 3",
        ),
    ],
)
def test_replay_check_says_what_differs(  # noqa: PLR0913, PLR0917 - a table
    site: SiteClient, tmp_path: Path, line: int, old: str, new: str, message: str
) -> None:
    site.click_to_call()
    site.advance()
    exported = export_inputs(site)
    assert old in exported[line]
    exported[line] = exported[line].replace(old, new)
    file = tmp_path / "run.jsonl"
    file.write_text("\n".join(exported), "utf-8")
    result = CliRunner().invoke(group, ["replay", str(file), "--check"])
    assert result.exit_code == 1
    assert message in result.output


def test_the_replay_command_checks_or_prints_the_journal(site: SiteClient, tmp_path: Path) -> None:
    site.click_to_call()
    site.advance()
    file = tmp_path / "run.jsonl"
    file.write_text("".join(f"{line}\n" for line in export_inputs(site)), "utf-8")
    checked = CliRunner().invoke(group, ["replay", str(file), "--check"])
    expected = "3 inputs replayed: the same journal, byte for byte\n"
    assert (checked.output, checked.exit_code) == (expected, 0)
    printed = CliRunner().invoke(group, ["replay", str(file)])
    assert printed.output.splitlines() == export_journal(site)


MEMBERS = (
    '"sandbox":"a","seed":"s","start_at":"2026-01-01T00:00:00Z","number_plan":true,"quirks":[],'
    '"webhook":{},"webhook_targets":[],"webhook_rewrite":[],"trace_webhooks":false,"origins":[],'
    '"files":{}'
)
HEADING = f'{{"inputs":1,"version":"{__version__}","complete":true,"count":2,{MEMBERS}}}'
INPUT = '{"kind":"clock","at":"2026-01-01T00:00:00Z","steps":0,"data":{},"check":[0,0]}'
END = '{"end":0,"journal":"x"}'


def with_lines(first: str, last: str = END) -> str:
    return f"{HEADING}\n{INPUT}\n{first}\n{last}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the first line is not the heading"),
        ("{}", "the first line is not the heading"),
        ("{", "line 1 is not JSON"),
        ("[" * 100_000, "line 1 is not JSON"),
        ("[]", "line 1 is not a JSON object"),
        ('{"journal":3,"evicted":0}', "it is a journal, which cannot be played"),
        ('{"inputs":1,"version":"0.0.1"}', "mockserver 0.0.1 has written it in format 1"),
        (HEADING.replace("true", "false"), "none of 2 inputs is kept"),
        (HEADING.replace('true,"count":2', "false"), "none of the inputs is kept"),
        (HEADING, "it is incomplete: the heading counts 2 inputs and an end"),
        (HEADING.replace(',"seed":"s"', ""), "the first line has no valid seed$"),
        (HEADING.replace("00:00Z", "00:00"), "the first line has no valid start_at$"),
        (HEADING.replace("2026-", "X-"), "the first line has no valid start_at$"),
        (HEADING.replace('"seed":"s",', "").replace("{}", "[]"),
         "the first line has no valid seed and no valid webhook and no valid files$"),
        (HEADING.replace('"quirks":[]', '"quirks":[["a"]]'), "has no valid quirks$"),
        (HEADING.replace('"origins":[]', '"origins":[1]'), "has no valid origins$"),
        (HEADING.replace('webhooks":false', 'webhooks":0'), "has no valid trace_webhooks$"),
        (with_lines(INPUT.replace("clock", "no")), "line 3 has no valid kind$"),
        (with_lines(INPUT.replace('"clock"', "[]")), "line 3 has no valid kind$"),
        (with_lines(INPUT.replace('"steps":0', '"steps":true')), "line 3 has no valid steps$"),
        (with_lines(INPUT.replace("[0,0]", "[0]")), "line 3 has no valid check$"),
        (with_lines(INPUT, '{"end":0}'), "the last line has no valid journal$"),
        (with_lines(INPUT.replace('"data"', '"date"')),
         "input 2 is not as it was exported: KeyError\\('data'\\)$"),
        (with_lines(INPUT.replace('"clock"', '"result"')),
         "input 2 is not as it was exported: KeyError\\('result'\\)$"),
        (with_lines(INPUT.replace('"clock"', '"command"')),
         "input 2 is not as it was exported: KeyError\\('path'\\)$"),
    ],
)  # fmt: skip
def test_replay_refuses_a_file_that_is_no_complete_log(
    tmp_path: Path, text: str, message: str
) -> None:
    file = tmp_path / "run.jsonl"
    file.write_text(text, "utf-8")
    result = CliRunner().invoke(group, ["replay", str(file)])
    assert result.exit_code == 2
    assert re.search(message, result.output.rstrip())
    with pytest.raises(InvalidInputs, match=message):
        replay_inputs(text.splitlines(), Settings())


@pytest.mark.parametrize("clock", ["instant", "real", "60x"])
def test_a_log_of_a_clock_that_runs_replays_identically(clock: str) -> None:
    """A webhook is retried, and the receiver takes 50 ms each time."""
    settings = Settings(port=0, clock=clock, quiet=True)
    with run_server(settings) as origin:
        with MockServer(origin) as mock:
            retry = {"retry": {"waits": ["100ms"]}}
            httpx.patch(origin + ACCOUNT_PATH, json=retry).raise_for_status()
            program = {"responses": [500], "delay": 0.05}
            httpx.put(f"{origin}/_mock/inboxes/mobtexting", json=program).raise_for_status()
            text = "{legs: {a: {answer: 10ms}, callee: {ring: 10ms, then: busy}}}"
            httpx.put(f"{origin}/_mock/scenarios/quick", content=text).raise_for_status()
            for _ in range(2):
                httpx.post(
                    mock.url("mobtexting") + CLICK_TO_CALL_PATH,
                    json=dict(CLICK_TO_CALL),
                    headers={**HEADERS, "x-mock-scenario": "quick"},
                ).raise_for_status()
            mock.wait_for("webhook", {"state": "delivered"}, count=2, timeout=20)
        exported = httpx.get(origin + INPUTS_PATH).text.splitlines()
        journal = httpx.get(origin + JOURNAL_PATH).text.splitlines()
    replayed = replay_inputs(exported, Settings())
    assert (replayed.difference, list(replayed.lines)[: len(journal)]) == ("", journal)
