"""Timelines of a sandbox and of a call, in either form."""

import pytest

from tests.support.site_client import PROBLEM_MEDIA_TYPE, SiteClient


@pytest.mark.parametrize(
    ("path", "first"),
    [
        ("/timeline", "09:00:00 mobtexting c1 r1 POST /api/v2/voice/c2c 200"),
        ("/timeline?format=text", "09:00:00 mobtexting c1 r1 POST /api/v2/voice/c2c 200"),
        ("/timeline?format=mermaid", "sequenceDiagram"),
        ("/calls/c2/timeline", "sequenceDiagram"),
        ("/calls/c2/timeline?format=text", "09:00:00 mobtexting c2 r2 POST /api/v2/voice/c2c 200"),
    ],
)
def test_timeline_begins(site: SiteClient, path: str, first: str) -> None:
    site.click_to_call()
    site.click_to_call()
    answer = site.request("GET", f"/_mock{path}")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text.splitlines()[0] == first
    assert ("c1" in answer.text) == ("calls" not in path)


@pytest.mark.parametrize(
    ("path", "status"), [("/timeline?format=svg", 422), ("/calls/c9/timeline", 404)]
)
def test_timeline_of_something_else(site: SiteClient, path: str, status: int) -> None:
    answer = site.request("GET", f"/_mock{path}")
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM_MEDIA_TYPE)
