"""`mockserver numbers`: print the number plan with test numbers, or what a number means."""

import sys

import click

from mockserver.cli import BAD_USAGE

NUMBER_PLAN = """\
A number whose last eight digits are 000 O RR TT tells how the leg with that number behaves, on
every provider; blanks, hyphens and brackets do not count. It rings RR seconds, then O:
  0  no plan
  1  answered, talks TT seconds from the beginning of the conversation (00: stays)
  2  busy
  3  no answer
  4  rejected
  5  unreachable
  6  invalid number
  7  answered, presses key K after 5 s, hangs up T times 10 s after answering
     (TT is T K; T 0: stays)
  8  an answering machine takes it
  9  waits for a person
Of two legs with a time, the earlier hangs up. A leg that stays waits until the other side ends the
call; if all legs stay, the call waits for a hangup.
"""

EXAMPLE_DIGITS = (
    "00010230",
    "00020300",
    "00032500",
    "00040400",
    "00050100",
    "00060000",
    "00070231",
    "00082000",
    "00090000",
)


@click.command("numbers")
@click.argument("number", required=False)
@click.option(
    "--for", "provider", metavar="PROVIDER", help="print numbers that this provider accepts"
)
def command(number: str | None, provider: str | None) -> None:
    """Print the number plan, or what NUMBER means."""
    from mockserver.compiler import describe_ends, describe_number, example_number  # noqa: PLC0415 - --help needs none of it

    if number:
        click.echo(f"{number}: {describe_number(number)}")
        for leg, end in describe_ends(number):
            click.echo(f"  as {leg}: {end}")
        return
    click.echo(NUMBER_PLAN)
    try:
        examples = [example_number(digits, provider) for digits in EXAMPLE_DIGITS]
    except LookupError as error:
        click.echo(error.args[0], err=True)
        sys.exit(BAD_USAGE)
    for example in examples:
        click.echo(f"  {example}  {describe_number(example)}")
