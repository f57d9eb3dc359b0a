"""`mockserver scenarios` prints which scenarios would be loaded and from where."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mockserver import app
from mockserver.cli import group
from mockserver.compiler import build_configuration, count_scenarios
from mockserver.settings import Settings

FILE = """\
default: mine
scenarios:
  mine: {legs: {callee: busy}}
  down:
    match: {fields: {mid: "chaos-*"}}
    responses: [{refuse: conflict}, pass]
    use: mine
    webhooks: {any: {duplicate: 2}}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run_scenarios(*arguments: str) -> Result:
    return CliRunner().invoke(group, ["scenarios", *arguments])


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("mockserver.yaml", ()), ("a.yaml", ("--scenarios", "a.yaml"))],
)
def test_scenarios_prints_each_scenario_with_its_aspects_and_location(
    folder: Path, name: str, arguments: tuple[str, ...]
) -> None:
    bundled = count_scenarios(build_configuration(Settings()))
    (folder / name).write_text(FILE, "utf-8")
    result = run_scenarios(*arguments)
    lines = result.stdout.splitlines()
    assert (result.exit_code, result.stderr, len(lines)) == (0, "", bundled + 2)
    assert f"{'ccai-agent-ignores':<24} {'legs':<28} bundled  The first agent" in result.stdout
    assert lines[-2:] == [
        f"{'mine':<24} {'legs, default':<28} {name}:3",
        f"{'down':<24} api, legs, webhooks, by match {name}:5",
    ]


