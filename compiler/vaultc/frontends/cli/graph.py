"""`vaultc graph`: the links of a vault as data or as a picture."""

from collections.abc import Mapping
from pathlib import Path

import click

from vaultc.frontends.cli.output import emit, remind
from vaultc.publish.graphs import FORMATS, GraphFormat, render
from vaultc.session import Session
from vaultc.text import Language

# In the page, what a note says stands in a script, as JSON.
_LANGUAGES: Mapping[GraphFormat, Language] = {
    "text": "text",
    "json": "json",
    "graphml": "xml",
    "gexf": "xml",
    "html": "json",
}


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
    emit(render(session.vault, form), output, _LANGUAGES[form])
