"""`mockserver ordeal`: try a receiver of webhooks with all that can happen to a webhook."""

import os
import secrets
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from urllib.parse import urlsplit

import click

from mockserver.cli import BAD_USAGE, end
from mockserver.cli.started_server import start_server
from mockserver.settings import SettingsError, parse_settings

WRONG: Final = 1
KEPT: Final = "mockserver-ordeal"
NOT_REPEATED: Final = ("only", "seed")
"""Options that a command which plays one case again, with new ids, has anew or not at all."""

FORMS: Final = ("text", "json", "junit")


@click.command("ordeal")
@click.option("--to", metavar="URL", default="", help="the receiver")
@click.option("--provider", metavar="NAME", required=True, help="whose webhooks it receives")
@click.option(
    "--app",
    metavar="CMD|URL",
    default="",
    help="lets the application place one call: a command, or a URL to POST to",
)
@click.option(
    "--probe",
    metavar="CMD|URL",
    default="",
    help="counts the effects of calls: a command, or a URL to GET",
)
@click.option("--format", "form", type=click.Choice(FORMS), default="text", show_default=True)
@click.option("--only", metavar="CASE", multiple=True, help="this case, beside the clean one")
@click.option("--seed", metavar="TEXT", default="", help="same seed: same ids; else it is drawn")
@click.option("--port", metavar="NUMBER", default="", help="of the server, else a free one")
@click.option("--scenarios", metavar="PATH", multiple=True, help="files with your accounts")
@click.option("--webhook-ca", metavar="FILE", default="", help="PEM certificates to trust, too")
@click.option(
    "--keep",
    metavar="DIR",
    default=KEPT,
    show_default=True,
    help="where the logs of inputs of wrong cases go, and the report as JSON",
)
def command(form: str, keep: str, **options: Any) -> None:
    """Try a receiver with copies, disorder, loss, delays and damage of a vendor's webhooks.

    Each case is a call with ids of its own. Exit with 0, or with 1 if the receiver does a case
    wrong.
    """
    from mockserver.compiler import InvalidFiles  # noqa: PLC0415 - --help needs none of it
    from mockserver.ordeal.control import OrdealError  # noqa: PLC0415 - as above
    from mockserver.ordeal.kept_files import check_folder, keep_files  # noqa: PLC0415 - as above
    from mockserver.ordeal.masks import mask_text  # noqa: PLC0415 - as above

    try:
        check_folder(Path(keep))
        with TemporaryDirectory() as empty:
            report = _run(options, empty)
        click.echo("\n".join(_render(report, keep, form)))
        keep_files(report, Path(keep), "\n".join(_render(report, keep, "json")))
    except (OrdealError, SettingsError, InvalidFiles) as error:
        end(f"mockserver: {mask_text(str(error), options['seed'])}", BAD_USAGE)
    sys.exit(WRONG if any(verdict.defects for verdict in report.verdicts) else 0)


def _run(options: Mapping[str, Any], empty: str) -> Any:
    """Play all cases on a server of their own.

    Raises:
        OrdealError, SettingsError, InvalidFiles: it cannot be played; the text says why.
    """
    from mockserver.app import describe_providers, run_server  # noqa: PLC0415 - as above
    from mockserver.compiler import load_providers  # noqa: PLC0415 - as above
    from mockserver.ordeal.plan import Plan  # noqa: PLC0415 - as above
    from mockserver.ordeal.runner import run_ordeal  # noqa: PLC0415 - as above
    from mockserver.ordeal.vendors import find_profile  # noqa: PLC0415 - as above

    known = {
        name: bound.provider.ordeal
        for name, bound in load_providers().items()
        if bound.provider.ordeal
    }
    vendor = find_profile(options["provider"], options["only"], known)
    settings = _build_settings(options, empty)
    with start_server(run_server(settings), settings) as origin:
        urls = {
            f"{provider['name'].upper()}_URL": provider["base_url"]
            for provider in describe_providers(origin)
        }
        plan = Plan(
            provider=options["provider"],
            vendor=vendor,
            seed=options["seed"] or secrets.token_hex(3),
            to=options["to"],
            app=options["app"],
            probe=options["probe"],
            authorities=options["webhook_ca"],
            only=options["only"],
            environment={**os.environ, "MOCKSERVER_URL": origin, **urls},
            words=(*_repeat_words(options),),
        )
        return run_ordeal(origin, plan)


def _repeat_words(options: Mapping[str, Any]) -> Iterator[str]:
    """Yield the words of the command, without the cases and the seed."""
    yield from ("mockserver", "ordeal")
    for name, value in options.items():
        values = value if isinstance(value, tuple) else (value,)
        if name not in NOT_REPEATED:
            yield from (
                word for each in values if each for word in (f"--{name.replace('_', '-')}", each)
            )


def _build_settings(options: Mapping[str, Any], empty: str) -> Any:
    """Return the settings of the server; without files of the user's, those of an empty folder.

    Raises:
        SettingsError: an option is not valid; the message says what would be.
    """
    if not options["to"] and not options["app"]:
        raise SettingsError("name the receiver by --to, or the application by --app")
    hosts = (*_find_host(options["to"]),)
    flags = {
        "port": options["port"] or "0",
        "clock": "manual",
        "quiet": True,
        "no_number_plan": not options["app"],
        "scenarios": options["scenarios"] or (empty,),
        "webhook": (f"{options['provider']}={options['to']}",) if hosts else (),
        "webhook_targets": hosts,
        "webhook_ca": options["webhook_ca"] or None,
    }
    return parse_settings(flags, {})


def _find_host(url: str) -> Iterator[str]:
    """Yield the host of a URL, nothing for none.

    Raises:
        SettingsError: it is no URL of HTTP.
    """
    if not url:
        return
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError(f"to {url!r} is no URL such as http://127.0.0.1:3000/webhook")
    yield parts.hostname


def _render(report: Any, keep: str, form: str) -> Iterator[str]:
    from mockserver.ordeal.json_report import render_json  # noqa: PLC0415 - as above
    from mockserver.ordeal.junit_report import render_junit  # noqa: PLC0415 - as above
    from mockserver.ordeal.text_report import render_text  # noqa: PLC0415 - as above

    renderers = {"text": render_text, "json": render_json, "junit": render_junit}
    return renderers[form](report, keep)
