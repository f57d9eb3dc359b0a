"""What the server prints: its ready lines, its log, and the lists of providers and scenarios."""

import json
from collections.abc import Callable
from typing import Any, Final, NamedTuple
from weakref import proxy

from mockserver.app.page_opener import open_page
from mockserver.compiler import count_scenarios
from mockserver.config.registry import load_providers
from mockserver.core.bound_provider import BoundProvider
from mockserver.core.configuration import Configuration
from mockserver.core.evidence_outline import outline_evidence
from mockserver.core.journal import JournalEntry
from mockserver.core.scenario_outline import outline_scenario
from mockserver.core.suggestions import did_you_mean
from mockserver.runtime.sandbox import Sandbox
from mockserver.settings import Settings
from mockserver.web.access_control import OPEN_ACCESS, TOKEN_VARIABLE, AccessControl
from mockserver.web.log_throttle import LogThrottle
from mockserver.web.server.uvicorn_server import ServerAddress

PrintLine = Callable[[str], None]


class LogLook(NamedTuple):
    """How lines of text look: the origin of the inboxes' URLs, and whether there are colors."""

    origin: str = ""
    is_colored: bool = False


PLAIN: Final = LogLook()


def print_ready_lines(
    address: ServerAddress,
    settings: Settings,
    configuration_and_access: tuple[Configuration, AccessControl],
    print_ready: PrintLine,
) -> None:
    """Print the address, the URL of each provider, and who can use the control API.

    That is the token if one was drawn, or that it is open.
    """
    if settings.log_format == "json":
        print_ready(_format_ready_json(address, settings, configuration_and_access))
    else:
        _print_ready_text(address, settings, configuration_and_access, print_ready)
    if settings.open:
        open_page(
            page_url(address),
            lambda text: print_ready(format_message(settings, "page", text)),
        )


def _print_ready_text(
    address: ServerAddress,
    settings: Settings,
    configuration_and_access: tuple[Configuration, AccessControl],
    print_ready: PrintLine,
) -> None:
    configuration, access_control = configuration_and_access
    provider_count = len(configuration.providers)
    providers = f"{provider_count} provider{'s' if provider_count != 1 else ''}"
    summary = f"clock {settings.clock}, seed {configuration.seed}, {providers}"
    scenario_count = count_scenarios(configuration)
    print_ready(
        f"mockserver ready on {address.display_url} ({summary}, {scenario_count} scenarios)"
    )
    for name in configuration.providers:
        print_ready(f"  {name}: {address.display_url}/{name}")
    drawn_token = "" if settings.token else access_control.token
    print_ready(f"  page: {page_url(address, drawn_token)}")
    if settings.https:
        parts = ", ".join(f"{name} {url}" for name, url in _https_urls(address).items())
        print_ready(f"  https: {parts}")
    if drawn_token:
        print_ready(f"  control API: {TOKEN_VARIABLE}={drawn_token}")
    if access_control.token == OPEN_ACCESS:
        print_ready("  control API: open to whoever can reach this address")


def _https_urls(address: ServerAddress) -> dict[str, str]:
    """The proxy of `--https`, the URL of `--https-port` if there is one, and the authority."""
    url = {"url": address.tls_url} if address.tls_url else {}
    return {
        "proxy": address.display_url,
        **url,
        "authority": f"{address.display_url}/_mock/ca.pem",
    }


def page_url(address: ServerAddress, token: str = "") -> str:
    """The URL of the page; a token is in the fragment, which no browser sends."""
    return f"{address.display_url}/_mock/ui/{token and f'#token={token}'}"


def _format_ready_json(
    address: ServerAddress,
    settings: Settings,
    configuration_and_access: tuple[Configuration, AccessControl],
) -> str:
    """Format all that the ready lines say as one line of JSON."""
    configuration, access_control = configuration_and_access
    url = address.display_url
    is_open = access_control.token == OPEN_ACCESS
    is_drawn = access_control.token and not settings.token
    ready = {
        "type": "ready",
        "url": url,
        "clock": settings.clock,
        "seed": configuration.seed,
        "page": page_url(address, access_control.token if is_drawn else ""),
        "providers": {name: f"{url}/{name}" for name in configuration.providers},
        "scenarios": count_scenarios(configuration),
        **({"https": _https_urls(address)} if settings.https else {}),
        **({"control_api": "open"} if is_open else {}),
        **({"token": access_control.token} if is_drawn else {}),
    }
    return json.dumps(ready)


