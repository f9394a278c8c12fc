"""`vaultc build` and `vaultc serve`."""

import logging
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import get_args

import click

from vaultc import disk
from vaultc.config import ADDRESS, Generator, Project
from vaultc.diagnostics import Diagnostic, Severity
from vaultc.errors import VaultcError
from vaultc.frontends.cli import output
from vaultc.publish import unchanged
from vaultc.publish.engine import Target
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
    "--site-url", envvar="VAULTC_SITE_URL", default="", help="The address of the site.  [default: the configured one]"
)
@click.option("--offline", is_flag=True, help="Make a site that is read from a disk, without a server.")
@click.option("--engine", type=click.Choice(get_args(Generator)), help="The generator.  [default: the configured one]")
@click.option(
    "--strict", is_flag=True, help="Stop with exit code 1, before anything is published, when there are errors."
)
@click.option("--clean", is_flag=True, help="Forget what earlier builds kept.")
@_TRUST
def build(
    path: Path,
    site_dir: Path | None,
    site_url: str,
    offline: bool,
    engine: Generator | None,
    strict: bool,
    clean: bool,
    trust: bool,
) -> None:
    """Build the site of the vault at PATH. No note is executed."""
    if site_url and not ADDRESS.fullmatch(site_url):
        raise VaultcError(f"--site-url {safe(site_url)}: give an address that begins with https://")
    target = Target(site_dir.absolute() if site_dir else None, site_url, offline)
    session = Session.open(path, trusted=trust)
    project = session.project
    output.remind(project)
    session.progress = output.progress
    generator = engine or project.config.engine
    if clean:
        _forget(project)
    last = unchanged.Last(project, generator, project.mkdocs, target)
    built = last.find(session.scan)
    _unheeded(project, generator, site_dir)
    errors = _report(session, session.diagnostics)
    if strict and errors:
        output.note("nothing was built: --strict allows no errors")
        raise SystemExit(1)
    if built:
        output.note(f"{built.notes} notes → {_short(Path(built.site))}, nothing changed")
        return
    if _publish(session, generator, last, target) and strict:
        raise SystemExit(1)


def _forget(project: Project) -> None:
    """Remove what earlier builds kept."""
    import shutil

    from vaultc.publish.zensical import workshop

    disk.claim(project.output("docs"))
    for kept in (project.output("cache"), project.output("docs"), workshop(project)):
        shutil.rmtree(kept, ignore_errors=True)


def _publish(session: Session, generator: Generator, last: unchanged.Last, target: Target) -> int:
    """Make the site and say what was done; returns the number of notes that could not become pages."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from vaultc.publish.engine import engine

    _log()
    if target.site_dir is None and session.project.mkdocs is None:
        target = replace(target, site_dir=Path("build/site").absolute())
    last.forget()
    published = session.publish(engine(generator, session.project, target))
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
    _unheeded(session.project, "mkdocs", None)
    if session.project.config.engine != "mkdocs":
        output.note(f"the preview is made by mkdocs; `vaultc build` uses {session.project.config.engine}")
    output.note(f"serving {session.project.name} at http://127.0.0.1:{port}/; Ctrl+C stops")
    mkdocs.serve(file, port)


def _unheeded(project: Project, generator: Generator, site_dir: Path | None) -> None:
    """Say which settings were not heeded, and what to do: in one line those that ask for trust, in one those that the generator
    cannot use. One that the command line sets anyway needs no word."""
    asked: tuple[str, ...] = project.ignored
    if project.mkdocs and (generator == "zensical" or not project.trusted):
        from vaultc.publish import settings  # slow to import

        if generator == "zensical":
            unknown = tuple(settings.read(project.mkdocs).refused)
            _name(project, unknown, "zensical does not heed", "if you need them: build with --engine mkdocs")
        else:
            asked = settings.ignored(project)
    asked = tuple(name for name in asked if not (site_dir and name == "site_dir"))
    trust = f"if the project is yours: vaultc trust {shlex.quote(str(project.folder))}"
    _name(project, asked, "not trusted, so not heeded", trust)


def _name(project: Project, names: Sequence[str], what: str, help: str) -> None:
    if names:
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        output.note(f"{project.folder}: {what}: {', '.join(names[:_NAMED])}{more}; {help}")


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
