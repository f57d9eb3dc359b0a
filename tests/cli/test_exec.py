"""A command with a server beside it."""

import sys

import pytest
from click.testing import CliRunner, Result

from mockserver.cli import group

ASK = (
    "import json, os, sys, urllib.request as u;"
    "o = u.build_opener(u.ProxyHandler({}));"
    "h = json.load(o.open(os.environ['MOCKSERVER_URL'] + '/_mock/health'));"
    "same = os.environ['MOBTEXTING_URL'] == os.environ['MOCKSERVER_URL'] + '/mobtexting';"
    "sys.exit(40 + same + (h['clock'] == sys.argv[1]))"
)


def ran(*words: str) -> Result:
    return CliRunner().invoke(group, ["exec", *words])


@pytest.mark.parametrize(
    ("options", "clock"), [((), "real"), (("--clock", "manual", "--seed", "s"), "manual")]
)
def test_exec_gives_addresses_and_the_exit_code(options: tuple[str, ...], clock: str) -> None:
    done = ran(*options, "--", sys.executable, "-c", ASK, clock)
    assert (done.exit_code, done.output) == (42, "")


def test_exec_of_a_command_that_is_not_there() -> None:
    done = ran("--", "no-such-command")
    assert (done.exit_code, done.output) == (
        127,
        "mockserver: there is no command no-such-command\n",
    )


def test_exec_with_bad_options() -> None:
    done = ran("--clock-mode", "x")
    assert done.exit_code in (2, 127)


def test_exec_with_a_wrong_setting() -> None:
    done = ran("--port", "many", "--", "true")
    assert (done.exit_code, done.output[:11]) == (2, "mockserver:")


def test_exec_without_a_command() -> None:
    assert ran().exit_code == 2
