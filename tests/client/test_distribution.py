"""The clients' distribution: what it needs, and that it fits to the server's."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

import mock_calls
import mockserver
from mockserver import client

ROOT = Path(__file__).parent.parent.parent


def project(folder: Path) -> Any:
    return tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]


CLIENT = project(ROOT / "clients" / "python")
SERVER = project(ROOT)


def test_the_client_needs_httpx_and_nothing_else() -> None:
    assert CLIENT["dependencies"] == ["httpx>=0.25"]


def test_both_distributions_have_one_version_and_need_the_same_python() -> None:
    assert mock_calls.__version__ == mockserver.__version__
    assert CLIENT["requires-python"] == SERVER["requires-python"]


def test_the_server_needs_the_client_of_its_minor_series() -> None:
    major, minor, _ = mockserver.__version__.split(".")
    expected = f"call-mockserver-client>={major}.{minor},<{major}.{int(minor) + 1}"
    assert expected in SERVER["dependencies"]


@pytest.mark.parametrize("name", client.__all__)
def test_a_name_of_the_client_is_the_same_below_mockserver(name: str) -> None:
    assert getattr(client, name) is getattr(mock_calls, name)


def test_an_unknown_name_of_the_client_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="module 'mock_calls' has no attribute 'MockSever'"):
        mock_calls.MockSever  # type: ignore[attr-defined] # noqa: B018 - it is what is tested
