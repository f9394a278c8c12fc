"""`vaultc graph`: the links of a vault as data or as a picture."""

import os
from pathlib import Path

import click

from vaultc.errors import VaultcError
from vaultc.frontends.cli.output import remind
from vaultc.publish.graphs import FORMATS, GraphFormat, render
from vaultc.session import Session


@click.command()
@click.argument("path", type=click.Path(path_type=Path), default=Path())
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="html is one self-contained file.",
)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file instead of stdout.")
def graph(path: Path, form: GraphFormat, output: Path | None) -> None:
    """Print the graph of notes and links of the vault at PATH.

    Each note has its place in a drawing, PageRank, betweenness and community; missing notes are in it, too.
    """
    session = Session.open(path)
    remind(session.project)
    text = render(session.vault, form)
    if output is None:
        click.echo(text, nl=False)
    else:
        _write(output, text)


def _write(output: Path, text: str) -> None:
    """Write beside the target and rename, so that an interrupted run leaves the old file."""
    partial = output.with_name(f".{output.name[:40]}.{os.getpid()}.part")
    try:
        try:
            partial.write_text(text, encoding="utf-8", newline="\n")
            partial.replace(output)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as fault:
        raise VaultcError(f"{output}: {fault.strerror}: choose another --output") from None
