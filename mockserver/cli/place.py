"""`mockserver place`: send a sample request to a running server, as a client would."""

import json
from difflib import get_close_matches
from typing import Any
from urllib.parse import quote

import click

from mock_calls.http_exchange import HttpRequest, HttpResponse
from mock_calls.transport import FIRST_ERROR, problem_detail
from mockserver.cli import end
from mockserver.cli.connection import Server, with_server_options
from mockserver.cli.control import ask, send

DEFAULT_SANDBOX = "default"
TEXT_TYPES = ("text/", "application/json", "application/problem+json", "application/xml")
HELP = {"help_option_names": ["-h", "--help"]}


def _parse_changes(
    _: click.Context, __: click.Parameter, texts: tuple[str, ...]
) -> dict[str, object]:
    """Return path -> value of `name=text` and `name:=JSON`."""
    changes = dict[str, object]()
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.rstrip(":"):
            raise click.BadParameter(f"{text!r} is neither name=text nor name:=JSON")
        changes[name.rstrip(":")] = _parse_json(value) if name.endswith(":") else value
    return changes


def _parse_json(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is not JSON: {error}; name=text sends a text") from None


def _check_scenario(_: click.Context, __: click.Parameter, text: str | None) -> str | None:
    if text and not (text.isascii() and text.isprintable()):
        raise click.BadParameter(f"{text!r} is no name of a scenario")
    return text


@click.command("place", context_settings=HELP)
@click.argument("provider")
@click.argument("operation", required=False)
@click.option(
    "--scenario",
    metavar="NAME",
    callback=_check_scenario,
    help="scenario that decides how the call goes",
)
@click.option("--to", metavar="NUMBER", help="number of the callee")
@click.option(
    "--set",
    "changes",
    metavar="NAME=TEXT",
    multiple=True,
    callback=_parse_changes,
    help="set a field, such as calls.0.start-time=...; NAME:=JSON sets other types (repeatable)",
)
@click.option(
    "--account",
    metavar="NAME",
    help="account that sends the request, instead of the first that can",
)
@with_server_options
def command(  # noqa: PLR0913 - one for each option
    server: Server,
    provider: str,
    operation: str | None,
    *,
    scenario: str | None,
    to: str | None,
    changes: dict[str, object],
    account: str | None,
) -> None:
    """Send a sample request that the vendor accepts, and print the response and the call.

    Without OPERATION, the request is for the first operation of PROVIDER, which places a call. If
    an operation needs an earlier object, such as a call, the request names the newest one of the
    sandbox. If there is none, the command says what to place first.
    """
    _tell_of_new_sandbox(server)
    body = {"account": account, "to": to, "fields": changes}
    given = {name: value for name, value in body.items() if value}
    operation = operation or _first_operation(server, provider)
    path = f"/samples/{quote(provider, safe='')}/{quote(operation, safe='')}"
    sample = ask(server, "POST", path, given)
    headers = {**sample["headers"], **({"x-mock-scenario": scenario} if scenario else {})}
    content = (sample["body"] or "").encode()
    answer = send(server, HttpRequest(sample["method"], sample["path"], headers, content))
    _print_answer(sample, answer)


def _tell_of_new_sandbox(server: Server) -> None:
    """Say on standard error that the request creates the sandbox, with the nearest one there is."""
    if server.sandbox == DEFAULT_SANDBOX:
        return
    listed = ask(server._replace(sandbox=DEFAULT_SANDBOX), "GET", "/sandboxes")["sandboxes"]
    names = [each["name"] for each in listed]
    if server.sandbox not in names:
        nearest = get_close_matches(server.sandbox, names, 1)
        hint = f"did you mean {nearest[0]!r}?" if nearest else "no other has such a name"
        click.echo(f"mockserver: sandbox {server.sandbox!r} is new: {hint}", err=True)


def _first_operation(server: Server, provider: str) -> str:
    """Return the first operation of the provider; of an unknown one, any, which the server says."""
    providers = ask(server._replace(sandbox=DEFAULT_SANDBOX), "GET", "/providers")["providers"]
    first = {each["name"]: each["operations"][0]["name"] for each in providers}
    return str(first.get(provider, "any"))


def _print_answer(sample: dict[str, Any], answer: HttpResponse) -> None:
    headers = answer.headers
    if "x-mock-problem" in headers:
        end(f"mockserver: {problem_detail(answer)}")
    path = sample["path"].partition("?")[0]  # a query can have a credential
    click.echo(f"{headers.get('x-mock-request', '')} {sample['method']} {path}".lstrip())
    click.echo(f"{answer.status} {_body_text(answer)}".rstrip())
    for call in filter(None, headers.get("x-mock-call", "").replace(",", " ").split()):
        click.echo(f"call {call}")
    if "x-mock-ignored" in headers:
        click.echo(f"ignored: {headers['x-mock-ignored']}", err=True)
    if "x-mock-fault" in headers or answer.status >= FIRST_ERROR:
        reason = headers.get("x-mock-explain") or headers.get("x-mock-fault", "no reason is known")
        end(f"mockserver: the vendor refuses it: {reason}")


def _body_text(answer: HttpResponse) -> str:
    media_type = answer.headers.get("content-type", "").partition(";")[0]
    if answer.body and not media_type.startswith(TEXT_TYPES):
        return f"{len(answer.body)} bytes of {media_type or 'no type'}"
    return answer.body.decode(errors="replace")
