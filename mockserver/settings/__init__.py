"""Settings of the server, from command-line flags and MOCKSERVER_* environment variables."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final, NamedTuple

from mockserver.settings.options import OPTIONS, Option

__all__ = ["OPTIONS", "Option", "Settings", "SettingsError", "parse_settings"]

MAX_PORT: Final = 65_535
START_YEARS: Final = range(1970, 9000)
ORIGIN: Final = re.compile(
    r"https?://(\[[0-9A-Fa-f:.]+\]|[\w.-]+)(:[0-9]{1,5})?", re.ASCII | re.IGNORECASE
)
"""The origin of a web page, as the header `Origin` has it."""

INJECTED_PORT: Final = re.compile(r"tcp://\S+")
"""What Docker and Kubernetes set as MOCKSERVER_PORT for a service named `mockserver`."""


class SettingsError(ValueError):
    """An invalid setting; the message names it and says what would be valid."""


class Settings(NamedTuple):
    """The value of each option.

    `start` is in ms since 1970 UTC, None for now. An empty `seed` is drawn at the start. `webhook`
    maps a provider to a URL. `quirk` has pairs of provider and quirk, `webhook_rewrite` pairs of
    the host name in a URL and the one that replaces it.
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
    webhook_ca: str = ""
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
        port=_parse_port(values["port"][0]),
        webhook=dict(_parse_webhook(text) for text in values["webhook"]),
        scenarios=tuple(values["scenarios"]),
        load=values["load"][0],
        watch=_parse_flag(values["watch"]),
        number_plan=not _parse_flag(values["no_number_plan"]),
        quirk=tuple(_parse_pair("quirk", text) for text in values["quirk"]),
        clock=values["clock"][0],
        start=_parse_start(values["start_at"][0]),
        seed=values["seed"][0],
        token=values["token"][0],
        allow_host=tuple(values["allow_host"]),
        cors=tuple(_parse_origins(values["cors"])),
        webhook_targets=tuple(values["webhook_targets"]),
        webhook_rewrite=tuple(
            _parse_pair("webhook-rewrite", text) for text in values["webhook_rewrite"]
        ),
        webhook_ca=values["webhook_ca"][0],
        tls_cert=values["tls_cert"][0],
        tls_key=values["tls_key"][0],
        public_url=values["public_url"][0],
        log_format=_parse_log_format(values["log_format"][0]),
        open=_parse_flag(values["open"]),
        quiet=_parse_flag(values["quiet"]),
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


def _parse_port(text: str) -> int:
    if not (text.isdecimal() and text.isascii() and len(text) <= 5 and int(text) <= MAX_PORT):  # noqa: PLR2004 - the digits of MAX_PORT
        raise SettingsError(f"port {text!r} is no port: a number from 0 to 65535 is")
    return int(text)


def _parse_flag(values: list[str]) -> bool:
    return values[0].lower() in ("1", "true", "yes", "on")


def _parse_log_format(text: str) -> str:
    if text not in ("text", "json"):
        raise SettingsError(f"log-format {text!r} is neither text nor json")
    return text


def _parse_pair(option: str, text: str) -> tuple[str, str]:
    provider, equals, value = text.partition("=")
    if not (provider and equals and value):
        raise SettingsError(f"{option} {text!r} is not NAME=VALUE")
    return provider, value


def _parse_origins(texts: Iterable[str]) -> Iterator[str]:
    """Yield the origins of all lists, as a browser sends them."""
    for origin in ",".join(texts).split(","):
        if not origin:
            continue
        if not ORIGIN.fullmatch(origin):
            raise SettingsError(
                f"cors {origin!r} is no origin: scheme, host and port are, such as "
                "http://localhost:3000, without a path, and no `*`"
            )
        yield origin.lower()


def _parse_webhook(text: str) -> tuple[str, str]:
    provider, url = _parse_pair("webhook", text)
    if not url.startswith(("http://", "https://")):
        raise SettingsError(
            f"webhook {text!r} is not PROVIDER=URL, such as mobtexting=http://localhost"
        )
    return provider, url


def _parse_start(text: str) -> int | None:
    if not text:
        return None
    try:
        start = datetime.fromisoformat(text)
    except ValueError:
        raise SettingsError(f"start-at {text!r} is no ISO 8601 time") from None
    if start.tzinfo is None:
        raise SettingsError(f"start-at {text!r} has no time zone: end it with Z or +05:30")
    if start.year not in START_YEARS:
        raise SettingsError(
            f"start-at {text!r} is not between {START_YEARS.start} and {START_YEARS.stop}"
        )
    return round(start.timestamp() * 1000)
