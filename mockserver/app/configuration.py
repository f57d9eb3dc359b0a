"""Check the settings that the compiler does not know, and build the configuration."""

from pathlib import Path

from mockserver.compiler import build_configuration
from mockserver.core.configuration import Configuration
from mockserver.runtime.clock import MODES, parse_rate
from mockserver.settings import Settings, SettingsError


def load_configuration(settings: Settings) -> Configuration:
    """Check the settings of clock and TLS, then build the configuration.

    Raises:
        SettingsError: a setting is invalid.
        InvalidFiles: as `build_configuration`.
    """
    if parse_rate(settings.clock) is None:
        raise SettingsError(f"clock {settings.clock!r} is no mode: {MODES}")
    if bool(settings.tls_cert) != bool(settings.tls_key):
        raise SettingsError("tls-cert and tls-key go together")
    for name in filter(None, (settings.tls_cert, settings.tls_key)):
        if not Path(name).is_file():
            raise SettingsError(f"tls: there is no file {name}")
    return build_configuration(settings)
