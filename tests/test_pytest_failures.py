"""A failed test reports what has happened in its sandbox, and leaves files that play it again."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from jsonschema import Draft202012Validator

from mock_calls.artifacts import FILES, folder_of
from tests.support.suites import RunSuite

GOLDEN: Final = Path(__file__).parent / "golden"
TITLE: Final = "*what happened at the mock server*"
FAILS: Final = """
        def test_fails(mock_calls):
            click(mock_calls)
            mock_calls.finish()
            raise AssertionError
        """
SHOP: Final = """
import json


class Shop:
    \"\"\"An application that calls customers; its webhook receiver has a mistake.\"\"\"

    def __init__(self, mock_calls):
        self.mock_calls = mock_calls

    def call(self, customer):
        url = self.mock_calls.url("mobtexting") + "/api/v2/voice/c2c"
        body = CLICK | {"to": customer}
        return httpx.post(url, json=body, headers=HEADERS, trust_env=False)

    async def __call__(self, scope, receive, send):
        report = json.loads((await receive())["body"])
        body = f"KeyError: {report['status']!r}".encode()
        await send({"type": "http.response.start", "status": 500, "headers": []})
        await send({"type": "http.response.body", "body": body})


def test_a_busy_customer_is_called_again(mock_calls):
    shop = Shop(mock_calls)
    mock_calls.attach("http://shop.test", shop)
    mock_calls.deliver("mobtexting", to="http://shop.test/reports")
    mock_calls.use("callee-busy", times=1)
    shop.call("+918867136000")
    shop.call("918867136000")
    mock_calls.finish()
    assert len(mock_calls.calls()) == 2
"""


def section(result: pytest.RunResult) -> str:
    """The section of the report, without the port of this run."""
    lines = result.outlines
    start = next(index for index, line in enumerate(lines) if "what happened at" in line)
    end = next(index for index, line in enumerate(lines) if index > start and line[:3] == "===")
    text = "\n".join(lines[start + 1 : end])
    return re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", text) + "\n"


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def replay(result: pytest.RunResult, folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Run the command that the report prints."""
    [line] = [line for line in result.outlines if line.startswith("  mockserver replay ")]
    command = [sys.executable, "-m", *shlex.split(line), *more]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 - our own command


def test_the_report_of_a_failed_test_is_understood_without_the_docs(
    suite: RunSuite,
) -> None:
    """To change the golden file, look at what the test prints, and write that into it."""
    result = suite(SHOP)
    result.assert_outcomes(failed=1)
    assert section(result) == (GOLDEN / "failure_report.txt").read_text("utf-8")


@pytest.mark.parametrize(
    ("tests", "outcomes"),
    [
        (FAILS, {"failed": 1}),
        (
            """
            @pytest.fixture
            def broken(mock_calls):
                click(mock_calls)
                raise AssertionError

            def test_fails(broken):
                pass
            """,
            {"errors": 1},
        ),
        (
            """
            def test_fails(mock_calls):
                click(mock_calls, "/nothing")
            """,
            {"passed": 1, "errors": 1},
        ),
    ],
    ids=["call", "setup", "teardown"],
)
def test_a_failure_in_each_phase_has_the_section_and_the_files(
    suite: RunSuite, pytester: pytest.Pytester, tests: str, outcomes: dict[str, int]
) -> None:
    result = suite(tests)
    result.assert_outcomes(**outcomes)
    result.stdout.fnmatch_lines([TITLE, "Requests to the emulated APIs: 1"])
    [folder] = [path.parent for path in (pytester.path / "mock_calls").rglob("inputs.jsonl")]
    assert folder.name == "test_fails"
    assert files(folder) == sorted(FILES)


def test_a_test_that_passes_leaves_nothing_not_even_of_an_earlier_run(
    suite: RunSuite, pytester: pytest.Pytester
) -> None:
    test = """
        import os

        def test_one(mock_calls):
            assert os.environ.get("PASS")
        """
    suite(test).assert_outcomes(failed=1)
    folder = pytester.path / "mock_calls"
    assert [Path(name).name for name in files(folder)] == [".gitignore", *sorted(FILES)]
    assert (folder / ".gitignore").read_text("utf-8") == "*\n"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PASS", "1")
        result = suite(test)
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line(TITLE)
    assert files(folder) == [".gitignore"]


def test_a_failed_test_without_the_fixture_has_no_section(
    suite: RunSuite, pytester: pytest.Pytester
) -> None:
    result = suite("def test_fails(): raise AssertionError")
    result.assert_outcomes(failed=1)
    result.stdout.no_fnmatch_line(TITLE)
    assert not (pytester.path / "mock_calls").exists()


