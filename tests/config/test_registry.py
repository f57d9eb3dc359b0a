"""The providers providers in their folders, each with the checks of its schema file."""

from pathlib import Path

import pytest

import mockserver
from mockserver.config import registry
from mockserver.config.registry import bundled_folder, load_providers

PACKAGE = Path(mockserver.__file__).parent


def test_every_provider_folder_is_loaded_once() -> None:
    folders = {path.parent.name for path in (PACKAGE / "providers").glob("*/__init__.py")}
    providers = load_providers()
    assert (set(providers), list(providers)) == (folders, sorted(providers))
    assert {name: bound.provider.name for name, bound in providers.items()} == {
        name: name for name in providers
    }


def test_every_operation_has_a_check() -> None:
    for bound in load_providers().values():
        operations = {endpoint.operation for endpoint in bound.provider.endpoints}
        assert bound.checks.keys() == operations


def test_a_check_follows_the_schema_file() -> None:
    check = load_providers()["mobtexting"].checks["c2c"]
    [violation] = check({"bridge": "918068281234", "to": "918867136000"})
    assert (violation.field, violation.keyword, violation.sample) == (
        "from",
        "required",
        '"918867136000"',
    )


def test_a_schema_file_is_not_read_before_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_PACKAGE_FOLDER", PACKAGE / "nowhere" / "at-all")
    bound = load_providers()["mobtexting"]
    with pytest.raises(FileNotFoundError):
        bound.document()


def test_a_schema_file_is_read_once() -> None:
    bound = load_providers()["mobtexting"]
    assert bound.document() is bound.document()
    assert bound.document()["openapi"] == "3.1.0"


@pytest.mark.parametrize("folder", ["schemas", "scenarios"])
def test_a_bundled_folder_of_a_checkout_is_beside_the_package(folder: str) -> None:
    assert bundled_folder(folder) == PACKAGE.parent / folder


@pytest.mark.parametrize("folder", ["schemas", "scenarios"])
def test_a_bundled_folder_of_an_installed_package_is_inside_it(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "mockserver"
    monkeypatch.setattr(registry, "_PACKAGE_FOLDER", package)
    assert bundled_folder(folder) == tmp_path / folder
    (package / folder).mkdir(parents=True)
    assert bundled_folder(folder) == package / folder
