"""`vaultc build` and `vaultc serve`."""

import logging
import shlex
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

_NAMED = 6  # settings in one line
_TRUST = click.option(
    "--trust", is_flag=True, help="Use all of the project's configuration this time, hooks and templates too."
)


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
@_TRUST
def build(
    path: Path,
    site_dir: Path | None,
    engine: Literal["mkdocs", "zensical"] | None,
    strict: bool,
    clean: bool,
    trust: bool,
) -> None:
    """Build the site of the vault at PATH. No note is executed."""
    session = Session.open(path, trusted=trust)
    project = session.project
    output.remind(project)
    session.progress = output.progress
    if (engine or project.config.engine) == "zensical":
        raise VaultcError(
            "zensical is not supported yet: build with mkdocs, or point zensical at the object files in build/docs"
        )
    if clean:
        _forget(project)
    last = unchanged.Last(project, project.mkdocs, site_dir)
    built = last.find(session.scan)
    _untrusted(project, site_dir)
    errors = _report(session, session.diagnostics)
    if strict and errors:
        output.note("nothing was built: --strict allows no errors")
        raise SystemExit(1)
    if built:
        output.note(f"{built.notes} notes → {_short(Path(built.site))}, nothing changed")
        return
    if _publish(session, last, site_dir) and strict:
        raise SystemExit(1)


def _forget(project: Project) -> None:
    """Remove what earlier builds kept."""
    import shutil

    disk.claim(project.output("docs"))
    for kept in ("cache", "docs"):
        shutil.rmtree(project.output(kept), ignore_errors=True)


def _publish(session: Session, last: unchanged.Last, site_dir: Path | None) -> int:
    """Make the site and say what was done; returns the number of notes that could not become pages."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from vaultc.publish import mkdocs

    _log()
    if site_dir is None and session.project.mkdocs is None:
        site_dir = Path("build/site")
    last.forget()
    published = session.publish(mkdocs.MkDocs(session.project, site_dir.absolute() if site_dir else None))
    faults = _report(session, published.findings)
    if published.whole:
        why = "; ".join(published.whole)
        output.note(f"every page was rendered: vaultc cannot tell what pages are made of with {why}")
    notes = session.vault.notes.values()
    count = sum(note.published for note in notes)
    anew = "" if published.rendered is None else f", {published.rendered} pages rendered"
    output.note(f"{count} notes → {_short(published.site)}{anew}")
    if not (published.whole or published.findings) and unchanged.follows(session.vault):
        last.save(session.scan, published.site, count, published.inputs)
    return faults


@click.command()
@click.argument("path", type=click.Path(path_type=Path), default=Path())
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@_TRUST
def serve(path: Path, port: int, trust: bool) -> None:
    """Serve the site of the vault at PATH on this machine, built anew when a note is saved."""
    from vaultc.publish import mkdocs

    session = Session.open(path, trusted=trust)
    output.remind(session.project)
    _log(findings=True)
    file = mkdocs.configuration(session.project)
    _untrusted(session.project, None)
    output.note(f"serving {session.project.name} at http://127.0.0.1:{port}/; Ctrl+C stops")
    mkdocs.serve(file, port)


def _untrusted(project: Project, site_dir: Path | None) -> None:
    """Say in one line which settings were not heeded, and what to do. One that the command line sets anyway needs no word."""
    names = project.ignored
    if project.mkdocs and not project.trusted:
        from vaultc.publish import settings  # slow to import

        names = settings.ignored(project)
    ignored = [name for name in names if not (site_dir and name == "site_dir")]
    if ignored:
        more = f" and {len(ignored) - _NAMED} more" if len(ignored) > _NAMED else ""
        output.note(
            f"{project.folder}: not trusted, so not heeded: {', '.join(ignored[:_NAMED])}{more}; "
            f"if the project is yours: vaultc trust {shlex.quote(str(project.folder))}"
        )


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