def test_the_archive_is_valid_and_no_file_has_a_secret(
    suite: RunSuite, pytester: pytest.Pytester
) -> None:
    result = suite(
        """
        def test_fails(mock_calls):
            secret = {"authorization": "Bearer my-own-secret", "accept": "application/json"}
            url = mock_calls.url("mobtexting") + "/api/v2/voice/c2c?api_key=my-own-secret"
            httpx.post(url, json=CLICK, headers=secret, trust_env=False)
            mock_calls.finish()
            raise AssertionError
        """
    )
    result.assert_outcomes(failed=1)
    [archive] = (pytester.path / "mock_calls").rglob("requests.har")
    schema = json.loads((GOLDEN / "har-1.2.schema.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(json.loads(archive.read_text("utf-8")))
    texts = [path.read_text("utf-8") for path in archive.parent.iterdir()]
    assert [text for text in (*texts, section(result)) if "my-own-secret" in text] == []
    assert (archive.parent / "sequence.mmd").read_text("utf-8").startswith("sequenceDiagram\n")


def test_the_printed_command_plays_exactly_the_run(
    suite: RunSuite, pytester: pytest.Pytester
) -> None:
    result = suite(SHOP)
    checked, played = replay(result, pytester.path, "--check"), replay(result, pytester.path)
    assert (checked.returncode, checked.stderr) == (0, "")
    assert checked.stdout.endswith("inputs replayed: the same journal, byte for byte\n")
    entries = [json.loads(line) for line in played.stdout.splitlines()[1:]]
    statuses = [entry["status"] for entry in entries if entry["type"] == "request"]
    assert statuses == [422, 200]


def test_the_printed_command_names_the_file_with_masked_credentials(
    suite: RunSuite, pytester: pytest.Pytester
) -> None:
    accounts = "accounts: {mine: {provider: mobtexting, credentials: [my-own-secret]}}"
    file = pytester.makefile(".yaml", **{"my scenarios": accounts})
    result = suite(FAILS, f"--mock-calls-scenarios={file}")
    result.assert_outcomes(failed=1)
    assert replay(result, pytester.path, "--check").returncode == 0


@pytest.mark.parametrize("place", ["option", "ini"])
def test_the_folder_of_the_files_can_be_chosen(
    suite: RunSuite, pytester: pytest.Pytester, place: str
) -> None:
    if place == "ini":
        pytester.makeini("[pytest]\nmock_calls_folder = out/calls")
    options = ["--mock-calls-folder=out/calls"] if place == "option" else []
    suite(FAILS, *options).assert_outcomes(failed=1)
    assert [path.name for path in (pytester.path / "out/calls").rglob("*.har")] == ["requests.har"]
    assert not (pytester.path / "mock_calls").exists()


def test_a_folder_that_cannot_be_written_is_named(
    suite: RunSuite, pytester: pytest.Pytester
) -> None:
    (pytester.path / "mock_calls").write_text("", "utf-8")
    result = suite(FAILS)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([TITLE, "No files could be written: *mock_calls*"])


def test_a_server_that_cannot_be_asked_hides_no_failure(suite: RunSuite) -> None:
    result = suite(
        """
        def test_fails(mock_calls, monkeypatch):
            def fail(_):
                raise LookupError("the server is gone")

            monkeypatch.setattr("mock_calls.MockServer.timeline", fail)
            raise AssertionError("the reason")
        """
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*AssertionError: the reason", TITLE, "(it could not be asked: *"])


@pytest.mark.parametrize(
    ("test_id", "folder"),
    [
        ("tests/test_a.py::test_b", "tests/test_a.py/test_b"),
        ("test_a.py::TestB::test_c", "test_a.py/TestB.test_c"),
        ("test_a.py::test_b[1-x]", "test_a.py/test_b-1-x-8471c39f"),
        ("../test_a.py::test_b", "test_a.py/test_b"),
        ("/abs/test_a.py::test_b", "abs/test_a.py/test_b"),
        (f"test_a.py::{'b' * 200}", f"test_a.py/{'b' * 80}-5442d24e"),
    ],
)
def test_the_folder_of_a_test_has_its_name(test_id: str, folder: str) -> None:
    assert folder_of(Path("base"), test_id) == Path("base") / folder


def test_two_tests_never_share_a_folder() -> None:
    ids = ("a.py::b[x/y]", "a.py::b[x-y]", "a.py::b[x y]", "a.py::b-x-y", "b.py::b[x/y]")
    assert len({folder_of(Path("base"), each) for each in ids}) == len(ids)
