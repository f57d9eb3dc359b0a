"""Without time zone data, a server names the vendor that needs it, and serves the others."""

import json
import os
from pathlib import Path
from urllib.error import HTTPError

import pytest

from tests.support.processes import FIXED_OPTIONS, serve
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH

SCENARIO = "scenarios: {slow: {responses: [{after: 1s}]}, busy: {legs: {callee: busy}}}"


def test_only_the_vendor_that_needs_a_time_zone_answers_with_a_problem(tmp_path: Path) -> None:
    """The package `tzdata`, which is installed with the server, is hidden by an empty one."""
    (tmp_path / "tzdata").mkdir()
    (tmp_path / "tzdata" / "__init__.py").touch()
    file = tmp_path / "mine.yaml"
    file.write_text(SCENARIO, "utf-8")
    path = os.pathsep.join(filter(None, (str(tmp_path), os.environ.get("PYTHONPATH"))))
    variables = {"PYTHONTZPATH": "", "PYTHONPATH": path}
    with serve(*FIXED_OPTIONS, "--quiet", "--scenarios", str(file), **variables) as server:
        answer = json.loads(server.request(CLICK_TO_CALL_PATH, dict(CLICK_TO_CALL)))
        assert answer["status"] == 200
        with pytest.raises(HTTPError) as error:
            server.request("/innocalls/api/v1/call/bridge", {"call_flow_id": "1"})
        with error.value:
            problem = json.load(error.value)
        health = json.loads(server.request("/_mock/health"))
    assert (error.value.code, error.value.headers["content-type"], problem) == (
        503,
        "application/problem+json",
        {
            "type": "urn:call-mockserver:problem:missing-package",
            "title": "missing package",
            "status": 503,
            "detail": "this machine has no data of the time zone Africa/Cairo: install the package "
            "tzdata",
        },
    )
    assert (health["errors"], health["rejections"]) == (0, {"missing-package": 1})
