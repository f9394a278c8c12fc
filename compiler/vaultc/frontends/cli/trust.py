"""`vaultc trust`: say that a project's configuration is one's own."""

from pathlib import Path

import click

from vaultc import trust as store
from vaultc.config import locate
from vaultc.errors import VaultcError
from vaultc.frontends.cli.output import emit
from vaultc.text import safe

_SHOWN = 100  # signs of a setting


@click.command()
@click.argument("path", type=click.Path(path_type=Path), default=Path())
@click.option("--forget", is_flag=True, help="Trust the project no more.")
def trust(path: Path, forget: bool) -> None:
    """Let the project at PATH run its hooks, templates and plugins, and read a vault outside its folder.

    Without it a project's configuration is read for data only. What you trust is kept with your own state, not in the project; a
    setting or a file of them that changes asks again.
    """
    from vaultc.publish import settings

    project = locate(path, trusted=True)
    if project.folder is None:
        raise VaultcError(f"{path}: no project: a folder of notes without a configuration needs no trust")
    if forget:
        known = store.forget(project.folder)
        emit(f"{project.folder}: {'trusted no more' if known else 'was not trusted'}\n")
        return
    needs = {**project.needs, **(settings.read(project.mkdocs).needs() if project.mkdocs else {})}
    if not needs:
        emit(f"{project.folder}: nothing in this project needs trust\n")
        return
    store.grant(project.folder, needs)
    lines = (f"  {safe(name)}: {safe(_short(what))}\n" for name, what in needs.items())
    emit(f"{project.folder}: trusted with\n{''.join(lines)}")


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
