"""Every case that a vendor's webhooks can meet is played, and each call has ids of its own."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from mockserver.app import run_server
from mockserver.ordeal.calls import place_calls
from mockserver.ordeal.cases import CASES, CLEAN
from mockserver.ordeal.control import OrdealError, ask
from mockserver.ordeal.plan import Plan
from mockserver.ordeal.runner import run_ordeal
from mockserver.ordeal.vendors import find_profile
from mockserver.settings import Settings
from tests.ordeal.receivers.faulty import RefusesCopies
from tests.ordeal.receivers.receiver import serve
from tests.support.ordeal_vendors import VENDORS

SETTINGS: Final = Settings(port=0, clock="manual", quiet=True, number_plan=False)


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    """A server whose inboxes receive all webhooks."""
    with run_server(SETTINGS) as origin:
        yield origin


def build_plan(origin: str, provider: str, **more: Any) -> Plan:
    fields = {"to": f"{origin}/_mock/receive/{provider}", "seed": "s", **more}
    return Plan(provider=provider, vendor=VENDORS[provider], **fields)


@pytest.mark.parametrize("provider", VENDORS)
def test_every_case_of_a_vendor_is_played(origin: str, provider: str) -> None:
    report = run_ordeal(origin, build_plan(origin, provider))
    assert {verdict.case.name for verdict in report.verdicts} == set(VENDORS[provider].cases)
    assert [run.ignored for run in report.runs.values()] == [()] * len(report.runs)
    assert {verdict.state for verdict in report.verdicts} == {"unknown"}
    webhooks = {name: len(run.webhooks) for name, run in report.runs.items()}
    copied = {"duplicate": 2, "duplicate-later": 4, "reordered-calls": 2}
    once = webhooks["clean"]
    assert webhooks == {name: once * copied.get(name, 1) for name in report.runs}
    attempts = {
        name: sum(len(webhook.attempts) for webhook in run.webhooks)
        for name, run in report.runs.items()
    }
    assert attempts == {name: once * {**copied, "repeated": 2}.get(name, 1) for name in report.runs}


def test_a_receiver_to_which_no_webhook_may_go_ends_the_ordeal(origin: str) -> None:
    with pytest.raises(OrdealError, match=r"did not go to http://8\.8\.8\.8/: .*--webhook-targets"):
        run_ordeal(origin, build_plan(origin, "effebot", to="http://8.8.8.8/", only=("clean",)))


def test_a_case_of_its_own_is_played_beside_the_clean_one(origin: str) -> None:
    report = run_ordeal(origin, build_plan(origin, "phonon", only=("garbage",)))
    assert [verdict.case.name for verdict in report.verdicts] == ["clean", "garbage"]


def test_copies_that_got_another_answer_are_those_of_the_report() -> None:
    with serve(RefusesCopies) as receiver:
        hook = f"{receiver.url}/hook"
        with run_server(SETTINGS._replace(webhook={RefusesCopies.vendor: hook})) as origin:
            plan = build_plan(origin, RefusesCopies.vendor, to=hook, only=("duplicate",))
            [clean, duplicate] = run_ordeal(origin, plan).runs.values()
    [copies] = duplicate.differing_copies
    assert (clean.differing_copies, copies["webhooks"]) == ((), ["w1", "w2"])
    assert [answer["status"] for answer in copies["answers"]] == [200, 409]


def test_the_same_seed_gives_the_same_calls_and_another_one_others(origin: str) -> None:
    plans = [build_plan(origin, "innocalls", only=("late",), seed=seed) for seed in ("s", "s", "t")]
    first, again, other = ([*run_ordeal(origin, plan).runs.values()] for plan in plans)
    urls = [[webhook.url for run in runs for webhook in run.webhooks] for runs in (first, again)]
    assert urls[0] == urls[1]
    others = {webhook.url for run in other for webhook in run.webhooks}
    assert others.isdisjoint(urls[0])
    assert len(set(urls[0])) == len(urls[0])


@pytest.mark.parametrize(
    ("plan", "reason"),
    [
        ({"to": ""}, "the call has sent no webhook"),
        ({"to": "", "app": "true"}, "the application has placed no call of effebot within 0.2 s"),
        ({"to": "", "app": "exit 1"}, "the application 'exit 1' has failed with 1"),
        ({"to": "no URL"}, "effebot refuses the request that places a call: "),
    ],
)
def test_an_ordeal_that_cannot_be_played_says_why(
    origin: str, monkeypatch: pytest.MonkeyPatch, plan: dict[str, str], reason: str
) -> None:
    monkeypatch.setattr("mockserver.ordeal.calls.PATIENCE", 0.2)
    with pytest.raises(OrdealError) as error:
        run_ordeal(origin, build_plan(origin, "effebot", **plan))
    assert str(error.value).startswith(reason)


def test_an_application_that_names_another_scenario_is_found(origin: str) -> None:
    sample = ask(origin, "POST", "/samples/phonon/create", {})
    application = (
        f"curl -sf -H 'x-mock-scenario: doubled-report' -H 'content-type: application/json'"
        f" -d '{sample['body']}' {origin}{sample['path']}"
    )
    plan = build_plan(origin, "phonon", app=application, only=("late",))
    with pytest.raises(OrdealError, match="does not play the scenario of the case late"):
        run_ordeal(origin, plan)


def test_a_server_that_has_ended_is_named() -> None:
    plan = build_plan("http://127.0.0.1:1", "phonon")
    with pytest.raises(
        OrdealError, match="the mock server does not respond to POST /_mock/samples"
    ):
        place_calls("http://127.0.0.1:1", plan, CLEAN)


def test_a_receiver_that_receives_nothing_is_not_tried_further(origin: str) -> None:
    report = run_ordeal(origin, build_plan(origin, "innocalls", to="http://127.0.0.1:1/"))
    assert [*report.runs] == ["clean"]
    ((clean, *others), reason) = report.verdicts, "not played: the receiver has received nothing"
    assert [defect.name for defect in clean.defects] == ["refuses-webhooks"]
    assert {verdict.state for verdict in others} == {"unknown"}
    assert all(verdict.reason.startswith(reason) for verdict in others)


@pytest.mark.parametrize(
    ("provider", "cases", "reason"),
    [
        ("phonn", (), "no provider 'phonn' sends webhooks: did you mean 'phonon'?"),
        (
            "ccai",
            (),
            "no provider 'ccai' sends webhooks: effebot, innocalls, mobtexting, phonon do",
        ),
        ("phonon", ("clean", "lat"), "phonon has no case 'lat': did you mean 'late'?"),
        ("phonon", ("reordered",), "phonon has no case 'reordered': did you mean"),
    ],
)
def test_an_unknown_name_gets_the_nearest_one(
    provider: str, cases: tuple[str, ...], reason: str
) -> None:
    with pytest.raises(OrdealError) as error:
        find_profile(provider, cases, VENDORS)
    assert str(error.value).startswith(reason)


def test_every_case_can_happen_to_a_vendor() -> None:
    of_vendors = {name for vendor in VENDORS.values() for name in vendor.cases}
    assert of_vendors == {case.name for case in CASES}
