"""`mockserver ca`: show the authority that a folder keeps for `--https`, or remove it."""

from importlib.util import find_spec
from pathlib import Path

import click

from mockserver.cli import BAD_USAGE, end

NONE_THERE = 1
INSTALL = "ca needs the package cryptography: pip install 'call-mockserver[https]'"


@click.command("ca")
@click.option(
    "--ca-dir",
    metavar="DIR",
    required=True,
    envvar="MOCKSERVER_CA_DIR",
    type=click.Path(path_type=Path),
    help="folder that keeps the authority  (MOCKSERVER_CA_DIR)",
)
@click.option("--remove", is_flag=True, help="remove the authority")
def command(ca_dir: Path, *, remove: bool) -> None:
    """Show path, fingerprint and PEM of the authority that `serve --https --ca-dir` keeps.

    Exit with 1 if there is none.
    """
    if find_spec("cryptography") is None:
        end(f"mockserver: {INSTALL}", BAD_USAGE)
    (_remove if remove else _show)(ca_dir)


def _show(folder: Path) -> None:
    from mockserver.tls.kept_authority import ROOT_FILE, UnusableFolder, find_authority  # noqa: PLC0415 - needs a package of the extra `https`

    try:
        authority = find_authority(folder)
    except UnusableFolder as error:
        end(f"mockserver: ca-dir: {error}", BAD_USAGE)
    if authority is None:
        end(
            f"mockserver: no authority is in {folder}: "
            f"`mockserver serve --https --ca-dir {folder}` makes one",
            NONE_THERE,
        )
    click.echo(f"path: {folder / ROOT_FILE}")
    click.echo(f"SHA-256 fingerprint: {authority.fingerprint}")
    click.echo(f"valid until: {authority.root.not_valid_after_utc:%Y-%m-%d %H:%M} UTC")
    click.echo(authority.root_pem.decode(), nl=False)


def _remove(folder: Path) -> None:
    from mockserver.tls.kept_authority import remove_authority  # noqa: PLC0415 - as above

    try:
        is_removed = remove_authority(folder)
    except OSError as error:
        end(f"mockserver: ca-dir: {error.filename} cannot be removed: {error.strerror}", BAD_USAGE)
    if not is_removed:
        end(f"mockserver: no authority is in {folder}", NONE_THERE)
    click.echo(f"removed the authority in {folder}")
