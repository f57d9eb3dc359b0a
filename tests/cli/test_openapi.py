"""A provider's OpenAPI document as `mockserver openapi` prints it."""

import json

import pytest
from click.testing import CliRunner

from mockserver.cli import group
from mockserver.config.registry import load_providers


@pytest.mark.parametrize("name", load_providers())
def test_openapi_is_the_provider_s_document(name: str) -> None:
    done = CliRunner().invoke(group, ["openapi", name])
    assert (done.exit_code, done.stderr) == (0, "")
    assert json.loads(done.stdout) == load_providers()[name].document()


def test_openapi_of_nobody() -> None:
    done = CliRunner().invoke(group, ["openapi", "qqqq"])
    sentence = f"no provider is named 'qqqq'; known: {', '.join(load_providers())}\n"
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", sentence)


def test_openapi_of_whom() -> None:
    assert CliRunner().invoke(group, ["openapi"]).exit_code == 2
