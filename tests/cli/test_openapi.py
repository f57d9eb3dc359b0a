"""A provider's OpenAPI document as `mockserver openapi` prints it."""

import json

import pytest
from click.testing import CliRunner

from mockserver.catalog.registry import listings
from mockserver.cli import group


@pytest.mark.parametrize("name", listings())
def test_openapi_is_the_provider_s_document(name: str) -> None:
    done = CliRunner().invoke(group, ["openapi", name])
    assert (done.exit_code, done.stderr) == (0, "")
    assert json.loads(done.stdout) == listings()[name].document()


def test_openapi_of_nobody() -> None:
    done = CliRunner().invoke(group, ["openapi", "qqqq"])
    sentence = f"no provider is named 'qqqq'; known: {', '.join(listings())}\n"
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", sentence)


def test_openapi_of_whom() -> None:
    assert CliRunner().invoke(group, ["openapi"]).exit_code == 2