def test_scenarios_prints_the_scenarios_of_the_server() -> None:
    result = run_scenarios()
    names = [
        scenario["name"] for scenario in app.describe_scenarios(build_configuration(Settings()))
    ]
    assert [line.split()[0] for line in result.stdout.splitlines()] == names
    assert f"{'answered':<24} {'legs, default':<28} bundled  The callee answers" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--scenarios", "gone"), "scenarios: there is no file or directory gone\n"),
        (("--scenarios", "b.yaml"), "b.yaml:1:10: no scenario is named 'anwsered': did you mean"),
    ],
)
def test_scenarios_exits_with_2_for_a_wrong_file(
    folder: Path, arguments: tuple[str, ...], expected: str
) -> None:
    (folder / "b.yaml").write_text("default: anwsered", "utf-8")
    result = run_scenarios(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(expected)


NAMED_FILE = """\
scenarios:
  mine:
    needs: {provider: mobtexting}
    match: {callee: "91*", fields: {mid: "x*"}}
    responses: [{refuse: conflict}, {after: 3s, break: reset}, pass]
    choose: [{weight: 1, use: callee-busy}, {weight: 3, use: answered}]
    webhooks: {completed: {drop: all}, any: {after: 2s..4s, before_reply: false}}
  listed: {attempts: [{a: busy, b: {answer: 1s, press: "1"}}, answered, answered]}
  numbered: {needs: {provider: phonon}, match: {account: shop}, numbers: [no-answer, answered]}
  moved:
    needs: {provider: ccai, operation: create-inbound}
    steps:
      - {after: 5s, act: offer, agent: agent@somedomain.com, then: busy}
      - {act: offer, agent: agent@somedomain.com, then: answered}
      - {after: 1s..2s, wait: {poll: 2}}
      - {wait: {press: a}}
      - {hangup: b}
"""
OUTLINES = {
    "mine": """\
mine (mockserver.yaml:3:5)
  needs: provider: mobtexting
  match: callee: 91*, fields.mid: x*
  response 1: refuse conflict
  response 2: after 3 s, break the connection (reset)
  response 3: as the vendor responds
  webhooks completed: drop: all
  choose, 25 %: callee-busy
    The callee is busy after 3 s.
    callee: rings 3 s, busy
  choose, 75 %: answered
    The callee answers after 2 s; the conversation lasts 6 s.
    callee: rings 2 s, answered
operations on which it can play:
  mobtexting c2c, legs a/from and callee/b/to
  mobtexting c2c, legs callee/a/from
accounts on which it can play:
  mobtexting mobtexting-default
""",
    "numbered": """\
numbered (mockserver.yaml:9:13)
  needs: provider: phonon
  match: account: shop
  number 1: no-answer
    The callee rings for 25 s and does not answer.
    callee: rings 25 s, no-answer
  number 2: answered
    The callee answers after 2 s; the conversation lasts 6 s.
    callee: rings 2 s, answered
operations on which it can play:
  phonon create, legs callee/a/contact
  phonon create, legs b/bridge and callee/a/contact
  phonon create-bulk, legs callee/a/contact
  phonon create-bulk, legs b/bridge and callee/a/contact
accounts on which it can play:
  none yet
""",
    "moved": """\
moved (mockserver.yaml:11:5)
  needs: provider: ccai, operation: create-inbound
  step 1: after 5 s, offer, agent: agent@somedomain.com, then rings 2 s, busy
  step 2: wait until agent answers or stops ringing
  step 3: offer, agent: agent@somedomain.com, then rings 2 s, answered
  step 4: wait until agent answers or stops ringing
  step 5: after 1 to 2 s, wait for poll 2 times
  step 6: wait for press a
  step 7: hangup b, cause: normal
operations on which it can play:
  ccai create-inbound, legs b/agent and callee/a/end_user
accounts on which it can play:
  ccai ccai-default
""",
}


@pytest.mark.parametrize("name", OUTLINES)
def test_scenarios_with_a_name_prints_what_it_says_and_where_it_can_play(
    folder: Path, name: str
) -> None:
    (folder / "mockserver.yaml").write_text(
        NAMED_FILE.replace(", any: {after: 2s..4s, before_reply: false}", ""), "utf-8"
    )
    result = run_scenarios(name)
    assert (result.exit_code, result.stdout, result.stderr) == (0, OUTLINES[name], "")


def test_scenarios_shows_what_a_list_leads_to_once(folder: Path) -> None:
    (folder / "mockserver.yaml").write_text(
        NAMED_FILE.replace("completed: {drop: all}, any", "any"), "utf-8"
    )
    assert run_scenarios("listed").stdout.splitlines()[1:8] == [
        "  attempt 1: as written here",
        "    a: rings 2 s, busy",
        "    b: rings 1 s, answered, presses 1 after 1 s",
        "  attempt 2: answered",
        "    The callee answers after 2 s; the conversation lasts 6 s.",
        "    callee: rings 2 s, answered",
        "  attempt 3: answered",
    ]
    assert "  webhooks any: after: 2 to 4 s" in run_scenarios("mine").stdout.splitlines()


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("answerd", "did you mean 'answered'?"),
        ("zzz", "`mockserver scenarios` lists all"),
        ("listed/attempts/1", "`mockserver scenarios` lists all"),
    ],
)
def test_scenarios_with_an_unknown_name_says_the_nearest_one(name: str, hint: str) -> None:
    result = run_scenarios(name)
    expected = f"no scenario is named {name!r}: {hint}\n"
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", expected)


ALL_WORDS = """\
scenarios:
  all:
    needs: {provider: mobtexting}
    match: {from: "09:00", until: "17:30", headers: {X-Team: red, Authorization: "*"}}
    responses:
      cycle:
        - {status: 503, headers: {Retry-After: "5"}, body: {a: 1}, dribble: 3s}
        - {status: 502}
        - pass
    attempts:
      - no-answer
      - busy
      - machine
      - {attempts: [{callee: {talk: until-hangup, ring: {median: 3s, p95: 20s}}}]}
    webhooks:
      completed:
        attempts: [{status: 500, after: 1s}, timeout, reset, 404, deliver]
        corrupt: garbage
  plain:
    responses: [{status: 200, body: "hello"}]
    webhooks: {any: {reorder: true, drop: 2}, status: {before_reply: true}}
  spaced:
    webhooks: {any: {duplicate: {times: 2, spacing: 1m}, reorder: calls}}
  usual: {webhooks: {any: {drop: 0}}}
"""


