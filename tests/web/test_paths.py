"""No spelling of a name in a URL path reads or writes a file of the machine."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from mockserver.app import run_server
from mockserver.settings import parse_settings

SECRET = "legs: {callee: busy} # do-not-tell"
SPELLINGS = (
    "..", "../secret.yaml", "..%2Fsecret.yaml", "..%2fsecret.yaml", "%2e%2e%2fsecret.yaml",
    "%2e%2e/secret.yaml", "..%5Csecret.yaml", "..\\secret.yaml", "....//secret.yaml",
    "..%252Fsecret.yaml", "..%c0%afsecret.yaml", "..%00/secret.yaml", "secret.yaml%00.yaml",
    "scenarios-evil/x", "../scenarios-evil/secret.yaml", "..%2Fscenarios-evil%2Fsecret.yaml",
    "./secret", ".%2Fsecret", "/secret", "%2Fsecret.yaml", "/.//secret.yaml", "/.///etc/passwd",
    "%2Fetc%2Fpasswd", "/etc/passwd", "..%2F..%2F..%2F..%2Fetc%2Fpasswd",
    "file:%2F%2F%2Fetc%2Fpasswd",
    "file:///etc/passwd", "C:%5CWindows%5Cwin.ini", "C:/Windows/win.ini", "\\\\host\\share\\x",
    "%5C%5Chost%5Cshare", "~root", "~%2Fsecret", "$HOME", "%24HOME", "CON", "NUL", "con.yaml",
    "%2Fdev%2Fzero", "/dev/stdin", "%2Fproc%2Fself%2Fenviron", "/proc/self/cmdline", "link",
    "link%2Fsecret.yaml", "x%2F..%2F..%2Fsecret.yaml", "mine.yaml%2F..%2F..%2Fsecret.yaml",
    "mine.yaml", ".%2e%2Fsecret.yaml", "%uff0e%uff0e%2Fsecret", "\uff0e\uff0e/secret.yaml",
    "..;/secret.yaml", "..%3B/secret.yaml", "-", "--help", "secret.yaml?x=../..", "a" * 5_000,
)  # fmt: skip
PATHS = (
    "/_mock/scenarios/{}", "/_mock/accounts/mobtexting/{}", "/_mock/receive/{}",
    "/_mock/inboxes/{}", "/_mock/sandboxes/{}", "/_mock/openapi/{}.json", "/_mock/openapi/{}",
    "/_media/{}", "/{}", "/_mock/explain/{}", "/_mock/calls/{}", "/_sandbox/{}/_mock/scenarios",
    "/effebot/{}",
)  # fmt: skip


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of scenarios with a link to a secret, beside the secret and a similar folder."""
    top = tmp_path_factory.mktemp("root")
    for folder in ("scenarios", "scenarios-evil"):
        (top / folder).mkdir()
    (top / "scenarios" / "mine.yaml").write_text("scenarios: {mine: {legs: {a: busy}}}", "utf-8")
    for secret in (top / "secret.yaml", top / "scenarios-evil" / "secret.yaml"):
        secret.write_text(SECRET, "utf-8")
    (top / "scenarios" / "link").symlink_to(top / "secret.yaml")
    return top


@pytest.fixture(scope="module")
def client(root: Path) -> Iterator[httpx.Client]:
    flags = {"port": "0", "clock": "manual", "quiet": True}
    options = {**flags, "scenarios": (str(root / "scenarios" / "mine.yaml"),)}
    with (
        run_server(parse_settings(options, {})) as origin,
        httpx.Client(base_url=origin, trust_env=False) as http,
    ):
        yield http


def read_files(root: Path) -> dict[str, str]:
    return {str(file): file.read_text("utf-8") for file in root.rglob("*") if file.is_file()}


def test_there_are_at_least_50_file_names() -> None:
    assert len(set(SPELLINGS)) >= 50


@pytest.mark.parametrize("spelling", SPELLINGS, ids=lambda spelling: spelling[:40])
def test_no_spelling_of_a_name_reads_or_writes_a_file(
    client: httpx.Client, root: Path, spelling: str
) -> None:
    before = read_files(root)
    for path in PATHS:
        for method in ("GET", "PUT", "DELETE"):
            body = b"legs: {callee: busy}" if method == "PUT" else None
            response = client.request(method, path.format(spelling), content=body)
            assert response.status_code < 500
            assert "do-not-tell" not in response.text
            assert "root:x:" not in response.text
    client.post("/_mock/reset").raise_for_status()
    assert read_files(root) == before
