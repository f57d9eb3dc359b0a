"""A journal that is played again gives the same journal, byte for byte."""

import base64
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
from tests.support.simulation import CLICK_TO_CALL
from tests.support.site_client import (
    CLICK_TO_CALL_PATH,
    HEADERS,
    SiteClient,
    build_site_client,
    configuration_with_scenarios,
)

MINE = "/_mock/accounts/mobtexting/mobtexting-default"
STATUSES = (500, 200, 404)
JSONL = "/_mock/journal?format=jsonl"


def exported(site: SiteClient) -> list[str]:
    return site.request("GET", JSONL).text.splitlines()


def same(site: SiteClient, settings: Settings | None = None) -> None:
    given = exported(site)
    found = replay_journal(given, settings or Settings())
    assert (found.stop_reason, list(found.lines)) == ("", given)
    assert len(given) > 1


async def moody(delivery: Delivery) -> DeliveryResult:
    """Not pleased at first, then without an answer, then pleased."""
    number = len(delivery.attempts)
    return (
        DeliveryResult(status=None, error="timeout")
        if number == 1
        else DeliveryResult(status=STATUSES[number % 3])
    )


def test_a_little_of_everything(site: SiteClient) -> None:
    site.dispatcher.receive = moody
    site.request("PATCH", MINE, json={"retry": {"waits": ["5s", "1m"]}, "credentials": ["key-1"]})
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
    site.request("PATCH", MINE, json={"credentials": None})
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
    same(site)


@pytest.mark.parametrize("provider", ["ccai", "effebot", "innocalls", "mobtexting", "phonon"])
def test_every_documented_request_of_a_provider(
    configuration: Configuration, provider: str
) -> None:
    site = build_site_client(configuration)
    site.dispatcher.receive = moody
    listing = configuration.providers[provider]
    pair = base64.b64encode(b"acme:secret-token").decode()
    stories = ("", "callee-busy", "third-time-lucky", "doubled-report", "report-before-reply")
    for number, endpoint in enumerate(listing.provider.endpoints):
        path = f"/{provider}/{endpoint.host.replace('*', 'acme')}{endpoint.path}"
        for nth, example in enumerate((*listing.examples(endpoint.operation), {})):
            story = stories[(number + nth) % len(stories)]
            scheme = f"Basic {pair}" if provider == "ccai" else "Bearer secret-token"
            headers = {"authorization": scheme} | ({"x-mock-scenario": story} if story else {})
            told = {name: str(value) for name, value in example.items()}
            way: dict[str, Any] = {"json": dict(example)} if nth % 2 == 0 else {"data": told}
            if endpoint.method == "GET":
                way = {"params": told}
            filled = path.replace("{id}", "1").replace("{account}", "1").replace("{file}", "1.wav")
            site.request(endpoint.method, filled, headers=headers, **way)
        site.advance(by=90)
    site.advance(until="idle")
    same(site)


def test_secrets_come_back_masked_where_they_stood(site: SiteClient) -> None:
    sent = b'{ "access_token": "sec\\"ret ,one",\n "to": 1 }'
    site.request(
        "POST", CLICK_TO_CALL_PATH, content=sent, headers={"content-type": "application/json"}
    )
    pair = base64.b64encode(b"acme:my-secret").decode()
    site.request("POST", "/ccai/apps/api/v1/calls", headers={"authorization": f"Basic {pair}"})
    cookie = {"authorization": "Bearer co-okie", "cookie": "session=co-okie; other=x"}
    site.request("GET", "/innocalls/webrtc.innocalls.com/login.php", headers=cookie)
    site.request(
        "POST", CLICK_TO_CALL_PATH, files={"to": b"\xff\x00"}, data={"access_token": "sec-ret"}
    )
    told = [json.loads(line)["sent"] for line in exported(site)[1:]]
    assert told[0]["body"].startswith('{ "access_token": "***')
    assert told[0]["body"].endswith('",\n "to": 1 }')
    packed = told[1]["headers"]["authorization"].removeprefix("Basic ")
    user, mask = base64.b64decode(packed).decode().split(":")
    assert (user, mask[:3], len(mask)) == ("acme", "***", 9)
    assert told[2]["headers"]["cookie"].startswith("session=***")
    assert b"\xff\x00" in base64.b64decode(told[3]["base64"])
    for secret in ("ret ,one", "my-secret", "co-okie", "sec-ret"):
        assert secret not in "\n".join(exported(site))
    same(site)


