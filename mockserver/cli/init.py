"""`mockserver init`: write a commented scenario file and the JSON Schema for editors."""

import json
from pathlib import Path

import click

from mockserver.cli import BAD_USAGE, end

SCENARIO_FILE = "mockserver.yaml"
SCHEMA_FILE = "scenario.schema.json"

TEMPLATE = """\
# yaml-language-server: $schema=./scenario.schema.json
# `mockserver serve` reads this file from the directory in which it is started; `mockserver check`
# tells what is wrong with it. `mockserver scenarios` lists what is bundled.

# The scenario in force when no other matches.
default: answered

accounts:
  shop:
    provider: mobtexting
    credentials: [my-token]         # or `any`; `invalid` and `revoked` are always refused
    # webhooks: {any: "http://localhost:3000/report"}          # where the reports go
    # retry: {waits: [60s, 300s], satisfied_by: [200, 202]}    # one attempt unless set
    # limits: {requests: 10, per: 1s}                          # off unless set
    # balance: "12.50"

scenarios:
  # How legs behave: a word (answered, busy, no-answer, rejected, unreachable, invalid-number,
  # machine, person), or {ring, answer, then, press, say, talk, hangup}. A client asks for a
  # scenario by the header `X-Mock-Scenario: customer-busy`.
  customer-busy: {legs: {callee: {ring: 3s, then: busy}}}

  # A scenario with `match` is in force for each request that matches; here the first redial is
  # answered.
  sleepy-customer:
    match: {callee: "*0402"}
    attempts: [no-answer, answered]

  # How the API responds: a documented fault by its name (`mockserver providers` lists them), once.
  down-once:
    match: {fields: {mid: "chaos-*"}}
    responses: [{refuse: service-unavailable}, pass]

  # How webhooks are delivered: duplicated, late, lost, reordered, corrupt.
  doubled-and-late: {webhooks: {any: {duplicate: 2, after: 10s}}}
"""


@click.command("init")
@click.argument("directory", default=".", type=click.Path(file_okay=False, path_type=Path))
def command(directory: Path) -> None:
    """Write a commented mockserver.yaml into DIRECTORY, and its schema beside it."""
    from mockserver.compiler import load_scenario_schema  # noqa: PLC0415 - --help needs none of it

    scenarios, schema = directory / SCENARIO_FILE, directory / SCHEMA_FILE
    for file in (scenarios, schema):
        if file.exists():
            end(f"{file} already exists, and was not changed", BAD_USAGE)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        scenarios.write_text(TEMPLATE, "utf-8")
        schema.write_text(json.dumps(load_scenario_schema(), indent=2) + "\n", "utf-8")
    except OSError as error:
        end(f"{directory} cannot be written to: {error.strerror}", BAD_USAGE)
    click.echo(f"wrote {scenarios} and {schema}; check it by: mockserver check {scenarios}")
