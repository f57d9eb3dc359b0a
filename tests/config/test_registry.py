"""Providers by their folders, each with the checks of its schema file."""

from pathlib import Path

import pytest

import mockserver
from mockserver.config import registry
from mockserver.config.registry import bundled_folder, load_providers
from mockserver.core.rulebook import Violation

HOUSE = Path(mockserver.__file__).parent


def test_listings_every_folder_once() -> None:
    folders = {path.parent.name for path in (HOUSE / "providers").glob("*/__init__.py")}
    found = load_providers()
    assert (set(found), list(found)) == (folders, sorted(found))
    assert {name: listing.provider.name for name, listing in found.items()} == {
        name: name for name in found
    }


def test_listings_check_every_operation() -> None:
    for listing in load_providers().values():
        operations = {endpoint.operation for endpoint in listing.provider.endpoints}
        assert listing.checks.keys() == operations


def test_listings_check_by_the_schema_file() -> None:
    check = load_providers()["mobtexting"].checks["c2c"]
    assert check({"bridge": "918068281234", "to": "918867136000"}) == (
        Violation(field="from", keyword="required"),
    )


def test_listings_read_no_schema_before_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_PACKAGE_FOLDER", HOUSE / "nowhere" / "at-all")
    listing = load_providers()["mobtexting"]
    with pytest.raises(FileNotFoundError):
        listing.document()


def test_listings_read_a_schema_once() -> None:
    listing = load_providers()["mobtexting"]
    assert listing.document() is listing.document()
    assert listing.document()["openapi"] == "3.1.0"


@pytest.mark.parametrize("folder", ["schemas", "scenarios"])
def test_bundled_of_a_checkout(folder: str) -> None:
    assert bundled_folder(folder) == HOUSE.parent / folder


@pytest.mark.parametrize("folder", ["schemas", "scenarios"])
def test_bundled_of_an_installed_package(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "mockserver"
    monkeypatch.setattr(registry, "_PACKAGE_FOLDER", package)
    assert bundled_folder(folder) == tmp_path / folder
    (package / folder).mkdir(parents=True)
    assert bundled_folder(folder) == package / folder
