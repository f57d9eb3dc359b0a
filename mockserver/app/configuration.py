"""Check the settings that the compiler does not know, and build the configuration."""

import ssl
from pathlib import Path

from mockserver.app.https import check_https_settings
from mockserver.compiler import build_configuration
from mockserver.core.configuration import Configuration
from mockserver.delivery.trust import load_authorities
from mockserver.runtime.clock import MODES, parse_rate
from mockserver.settings import Settings, SettingsError


def load_configuration(settings: Settings) -> Configuration:
    """Check the settings of clock, TLS and trust, then build the configuration.

    Raises:
        SettingsError: a setting is invalid.
        InvalidFiles: as `build_configuration`.
    """
    if parse_rate(settings.clock) is None:
        raise SettingsError(f"clock {settings.clock!r} is not a mode: {MODES}")
    if bool(settings.tls_cert) != bool(settings.tls_key):
        raise SettingsError("tls-cert and tls-key need each other: give both, or neither")
    for name in filter(None, (settings.tls_cert, settings.tls_key)):
        if not Path(name).is_file():
            raise SettingsError(f"tls: there is no file {name}")
    check_https_settings(settings)
    for name in settings.webhook_ca:
        _check_authorities(name)
    return build_configuration(settings)


def _check_authorities(file: str) -> None:
    try:
        load_authorities(ssl.create_default_context(), file)
    except FileNotFoundError:
        raise SettingsError(f"webhook-ca: there is no file {file}") from None
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(
            f"webhook-ca: {file} holds no certificates in PEM format ({error})"
        ) from None
