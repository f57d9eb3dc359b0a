"""The package of strategies without Hypothesis."""

import importlib
import sys

import pytest

import mockserver


def test_without_hypothesis_the_package_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in [name for name in sys.modules if name.startswith("mockserver.testing")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr(mockserver, "testing", raising=False)
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    with pytest.raises(ModuleNotFoundError) as error:
        importlib.import_module("mockserver.testing")
    assert str(error.value) == (
        "mockserver.testing needs Hypothesis: pip install 'call-mockserver[testing]'"
    )
