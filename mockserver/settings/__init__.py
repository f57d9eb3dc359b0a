"""Settings of the server, from command-line flags and MOCKSERVER_* environment variables."""

import os
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from mockserver.settings.options import OPTIONS, Option
from mockserver.settings.values import (
    SettingsError,
    parse_flag,
    parse_https_port,
    parse_log_format,
    parse_origins,
    parse_pair,
    parse_port,
    parse_start,
    parse_webhook,
)

__all__ = ["OPTIONS", "Option", "Settings", "SettingsError", "parse_settings"]

INJECTED_PORT: Final = re.compile(r"tcp://\S+")
"""What Docker and Kubernetes set as MOCKSERVER_PORT for a service named `mockserver`."""


class Settings(NamedTuple):
    """The value of each option.

    `start` is in ms since 1970 UTC, None for now. `https_port` is None for none. An empty `seed`
    is drawn at the start. `webhook` maps a provider to a URL. `quirk` has pairs of provider and
    quirk, `webhook_rewrite` pairs of the host name in a URL and the one that replaces it.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    webhook: Mapping[str, str] = MappingProxyType({})
    scenarios: tuple[str, ...] = ()
    load: str = ""
    watch: bool = False
    number_plan: bool = True
    quirk: tuple[tuple[str, str], ...] = ()
    clock: str = "real"
    start: int | None = None
    seed: str = ""
    token: str = ""
    allow_host: tuple[str, ...] = ()
    cors: tuple[str, ...] = ()
    webhook_targets: tuple[str, ...] = ()
    webhook_rewrite: tuple[tuple[str, str], ...] = ()
    webhook_ca: tuple[str, ...] = ()
    https: bool = False
    https_port: int | None = None
    ca_dir: str = ""
    proxy_pass: tuple[str, ...] = ()
    tls_cert: str = ""
    tls_key: str = ""
    public_url: str = ""
    log_format: str = "text"
    open: bool = False
    quiet: bool = False


def parse_settings(
    flags: Mapping[str, object], environment: Mapping[str, str] = os.environ
) -> Settings:
    """Parse the settings; a flag has precedence over a variable, and that over the default.

    Raises:
        SettingsError: for the first invalid setting.
    """
    values = {option.name: _option_values(option, flags, environment) for option in OPTIONS}
    return Settings(
        host=values["host"][0],
        port=parse_port(values["port"][0]),
        webhook=dict(parse_webhook(text) for text in values["webhook"]),
        scenarios=tuple(values["scenarios"]),
        load=values["load"][0],
        watch=parse_flag(values["watch"]),
        number_plan=not parse_flag(values["no_number_plan"]),
        quirk=tuple(parse_pair("quirk", text) for text in values["quirk"]),
        clock=values["clock"][0],
        start=parse_start(values["start_at"][0]),
        seed=values["seed"][0],
        token=values["token"][0],
        allow_host=tuple(values["allow_host"]),
        cors=tuple(parse_origins(values["cors"])),
        webhook_targets=tuple(values["webhook_targets"]),
        webhook_rewrite=tuple(
            parse_pair("webhook-rewrite", text) for text in values["webhook_rewrite"]
        ),
        webhook_ca=tuple(values["webhook_ca"]),
        https=parse_flag(values["https"]),
        https_port=parse_https_port(values["https_port"][0]),
        ca_dir=values["ca_dir"][0],
        proxy_pass=tuple(text.lower() for text in values["proxy_pass"]),
        tls_cert=values["tls_cert"][0],
        tls_key=values["tls_key"][0],
        public_url=values["public_url"][0],
        log_format=parse_log_format(values["log_format"][0]),
        open=parse_flag(values["open"]),
        quiet=parse_flag(values["quiet"]),
    )


def _option_values(
    option: Option, flags: Mapping[str, object], environment: Mapping[str, str]
) -> list[str]:
    flag = flags.get(option.name)
    if flag not in (None, (), False):
        return [str(value) for value in flag] if isinstance(flag, tuple) else [str(flag)]
    text = environment.get(option.variable, option.default)
    if option.name == "port" and INJECTED_PORT.fullmatch(text):
        return [option.default]
    return text.split() if option.kind == "repeatable" else [text]
