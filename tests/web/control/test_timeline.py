"""The control API serves the timelines of a sandbox and of a call as text or as a diagram."""

import pytest

from tests.support.site import PROBLEM_MEDIA_TYPE
from tests.support.site_client import SiteClient


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
def test_a_timeline_is_served_in_the_requested_format(
    site: SiteClient, path: str, first: str
) -> None:
    site.click_to_call()
    site.click_to_call()
    response = site.request("GET", f"/_mock{path}")
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert response.text.splitlines()[0] == first
    assert ("c1" in response.text) == ("calls" not in path)


@pytest.mark.parametrize(
    ("path", "status"), [("/timeline?format=svg", 422), ("/calls/c9/timeline", 404)]
)
def test_an_unknown_timeline_format_or_call_is_rejected_with_a_problem(
    site: SiteClient, path: str, status: int
) -> None:
    response = site.request("GET", f"/_mock{path}")
    assert (response.status_code, response.headers["content-type"]) == (status, PROBLEM_MEDIA_TYPE)
