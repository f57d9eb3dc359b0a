"""`mockserver providers` prints what is emulated."""

import pytest
from click.testing import CliRunner

from mockserver import app
from mockserver.cli import group
from mockserver.config.registry import load_providers
from mockserver.core.evidence_outline import outline_evidence

TITLES = [bound.provider.title for bound in load_providers().values()]

DESCRIPTION = {
    "name": "acme",
    "title": "Acme Calls",
    "base_url": "http://127.0.0.1:8080/acme",
    "hosts": {"a.test": "http://127.0.0.1:8080/acme/a.test"},
    "operations": [
        {
            "name": "dial",
            "method": "POST",
            "host": "a.test",
            "path": "/dial",
            "evidence": "observed",
        }
    ],
    "webhooks": ["status", "report"],
    "webhook_kinds": [
        {
            "kind": "status",
            "body": "observed",
            "satisfied_by": "documented",
            "waits": "assumed",
            "later_attempts": "current",
            "later_attempts_evidence": "assumed",
            "note": "it tells much",
        },
        {
            "kind": "report",
            "body": "documented",
            "satisfied_by": "assumed",
            "waits": "documented",
            "later_attempts": "unchanged",
            "later_attempts_evidence": "observed",
            "note": None,
        },
    ],
    "retry": {"waits": ["60s", "300s"], "satisfied_by": [200, 202, 203, 205, 206, 207]},
    "acts": ["park", "fetch"],
    "quirks": {"loud": "it shouts"},
    "words": {"status": {"on": "documented", "off": "assumed"}},
    "details": {"default of `tries`": {"text": "0", "evidence": "assumed"}},
    "faults": [
        {
            "name": "no-way",
            "status": 403,
            "body": {},
            "evidence": "documented",
            "conditions": [
                {"operation": "dial", "field": None, "evidence": "observed", "note": None},
                {"operation": "dial", "field": "to", "evidence": "assumed", "note": None},
                {"operation": "redial", "field": "to", "evidence": "assumed", "note": None},
                {"operation": "redial", "field": None, "evidence": "documented", "note": "or not"},
            ],
        },
        {"name": "odd", "status": 500, "body": "", "evidence": "observed", "conditions": []},
    ],
}
PRINTED = """\
Acme Calls
  http://127.0.0.1:8080/acme
  http://127.0.0.1:8080/acme/a.test
operations
  dial                     POST /dial observed
webhooks
  status, report
  status                   body observed; later attempts current (assumed)
    waits assumed, satisfied_by documented
    it tells much
  report                   body documented; later attempts unchanged (observed)
    waits documented, satisfied_by assumed
  retry: waits 60s, 300s; satisfied_by 200, 202, 203, 205 to 207
acts
  park, fetch
quirks
  loud                     it shouts
words
  status                   on, off (assumed)
details
  default of `tries`: 0 (assumed)
faults
  no-way                   403 documented
    condition observed: every operation
    condition assumed: field to of dial, redial
    condition documented: redial; or not
  odd                      500 observed

"""


def test_providers_prints_each_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "describe_providers", lambda *_: [DESCRIPTION, DESCRIPTION])
    result = CliRunner().invoke(group, ["providers"])
    assert (result.exit_code, result.stdout, result.stderr) == (0, PRINTED * 2, "")


def test_a_provider_without_waits_makes_one_attempt_and_one_without_webhooks_has_no_retry(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    once = {**DESCRIPTION, "retry": {"waits": [], "satisfied_by": list(range(200, 300))}}
    silent = {**DESCRIPTION, "webhooks": [], "webhook_kinds": []}
    monkeypatch.setattr(app, "describe_providers", lambda *_: [once, silent])
    lines = CliRunner().invoke(group, ["providers"]).stdout.splitlines()
    assert [line for line in lines if "retry" in line] == [
        "  retry: waits none: one attempt; satisfied_by 200 to 299"
    ]


def test_providers_prints_the_bundled_providers_and_their_faults() -> None:
    result = CliRunner().invoke(group, ["providers"])
    assert result.exit_code == 0
    for provider in app.describe_providers("http://127.0.0.1:8080"):
        assert f"{provider['title']}\n  {provider['base_url']}\n" in result.stdout
        for fault in provider["faults"]:
            line = f"  {fault['name']:<24} {fault['status']} {fault['evidence']}"
            assert f"\n{line}\n" in result.stdout


def test_providers_with_a_name_prints_that_provider_alone() -> None:
    result = CliRunner().invoke(group, ["providers", "phonon"])
    titles = [line for line in result.stdout.splitlines() if line in TITLES]
    assert (result.exit_code, titles) == (0, ["Phonon"])


@pytest.mark.parametrize(("names", "titles"), [((), TITLES), (("phonon",), ["Phonon"])])
def test_providers_with_assumed_prints_what_is_not_documented(
    names: tuple[str, ...], titles: list[str]
) -> None:
    providers = [bound.provider for bound in load_providers().values()]
    expected = [[*outline_evidence(each), ""] for each in providers if each.title in titles]
    result = CliRunner().invoke(group, ["providers", *names, "--assumed"])
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [line for lines in expected for line in lines]


@pytest.mark.parametrize("options", [(), ("--assumed",)])
@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("phonon2", "did you mean 'phonon'?"),
        ("qq", "known: ccai, effebot, innocalls, mobtexting, phonon"),
    ],
)
def test_providers_refuses_an_unknown_name(options: tuple[str, ...], name: str, hint: str) -> None:
    result = CliRunner().invoke(group, ["providers", name, *options])
    expected = f"no provider is named {name!r}: {hint}\n"
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", expected)