def format_message(settings: Settings, kind: str, text: str) -> str:
    """Format a line that is no journal entry: as it is, or as JSON with `type` and `message`."""
    is_json = settings.log_format == "json"
    return json.dumps({"type": kind, "message": text}) if is_json else text


def add_logger(settings: Settings, log: PrintLine, look: LogLook, sandbox: Sandbox) -> None:
    """Log the journal of a new sandbox, unless the server is quiet."""
    if not settings.quiet:
        sandbox.state.journal.subscribe(build_logger(sandbox, settings, log, look))


def build_logger(
    sandbox: Sandbox, settings: Settings, log: PrintLine, look: LogLook = PLAIN
) -> Callable[[JournalEntry], None]:
    """Build a function that logs journal entries, repeated failures less and less often.

    The JSON format is for programs and has every entry.
    """
    from mockserver.web.views import log_colors, log_lines  # noqa: PLC0415 - not needed by a quiet server

    # the journal keeps what logs it: without a cycle, an ended sandbox is free at once
    state = proxy(sandbox.state)
    if settings.log_format == "json":
        return lambda entry: log(log_lines.format_json_line(entry, state))
    throttle = LogThrottle()

    def log_entry(entry: JournalEntry) -> None:
        text = log_lines.format_line(entry, state, look.origin)
        failure = log_lines.failure_key(entry)
        if failure:
            text = throttle.limit(failure, text)
        if text:
            log(log_colors.color_line(text, entry) if look.is_colored else text)

    return log_entry


def describe_providers(origin: str, name: str | None = None) -> list[dict[str, Any]]:
    """Describe one provider, or all, as `/_mock/providers` of a server at `origin` does.

    Raises:
        LookupError: no provider has this name; it says the nearest one, or all there are.
    """
    from mockserver.web.control import providers  # noqa: PLC0415 - not needed by a server

    return [providers.serialize_provider(bound, origin) for bound in _named(name)]


def describe_evidence(name: str | None) -> tuple[str, ...]:
    """Describe in lines of text what is assumed or observed of one provider, or of all.

    Raises:
        LookupError: no provider has this name; it says the nearest one, or all there are.
    """
    return tuple(line for bound in _named(name) for line in (*outline_evidence(bound.provider), ""))


def _named(name: str | None) -> list[BoundProvider]:
    """Return the provider of this name, all if it is None.

    Raises:
        LookupError: as `describe_evidence`.
    """
    known = load_providers()
    if name is not None and name not in known:
        hint = did_you_mean(name, known) or f"known: {', '.join(known)}"
        raise LookupError(f"no provider is named {name!r}: {hint}")
    return list(known.values()) if name is None else [known[name]]


def describe_scenarios(configuration: Configuration) -> list[dict[str, Any]]:
    """Describe every scenario that has a name of its own as `/_mock/scenarios` does."""
    from mockserver.web.control.scenarios import serialize_scenario  # noqa: PLC0415 - as above

    names = configuration.scenarios.public_names
    return [serialize_scenario(configuration, name) for name in names]


def describe_scenario(configuration: Configuration, name: str) -> tuple[str, ...]:
    """Describe one scenario in lines of text.

    Raises:
        LookupError: no scenario has this name; it says the nearest one, or where to see all.
    """
    _check_name(configuration, name)
    return tuple(outline_scenario(configuration, configuration.scenarios.by_name[name]))


def scenarios_as_json(configuration: Configuration, name: str | None) -> dict[str, Any]:
    """Describe one scenario as `/_mock/scenarios/{name}` does, or all as `/_mock/scenarios`.

    Raises:
        LookupError: as `describe_scenario`.
    """
    from mockserver.web.control.scenarios import serialize_whole_scenario  # noqa: PLC0415 - as above

    if name is None:
        default = configuration.scenarios.default
        return {"default": default, "scenarios": describe_scenarios(configuration)}
    _check_name(configuration, name)
    return serialize_whole_scenario(configuration, name)


def _check_name(configuration: Configuration, name: str) -> None:
    names = configuration.scenarios.public_names
    if name not in names:
        hint = did_you_mean(name, names) or "`mockserver scenarios` lists all"
        raise LookupError(f"no scenario is named {name!r}: {hint}")
