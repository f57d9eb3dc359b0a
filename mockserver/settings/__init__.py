"""Settings of the server, from command-line flags and MOCKSERVER_* environment variables."""

import os
import re
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from mockserver.settings.options import OPTIONS, Option
from mockserver.settings.values import (
    SettingsError,
    parse_durable,
    parse_flag,
    parse_https_port,
    parse_log_format,
    parse_origins,
    parse_pair,
    parse_port,
    parse_start,
    parse_store,
    parse_time_to_live,
    parse_webhook,
)

__all__ = ["OPTIONS", "Option", "Settings", "SettingsError", "parse_settings"]

INJECTED_PORT: Final = re.compile(r"tcp://\S+")
"""What Docker and Kubernetes set as MOCKSERVER_PORT for a service named `mockserver`."""


class Settings(NamedTuple):
    """The value of each option.

    `store` is the path of a SQLite file, empty for memory. `sandbox_ttl` is in real seconds, None
    for the default. `start` is in ms since 1970 UTC, None
    for now. `https_port` is None for none. An empty `seed` is drawn at the start. `webhook` maps a
    provider to a URL. `quirk` has pairs of provider and quirk, `webhook_rewrite` pairs of the host
    name in a URL and the one that replaces it.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    webhook: Mapping[str, str] = MappingProxyType({})
    scenarios: tuple[str, ...] = ()
    load: str = ""
    store: str = ""
    durable: str = "engine"
    sandbox_ttl: float | None = None
    store_key: str = ""
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
    trace_webhooks: bool = False
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
    values = {
        option.name: _PARSERS[option.name](_option_values(option, flags, environment))
        for option in OPTIONS
    }
    number_plan = not values.pop("no_number_plan")
    return Settings(number_plan=number_plan, start=values.pop("start_at"), **values)


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


def _first(parse: Callable[[str], Any]) -> Callable[[list[str]], Any]:
    return lambda texts: parse(texts[0])


def _each(parse: Callable[[str], Any]) -> Callable[[list[str]], tuple[Any, ...]]:
    return lambda texts: tuple(map(parse, texts))


def _parse_webhooks(texts: list[str]) -> dict[str, str]:
    return dict(parse_webhook(text) for text in texts)


_PARSERS: Final[Mapping[str, Callable[[list[str]], Any]]] = MappingProxyType(
    {
        "host": _first(str),
        "port": _first(parse_port),
        "webhook": _parse_webhooks,
        "scenarios": tuple,
        "load": _first(str),
        "store": _first(parse_store),
        "durable": _first(parse_durable),
        "sandbox_ttl": _first(parse_time_to_live),
        "store_key": _first(str),
        "watch": parse_flag,
        "no_number_plan": parse_flag,
        "quirk": _each(partial(parse_pair, "quirk")),
        "clock": _first(str),
        "start_at": _first(parse_start),
        "seed": _first(str),
        "token": _first(str),
        "allow_host": tuple,
        "cors": lambda texts: tuple(parse_origins(texts)),
        "webhook_targets": tuple,
        "webhook_rewrite": _each(partial(parse_pair, "webhook-rewrite")),
        "webhook_ca": tuple,
        "trace_webhooks": parse_flag,
        "https": parse_flag,
        "https_port": _first(parse_https_port),
        "ca_dir": _first(str),
        "proxy_pass": _each(str.lower),
        "tls_cert": _first(str),
        "tls_key": _first(str),
        "public_url": _first(str),
        "log_format": _first(parse_log_format),
        "open": parse_flag,
        "quiet": parse_flag,
    }
)
"""Name of an option -> what parses its texts."""
