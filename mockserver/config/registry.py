"""Find the providers by folder and bind each to the checks of its OpenAPI document."""

import pkgutil
from collections.abc import Callable
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml

from mockserver import providers
from mockserver.config import openapi_checks
from mockserver.config.openapi_evidence import add_evidence
from mockserver.config.openapi_outline import outline_operation
from mockserver.core.bound_provider import BoundProvider
from mockserver.core.provider import Provider

_PACKAGE_FOLDER = Path(providers.__file__).parent.parent
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def bundled_folder(name: str) -> Path:
    """Return the folder `schemas` or `scenarios`.

    It is inside the package if that is installed, and beside the package in a checkout.
    """
    installed = _PACKAGE_FOLDER / name
    return installed if installed.is_dir() else _PACKAGE_FOLDER.parent / name


def load_providers() -> dict[str, BoundProvider]:
    """Import every provider that has a folder, and return them by name."""
    names = sorted(module.name for module in pkgutil.iter_modules(providers.__path__))
    modules = {name: import_module(f"{providers.__name__}.{name}") for name in names}
    return {name: _bind_provider(module.PROVIDER) for name, module in modules.items()}


@cache
def load_control_openapi() -> dict[str, Any]:
    """Load the OpenAPI document of the control API."""
    return _load_openapi("control")


def _bind_provider(provider: Provider) -> BoundProvider:
    document: Callable[[], dict[str, Any]] = cache(partial(_load_vendor_openapi, provider))
    validator = openapi_checks.build_validator_factory(document)
    names = [endpoint.operation for endpoint in provider.endpoints]
    return BoundProvider(
        provider,
        {name: openapi_checks.build_check(validator, name) for name in names},
        document,
        lambda name: openapi_checks.request_examples(document(), name),
        openapi_checks.build_acceptor(validator),
        lambda name: openapi_checks.request_form(document(), name),
        lambda name: outline_operation(document(), name),
    )


def _load_vendor_openapi(provider: Provider) -> dict[str, Any]:
    return add_evidence(_load_openapi(provider.name), provider)


def _load_openapi(name: str) -> dict[str, Any]:
    text = (bundled_folder("schemas") / f"{name}.yaml").read_text("utf-8")
    document: dict[str, Any] = yaml.load(text, _LOADER)  # noqa: S506 - one of the safe loaders
    return document
