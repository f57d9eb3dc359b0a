"""What is emulated, as `mockserver providers` prints it."""

import pytest
from click.testing import CliRunner

from mockserver import app
from mockserver.cli import group

TOLD = {
    "name": "acme",
    "title": "Acme Calls",
    "base_url": "http://127.0.0.1:8080/acme",
    "hosts": {"a.test": "http://127.0.0.1:8080/acme/a.test"},
    "operations": [{"name": "dial", "method": "POST", "host": "a.test", "path": "/dial"}],
    "webhooks": ["status", "report"],
    "acts": ["park", "fetch"],
    "faults": [
        {"name": "no-way", "status": 403, "body": {}, "source": "documented"},
        {"name": "odd", "status": 500, "body": "", "source": "observed"},
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


def test_providers_prints_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "describe_providers", lambda _: [TOLD, TOLD])
    done = CliRunner().invoke(group, ["providers"])
    assert (done.exit_code, done.stdout, done.stderr) == (0, PRINTED * 2, "")


def test_providers_are_the_real_ones() -> None:
    done = CliRunner().invoke(group, ["providers"])
    assert done.exit_code == 0
    for provider in app.describe_providers("http://127.0.0.1:8080"):
        assert f"{provider['title']}\n  {provider['base_url']}\n" in done.stdout
        for fault in provider["faults"]:
            assert f"\n  {fault['name']:<24} {fault['status']} {fault['source']}\n" in done.stdout
