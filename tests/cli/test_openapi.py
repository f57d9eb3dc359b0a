"""`mockserver openapi` prints the OpenAPI document of a provider."""

import json

import pytest
from click.testing import CliRunner

from mockserver.cli import group
from mockserver.config.registry import load_providers


@pytest.mark.parametrize("name", load_providers())
def test_openapi_prints_the_document_of_the_provider(name: str) -> None:
    result = CliRunner().invoke(group, ["openapi", name])
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout) == load_providers()[name].document()


def test_openapi_refuses_an_unknown_provider() -> None:
    result = CliRunner().invoke(group, ["openapi", "qqqq"])
    expected = f"no provider is named 'qqqq'; known: {', '.join(load_providers())}\n"
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", expected)


def test_openapi_needs_a_provider() -> None:
    assert CliRunner().invoke(group, ["openapi"]).exit_code == 2
