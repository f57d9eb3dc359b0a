"""A probe says what it counts, as a command or at a URL; any other answer is refused."""

import os
import shlex
import sys
from collections.abc import Mapping

import pytest

from mockserver.ordeal import outside
from mockserver.ordeal.control import OrdealError
from mockserver.ordeal.outside import read_probe, run_or_ask
from tests.ordeal.receivers.receiver import serve
from tests.ordeal.receivers.right import OnceByNumbers

NOT_NUMBERS = "not a number, or a JSON object of numbers such as"


def printing(text: str) -> str:
    return f"printf %s {shlex.quote(text)}"


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("3", {"count": 3}),
        (" 2.5\n", {"count": 2.5}),
        ('{"orders": 3, "mails": 0}', {"orders": 3, "mails": 0}),
        ("{}", {}),
    ],
)
def test_a_command_says_a_number_or_numbers_by_name(text: str, counts: Mapping[str, float]) -> None:
    assert read_probe(printing(text), {}) == counts


@pytest.mark.parametrize("text", ["", "many", "true", '{"orders": "3"}', "[1]", "null"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(OrdealError, match=NOT_NUMBERS):
        read_probe(printing(text), {})


def test_a_url_is_asked() -> None:
    with serve(OnceByNumbers) as receiver:
        assert read_probe(f"{receiver.url}/probe", {}) == {"calls": 0}


def test_a_command_has_the_environment_of_the_ordeal() -> None:
    environment = {**os.environ, "MOCKSERVER_URL": "http://mock.test"}
    text = run_or_ask('printf %s "$MOCKSERVER_URL"', "POST", environment, "the application")
    assert text == "http://mock.test"


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("echo no >&2; exit 3", "the probe 'echo no >&2; exit 3' has failed with 3: no"),
        ("http://127.0.0.1:1/probe", "the probe http://127.0.0.1:1/probe cannot be asked by GET"),
    ],
)
def test_a_probe_that_fails_is_named(target: str, reason: str) -> None:
    with pytest.raises(OrdealError) as error:
        read_probe(target, os.environ)
    assert str(error.value).startswith(reason)


def test_a_probe_that_does_not_end_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside, "PATIENCE", 0.1)
    endless = f"exec {shlex.quote(sys.executable)} -c 'import time; time.sleep(60)'"
    with pytest.raises(OrdealError, match=r"has not ended within 0\.1 s"):
        read_probe(endless, os.environ)