def test_a_vendor_s_host_and_a_sandbox_of_its_own(site: SiteClient) -> None:
    body = {"clock": "manual", "seed": "other", "start_at": "2026-03-01T00:00:00Z"}
    site.request("PUT", "/_mock/sandboxes/t1", json=body)
    headers = {**HEADERS, "x-mock-sandbox": "t1", "host": "portal.mobtexting.com"}
    site.request("POST", CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers=headers)
    site.request("POST", "/_sandbox/t1/_mock/clock/advance", json={"until": "idle"})
    given = site.request("GET", f"/_sandbox/t1{JSONL}").text.splitlines()
    assert list(replay_journal(given, Settings()).lines) == given
    assert json.loads(given[0])["seed"] == "other"
    assert json.loads(given[1])["sent"]["host"] == "portal.mobtexting.com"


def test_a_receiver_that_calls_back_in_the_midst(site: SiteClient) -> None:
    async def receive(_: Delivery) -> DeliveryResult:
        async with site.client() as client:
            await client.post(
                CLICK_TO_CALL_PATH, json={**CLICK_TO_CALL, "to": "918800020300"}, headers=HEADERS
            )
        return DeliveryResult(status=200)

    site.dispatcher.receive = receive
    site.click_to_call()
    site.advance(by=30)
    same(site)


def test_the_files_of_the_user_tell_what_the_masks_hide(tmp_path: Path) -> None:
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
    same(site, Settings(scenarios=(str(tmp_path / "mine.yaml"),)))


@pytest.mark.parametrize(
    ("line", "new", "complaint"),
    [
        (3, ('"begin"', '"answer"'), "fact 3 differs"),
        (-2, ('"w1"', '"w2"'), "webhook w2 is not sent"),
        (4, ('"ring"', '"hangup","by":"control"'), "fact 4 was ordered by nobody"),
    ],
)
def test_what_does_not_come_about_is_named(
    site: SiteClient, tmp_path: Path, line: int, new: tuple[str, str], complaint: str
) -> None:
    site.click_to_call()
    site.advance()
    given = exported(site)
    assert new[0] in given[line]
    given[line] = given[line].replace(*new)
    file = tmp_path / "run.jsonl"
    file.write_text("\n".join(given), "utf-8")
    done = CliRunner().invoke(group, ["replay", str(file), "--check"])
    assert done.exit_code == 1
    assert complaint in done.output


def test_the_command(site: SiteClient, tmp_path: Path) -> None:
    site.click_to_call()
    site.advance()
    file = tmp_path / "run.jsonl"
    file.write_text("".join(f"{line}\n" for line in exported(site)), "utf-8")
    checked = CliRunner().invoke(group, ["replay", str(file), "--check"])
    told = "14 facts played again: the same journal, byte for byte\n"
    assert (checked.output, checked.exit_code) == (told, 0)
    printed = CliRunner().invoke(group, ["replay", str(file)])
    assert printed.output.splitlines() == exported(site)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "the first line is no heading"),
        ("{}", "the first line is no heading"),
        ("{", "a line is not JSON"),
        ('{"journal":1,"dropped":7}', "the oldest 7 facts have left already"),
    ],
)
def test_what_is_no_journal(tmp_path: Path, text: str, complaint: str) -> None:
    file = tmp_path / "run.jsonl"
    file.write_text(text, "utf-8")
    done = CliRunner().invoke(group, ["replay", str(file)])
    assert done.exit_code == 2
    assert complaint in done.output
    with pytest.raises(InvalidJournal, match=complaint):
        replay_journal(text.splitlines(), Settings())


def test_a_wrong_option_is_named(site: SiteClient, tmp_path: Path) -> None:
    file = tmp_path / "run.jsonl"
    file.write_text("\n".join(exported(site)), "utf-8")
    done = CliRunner().invoke(group, ["replay", str(file), "--quirk", "nobody=x"])
    assert done.exit_code == 2
    assert "nobody" in done.output


def test_a_journal_of_time_that_flowed() -> None:
    """What came of itself is played at its time, whatever the clock was."""
    with run_server(Settings(port=0, clock="instant", quiet=True)) as origin:
        with MockServer(origin) as mock:
            httpx.post(
                mock.url("mobtexting") + CLICK_TO_CALL_PATH,
                json=dict(CLICK_TO_CALL),
                headers=HEADERS,
            )
            mock.wait_for_webhook(state="delivered")
        given = httpx.get(origin + JSONL).text.splitlines()
    found = replay_journal(given, Settings())
    assert (found.stop_reason, list(found.lines)) == ("", given)
