"""What a server with `--https` opens: its authority, made or found, and its port for TLS."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext
from datetime import UTC, datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from socket import socket
from typing import TYPE_CHECKING, Final, NamedTuple

from mockserver.core.address_policy import AddressPolicy
from mockserver.core.bound_provider import BoundProvider
from mockserver.delivery.target_resolver import TargetResolver
from mockserver.settings import Settings, SettingsError
from mockserver.web.hosts import has_host, hosts_by_provider
from mockserver.web.server.https import Https
from mockserver.web.server.uvicorn_server import LOOPBACK_HOSTS, bind_socket

if TYPE_CHECKING:
    from mockserver.tls.authority import Authority

HOST_NAME: Final = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")
PUBLIC_ONLY: Final = AddressPolicy(allow=("public",))
OWN_NAME: Final = "localhost"
INSTALL: Final = "https needs the package cryptography: pip install 'call-mockserver[https]'"


class HttpsParts(NamedTuple):
    """What a server with `--https` has.

    `hosts` are the vendors', in which `*` matches any text. `listener` is the socket of
    `--https-port`.
    """

    https: Https
    hosts: tuple[str, ...]
    listener: socket | None


def check_https_settings(settings: Settings) -> None:
    """Check the settings around `--https`, and that its package is installed.

    Raises:
        SettingsError: one of them is invalid.
    """
    if not settings.https:
        given = (settings.https_port, settings.ca_dir or None, settings.proxy_pass or None)
        for name, value in zip(("https-port", "ca-dir", "proxy-pass"), given, strict=True):
            if value is not None:
                raise SettingsError(f"{name} goes with --https")
        return
    if settings.tls_cert:
        raise SettingsError(
            "https and tls-cert exclude each other: --https makes its certificates itself"
        )
    if settings.https_port and settings.https_port == settings.port:
        raise SettingsError(f"https-port {settings.https_port} is the port of the server itself")
    _check_passed_hosts(settings)
    if find_spec("cryptography") is None:
        raise SettingsError(INSTALL)


def _check_passed_hosts(settings: Settings) -> None:
    if settings.proxy_pass and settings.host not in LOOPBACK_HOSTS:
        raise SettingsError(
            "proxy-pass needs a server that only this machine reaches: --host 127.0.0.1"
        )
    for host in settings.proxy_pass:
        if not HOST_NAME.fullmatch(host):
            raise SettingsError(
                f"proxy-pass {host!r} is no host name: one without scheme, port and path is, "
                "such as api.stripe.com"
            )


@contextmanager
def open_https(
    settings: Settings, providers: Mapping[str, BoundProvider], say: Callable[[str], None]
) -> Iterator[HttpsParts | None]:
    """Bind `--https-port` and make or find the authority; None without `--https`.

    Raises:
        OSError: the port cannot be bound; its `filename` is `https-port`.
        SettingsError: the folder of the authority is unusable, or a passed host is emulated.
    """
    if not settings.https:
        yield None
        return
    hosts = vendor_hosts(providers)
    for host in settings.proxy_pass:
        if has_host(hosts, host):
            raise SettingsError(f"proxy-pass {host!r} is a host that this server emulates")
    listener = _bind_tls_socket(settings)
    resolver = TargetResolver(PUBLIC_ONLY)
    with closing(listener) if listener else nullcontext(), closing(resolver):
        authority = _find_authority(settings.ca_dir, hosts, say)
        port = listener.getsockname()[1] if listener else 0
        https = _build_https(authority, hosts, resolver, settings.proxy_pass, port)
        yield HttpsParts(https, hosts, listener)


def vendor_hosts(providers: Mapping[str, BoundProvider]) -> tuple[str, ...]:
    return tuple(host for hosts in hosts_by_provider(providers).values() for host in hosts)


def _bind_tls_socket(settings: Settings) -> socket | None:
    if settings.https_port is None:
        return None
    try:
        return bind_socket(settings.host, settings.https_port)
    except OSError as error:
        raise OSError(error.errno, error.strerror, "https-port") from None


def _build_https(
    authority: "Authority",
    hosts: tuple[str, ...],
    resolver: TargetResolver,
    passed_hosts: tuple[str, ...],
    port: int,
) -> Https:
    from mockserver.tls.leaves import Leaves  # noqa: PLC0415 - needs a package of the extra `https`
    from mockserver.tls.trust_store import build_trust_store, system_authorities  # noqa: PLC0415 - as above

    def is_emulated(name: str) -> bool:
        return name == OWN_NAME or has_host(hosts, name)

    return Https(
        context=Leaves(authority, is_emulated, _read_clock).context,
        is_emulated=is_emulated,
        root_pem=authority.root_pem,
        build_trust_store=cache(lambda: build_trust_store(authority.root, system_authorities())),
        resolve=resolver.resolve,
        passed_hosts=passed_hosts,
        port=port,
    )


def _find_authority(folder: str, hosts: tuple[str, ...], say: Callable[[str], None]) -> "Authority":
    """Return the authority of the folder, or a new one if that has none for these hosts."""
    from mockserver.tls.authority import create_authority, serves  # noqa: PLC0415 - as above
    from mockserver.tls.certificates import permitted_names  # noqa: PLC0415 - as above
    from mockserver.tls.kept_authority import (  # noqa: PLC0415 - as above
        UnusableFolder,
        find_authority,
        keep_authority,
        write_root,
    )

    names, now = permitted_names(hosts), _read_clock()
    if not folder:
        return create_authority(names, now)
    try:
        kept = find_authority(Path(folder))
        if kept and serves(kept, names, now):
            write_root(Path(folder), kept)
            return kept
        new = keep_authority(Path(folder), create_authority(names, now), replaces=kept is not None)
    except UnusableFolder as error:
        raise SettingsError(f"ca-dir: {error}") from None
    reason = "the earlier one is too old or for other hosts" if kept else "the folder had none"
    say(f"https: a new authority is in {folder}, as {reason}")
    return new


def _read_clock() -> datetime:
    return datetime.now(UTC)