ALL_LINES = """\
  needs: provider: mobtexting
  match: from: 09:00, until: 17:30, headers.x-team: red, headers.authorization: (hidden)
  response 1: answer 503, header content-type: application/json, header retry-after: 5, \
body {"a":1}, send it within 3 s
  response 2: answer 502
  response 3: as the vendor responds
  response 4: the first one again, and so on
  webhooks completed: corrupt: garbage, \
attempts: 500 after 1 s / timeout after 10 s / reset / 404 / deliver
  attempt 1: no-answer
    The callee rings for 25 s and does not answer.
    callee: rings 25 s, no-answer
  attempt 2: busy
    callee: rings 2 s, busy
  attempt 3: machine
    callee: rings 2 s, an answering machine takes it
  attempt 4: as written here
    attempt 1: as written here
      callee: rings 3 s by median and 20 s by p95, answered, stays until the other side ends it
"""


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("all", ALL_LINES.splitlines()),
        (
            "plain",
            [
                (
                    "  response 1: answer 200, header content-type: text/plain; charset=utf-8, "
                    "body hello"
                ),
                "  webhooks any: drop: 2, reorder: yes",
                "  webhooks status: before_reply: yes",
            ],
        ),
        ("spaced", ["  webhooks any: duplicate: 2, spacing: 60 s, reorder: calls"]),
        ("usual", ["  webhooks any: as usual"]),
    ],
)
def test_scenarios_shows_every_word_of_a_scenario(
    folder: Path, name: str, lines: list[str]
) -> None:
    (folder / "mockserver.yaml").write_text(ALL_WORDS, "utf-8")
    said = run_scenarios(name).stdout.partition("operations on which it can play:")[0]
    assert said.splitlines()[1:] == lines


def test_scenarios_prints_json_for_programs(folder: Path) -> None:
    (folder / "mockserver.yaml").write_text(FILE, "utf-8")
    configuration = build_configuration(Settings())
    for arguments, name in (((), None), (("mine",), "mine")):
        result = run_scenarios(*arguments, "--format", "json")
        expected = app.scenarios_as_json(configuration, name)
        assert (result.exit_code, json.loads(result.stdout)) == (0, expected)


def test_scenarios_of_an_unknown_name_is_no_json_either() -> None:
    result = run_scenarios("answerd", "--format", "json")
    expected = "no scenario is named 'answerd': did you mean 'answered'?\n"
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", expected)


PLACES = """\
scenarios:
  second: {needs: {provider: mobtexting}, legs: {b: busy}}
  lost: {needs: {provider: innocalls}, webhooks: {cdr: {drop: all}}}
  refused: {needs: {provider: ccai}, use: down}
  down: {refuse: server-error, legs: {callee: busy}}
"""


@pytest.mark.parametrize(
    ("name", "operations"),
    [
        ("second", ["mobtexting c2c, legs a/from and callee/b/to"]),
        ("lost", ["innocalls dispatch, legs callee/a/phone"]),
    ],
)
def test_scenarios_names_only_operations_on_which_something_of_the_scenario_applies(
    folder: Path, name: str, operations: list[str]
) -> None:
    (folder / "mockserver.yaml").write_text(PLACES, "utf-8")
    shown = run_scenarios(name).stdout.partition("operations on which it can play:\n")[2]
    assert shown.partition("accounts")[0].splitlines() == [f"  {each}" for each in operations]


def test_scenarios_names_operations_without_calls_if_what_it_uses_speaks_of_the_api(
    folder: Path,
) -> None:
    (folder / "mockserver.yaml").write_text(PLACES, "utf-8")
    assert "  ccai read-call" in run_scenarios("refused").stdout.splitlines()
    assert "  ccai read-call" not in run_scenarios("callee-busy").stdout.splitlines()
