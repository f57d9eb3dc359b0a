"""`mockserver providers` prints what is emulated."""

import pytest
from click.testing import CliRunner

from mockserver import app
from mockserver.cli import group

DESCRIPTION = {
    "name": "acme",
    "title": "Acme Calls",
    "base_url": "http://127.0.0.1:8080/acme",
    "hosts": {"a.test": "http://127.0.0.1:8080/acme/a.test"},
    "operations": [{"name": "dial", "method": "POST", "host": "a.test", "path": "/dial"}],
    "webhooks": ["status", "report"],
    "acts": ["park", "fetch"],
    "faults": [
        {"name": "no-way", "status": 403, "body": {}, "evidence": "documented"},
        {"name": "odd", "status": 500, "body": "", "evidence": "observed"},
    ],
}
PRINTED = """\
Acme Calls
  http://127.0.0.1:8080/acme
  http://127.0.0.1:8080/acme/a.test
operations
  dial                     POST /dial
webhooks
  status, report
acts
  park, fetch
faults
  no-way                   403 documented
  odd                      500 observed

"""


def test_providers_prints_each_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "describe_providers", lambda _: [DESCRIPTION, DESCRIPTION])
    result = CliRunner().invoke(group, ["providers"])
    assert (result.exit_code, result.stdout, result.stderr) == (0, PRINTED * 2, "")


def test_providers_prints_the_bundled_providers_and_their_faults() -> None:
    result = CliRunner().invoke(group, ["providers"])
    assert result.exit_code == 0
    for provider in app.describe_providers("http://127.0.0.1:8080"):
        assert f"{provider['title']}\n  {provider['base_url']}\n" in result.stdout
        for fault in provider["faults"]:
            line = f"  {fault['name']:<24} {fault['status']} {fault['evidence']}"
            assert f"\n{line}\n" in result.stdout
