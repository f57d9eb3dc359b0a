"""The control API maps origins of webhooks to addresses, for one sandbox."""

from typing import Any

import pytest

from tests.support.site import read_problem
from tests.support.site_client import SiteClient

RECEIVERS = "/_mock/receivers"
ADDRESS = "localhost:4123"
USAGE = (
    'send {"http://app.test": "localhost:4123"}: the origin in the URLs of webhooks, and the '
    "address that gets them; null in place of the address ends that"
)


def patch(site: SiteClient, body: Any, prefix: str = "") -> Any:
    return site.request("PATCH", f"{prefix}{RECEIVERS}", json=body)


def receivers(site: SiteClient, prefix: str = "") -> Any:
    return site.get_json(f"{prefix}{RECEIVERS}")["receivers"]


def test_receivers_are_added_and_removed_by_their_origins(site: SiteClient) -> None:
    patch(site, {"http://a.test:80/": ADDRESS, "https://b.test": "127.0.0.1:1"})
    response = patch(site, {"http://c.test:81": ADDRESS, "https://b.test": None})
    both = {"http://a.test": ADDRESS, "http://c.test:81": ADDRESS}
    assert (response.status_code, response.json()) == (200, {"receivers": both})
    assert receivers(site) == both


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (
            {"app.test": ADDRESS},
            (
                "'app.test' is not an origin such as http://app.test: "
                "the scheme of the URL is neither http nor https"
            ),
        ),
        ({"http://b.test": 80}, "'80' is no address, such as localhost:4123"),
        (
            {"http://b.test": "169.254.169.254:80"},
            (
                "webhooks may not go to 169.254.169.254:80: "
                "169.254.169.254 (metadata) is never a target"
            ),
        ),
        (
            {f"http://app{number}.test": ADDRESS for number in range(64)},
            "a sandbox can have at most 64 receivers",
        ),
    ],
)
def test_what_cannot_be_a_receiver_is_refused_and_changes_nothing(
    site: SiteClient, body: Any, detail: str
) -> None:
    patch(site, {"http://a.test": ADDRESS})
    problem = read_problem(patch(site, {"http://new.test": ADDRESS, **body}))
    assert problem == (422, "invalid-body", f"{detail}; {USAGE}")
    assert receivers(site) == {"http://a.test": ADDRESS}


def test_a_receiver_belongs_to_one_sandbox_and_goes_with_it(site: SiteClient) -> None:
    prefix = "/_sandbox/t1"
    patch(site, {"http://a.test": ADDRESS}, prefix)
    site.request("PUT", "/_mock/sandboxes/t2", json={"from": "t1"})
    everywhere = [receivers(site, each) for each in ("", prefix, "/_sandbox/t2")]
    assert everywhere == [{}, {"http://a.test": ADDRESS}, {}]
    site.request("PUT", "/_mock/sandboxes/t1", json={})
    assert receivers(site, prefix) == {}


def test_a_receiver_stays_across_a_reset_and_a_return_to_a_snapshot(site: SiteClient) -> None:
    patch(site, {"http://a.test": ADDRESS}, "/_sandbox/t1")
    site.request("POST", "/_mock/sandboxes/t1/snapshots", json={"as": "begun"})
    site.request("POST", "/_sandbox/t1/_mock/reset")
    site.request("PUT", "/_mock/sandboxes/t1", json={"from": "t1", "snapshot": "begun"})
    assert receivers(site, "/_sandbox/t1") == {"http://a.test": ADDRESS}


def test_a_body_that_only_removes_creates_no_sandbox(site: SiteClient) -> None:
    problem = read_problem(patch(site, {"http://a.test": None}, "/_sandbox/gone"))
    hint = "the first vendor request or change creates it"
    assert problem == (404, "unknown-sandbox", f"no sandbox is named gone: {hint}")
    assert len(site.get_json("/_mock/sandboxes")["sandboxes"]) == 1
