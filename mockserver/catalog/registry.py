"""Finds the providers by folder, each bound to the checks of its schema file."""

import pkgutil
from collections.abc import Callable
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml

from mockserver import providers
from mockserver.catalog import schemas
from mockserver.core.provider import BoundProvider, Provider

_PACKAGE = Path(providers.__file__).parent.parent
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def bundled(folder: str) -> Path:
    """`schemas` or `scenarios`: inside an installed package, beside it in a checkout."""
    installed = _PACKAGE / folder
    return installed if installed.is_dir() else _PACKAGE.parent / folder


def listings() -> dict[str, BoundProvider]:
    """Every provider that has a folder, by name."""
    names = sorted(module.name for module in pkgutil.iter_modules(providers.__path__))
    folders = {name: import_module(f"{providers.__name__}.{name}") for name in names}
    return {name: _listing(folder.PROVIDER) for name, folder in folders.items()}


@cache
def control() -> dict[str, Any]:
    """The OpenAPI document of the control API."""
    return _document("control")


def _listing(provider: Provider) -> BoundProvider:
    document: Callable[[], dict[str, Any]] = cache(partial(_document, provider.name))
    check = schemas.checks(document)
    names = [endpoint.operation for endpoint in provider.endpoints]
    checks = {name: check(name) for name in names}
    return BoundProvider(
        provider, checks, document, lambda name: schemas.examples(document(), name)
    )


def _document(name: str) -> dict[str, Any]:
    text = (bundled("schemas") / f"{name}.yaml").read_text("utf-8")
    document: dict[str, Any] = yaml.load(text, _LOADER)  # noqa: S506 - one of the safe loaders
    return document
