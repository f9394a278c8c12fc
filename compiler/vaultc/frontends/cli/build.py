"""`vaultc build` and `vaultc serve`."""

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import click

from vaultc import disk
from vaultc.config import Project
from vaultc.diagnostics import Diagnostic, Severity
from vaultc.errors import VaultcError
from vaultc.frontends.cli import output
from vaultc.publish import unchanged
from vaultc.session import Session
from vaultc.text import safe


@click.command()
@click.argument("path", type=click.Path(path_type=Path), default=Path())
@click.option(
    "--site-dir", type=click.Path(path_type=Path, file_okay=False), help="Where the site goes.  [default: build/site]"
)
@click.option(
    "--engine", type=click.Choice(["mkdocs", "zensical"]), help="The generator.  [default: the configured one]"
)
@click.option(
    "--strict", is_flag=True, help="Stop with exit code 1, before anything is published, when there are errors."
)
@click.option("--clean", is_flag=True, help="Forget what earlier builds kept.")
def build(
    path: Path, site_dir: Path | None, engine: Literal["mkdocs", "zensical"] | None, strict: bool, clean: bool
) -> None:
    """Build the site of the vault at PATH. No note is executed."""
    import shutil
    import warnings

    session = Session.open(path)
    project = session.project
    output.remind(project)
    session.progress = output.progress
    if (engine or project.config.engine) == "zensical":
        raise VaultcError(
            "zensical is not supported yet: build with mkdocs, or point zensical at the object files in build/docs"
        )
    if clean:
        disk.claim(project.output("docs"))
        for kept in ("cache", "docs"):
            shutil.rmtree(project.output(kept), ignore_errors=True)
    last = unchanged.Last(project, _configured(project), site_dir)
    built = last.find(session.scan)
    errors = _report(session, session.diagnostics)
    if strict and errors:
        output.note("nothing was built: --strict allows no errors")
        raise SystemExit(1)
    if built:
        output.note(f"{built.notes} notes → {_short(Path(built.site))}, nothing changed")
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from vaultc.publish import mkdocs

    _log()
    file = mkdocs.configuration(project)
    if site_dir is None and (project.folder is None or file.parent != project.folder):
        site_dir = Path("build/site")
    config = mkdocs.load(file, site_dir.absolute() if site_dir else None)
    config.strict = False
    plugin = config.plugins.get("vaultc")
    if plugin is None:
        raise click.ClickException(f"{file}: add `vaultc` to `plugins`")
    plugin.session = session
    last.forget()
    mkdocs.build(config)
    faults = _report(session, plugin.findings)
    if plugin.whole:
        output.note(
            f"every page was rendered: vaultc cannot tell what pages are made of with {'; '.join(plugin.whole)}"
        )
    count = len([n for n in session.vault.notes.values() if n.published])
    anew = "" if plugin.rendered is None else f", {plugin.rendered} pages rendered"
    output.note(f"{count} notes → {_short(Path(config.site_dir))}{anew}")
    if not (plugin.whole or plugin.findings or any(note.snippets for note in session.vault.notes.values())):
        last.save(session.scan, Path(config.site_dir), count, mkdocs.inputs(config))
    if strict and faults:
        raise SystemExit(1)


def _configured(project: Project) -> Path | None:
    """The generator's own configuration in a project, if there is one."""
    own = project.folder and project.folder / "mkdocs.yml"
    return own if own and own.is_file() else None


@click.command()
@click.argument("path", type=click.Path(path_type=Path), default=Path())
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
def serve(path: Path, port: int) -> None:
    """Serve the site of the vault at PATH on this machine, built anew when a note is saved."""
    from vaultc.publish import mkdocs

    session = Session.open(path)
    output.remind(session.project)
    _log(findings=True)
    output.note(f"serving {session.project.name} at http://127.0.0.1:{port}/; Ctrl+C stops")
    mkdocs.serve(mkdocs.configuration(session.project), port)


def _report(session: Session, diagnostics: Iterable[Diagnostic]) -> int:
    """Print what is wrong at warning level or above, briefly; returns the number of errors."""
    found = [d for d in diagnostics if d.severity >= Severity.WARNING]
    for finding in found[:40]:
        place = session.texts.lines(finding.path).position(finding.span.start)
        where = _short(session.project.root / finding.path)
        what = f"{finding.severity} {finding.code} {finding.name}: {safe(finding.message)}"
        output.emit(f"{safe(where)}:{place.line}:{place.column}: {what}\n")
    if len(found) > 40:
        output.emit(f"… and {len(found) - 40} more; `vaultc check` shows all\n")
    return sum(d.severity is Severity.ERROR for d in found)


def _log(*, findings: bool = False) -> None:
    """MkDocs' own words, from warnings up; those about the findings only where they are not printed otherwise."""
    handler = logging.StreamHandler()
    if findings:
        handler.addFilter(lambda record: not record.getMessage().startswith("A 'dirty' build"))  # meant, in a preview
    else:
        handler.addFilter(lambda record: record.levelno < logging.ERROR)  # the command's own message says it
    handler.addFilter(output.plain)
    handler.setFormatter(logging.Formatter("mkdocs: %(message)s"))
    logger = logging.getLogger("mkdocs")
    logger.handlers = [handler]
    logger.propagate = False
    logger.setLevel(logging.WARNING)
    logging.getLogger("mkdocs.plugins.vaultc").setLevel(logging.WARNING if findings else logging.CRITICAL)


def _short(path: Path) -> str:
    import os

    relative = os.path.relpath(path)
    return str(path) if relative.startswith("../..") else relative
