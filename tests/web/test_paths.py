"""Names are no paths: however one spells a file, nothing outside is read and nothing is written."""

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
PLACES = (
    "/_mock/scenarios/{}", "/_mock/accounts/mobtexting/{}", "/_mock/inbox/{}", "/_mock/inboxes/{}",
    "/_mock/sandboxes/{}", "/_mock/openapi/{}.json", "/_mock/openapi/{}", "/_media/{}", "/{}",
    "/_mock/explain/{}", "/_mock/calls/{}", "/_sandbox/{}/_mock/scenarios", "/effebot/{}",
)  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of scenarios, a secret beside it, a sibling of nearly its name, and a link."""
    root = tmp_path_factory.mktemp("place")
    for folder in ("scenarios", "scenarios-evil"):
        (root / folder).mkdir()
    (root / "scenarios" / "mine.yaml").write_text("scenarios: {mine: {legs: {a: busy}}}", "utf-8")
    for secret in (root / "secret.yaml", root / "scenarios-evil" / "secret.yaml"):
        secret.write_text(SECRET, "utf-8")
    (root / "scenarios" / "link").symlink_to(root / "secret.yaml")
    return root


@pytest.fixture(scope="module")
def client(place: Path) -> Iterator[httpx.Client]:
    flags = {"port": "0", "clock": "manual", "quiet": True}
    told = {**flags, "scenarios": (str(place / "scenarios" / "mine.yaml"),)}
    with (
        run_server(parse_settings(told, {})) as origin,
        httpx.Client(base_url=origin, trust_env=False) as opened,
    ):
        yield opened


def files(place: Path) -> dict[str, str]:
    return {str(one): one.read_text("utf-8") for one in place.rglob("*") if one.is_file()}


def test_there_are_fifty() -> None:
    assert len(set(SPELLINGS)) >= 50


@pytest.mark.parametrize("spelling", SPELLINGS, ids=lambda one: one[:40])
def test_a_spelling_leads_nowhere(client: httpx.Client, place: Path, spelling: str) -> None:
    before = files(place)
    for form in PLACES:
        for method in ("GET", "PUT", "DELETE"):
            body = b"legs: {callee: busy}" if method == "PUT" else None
            answer = client.request(method, form.format(spelling), content=body)
            assert answer.status_code < 500
            assert "do-not-tell" not in answer.text
            assert "root:x:" not in answer.text
    client.post("/_mock/reset").raise_for_status()
    assert files(place) == before
