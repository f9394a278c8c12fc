"""`vaultc check`: what is wrong with a vault, in the format that the reader wants."""

import gc
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vaultc.diagnostics import Diagnostic, Severity, select
from vaultc.errors import VaultcError
from vaultc.frontends import render, watching
from vaultc.frontends.cli import kept
from vaultc.frontends.cli.output import emit, note, progress, remind, tell
from vaultc.frontends.render import count
from vaultc.frontends.report import Report
from vaultc.frontends.scope import ALL, Scope, open_scope
from vaultc.session import Session

if TYPE_CHECKING:
    from vaultc.refactor.fixes import Repair


def _codes(ctx: click.Context, parameter: click.Parameter, value: Sequence[str]) -> frozenset[str] | None:
    """The codes that an option names; None where it is not given."""
    out: set[str] = set()
    for pattern in (part.strip() for text in value for part in text.split(",")):
        meant = select(pattern)
        if pattern and not meant:
            raise click.BadParameter(f"`{pattern}` is no code, name or prefix of one; `vaultc explain` lists them")
        out.update(meant)
    return frozenset(out) if value else None


_LINE = re.compile(r"[^\n]*\n|[^\n]+")  # as `patch` counts them
_FILE = click.Path(path_type=Path, dir_okay=False)


@dataclass(frozen=True, slots=True)
class Options:
    """The command line of `vaultc check`."""

    paths: tuple[Path, ...]
    format: str
    output: Path | None
    fail_on: str | None
    selected: frozenset[str] | None
    ignored: frozenset[str] | None
    baseline: Path | None
    write_baseline: Path | None
    fix: bool
    diff: bool
    watch: bool

    def wants(self, code: str) -> bool:
        """Whether findings of a code were asked for."""
        return (self.selected is None or code in self.selected) and code not in (self.ignored or ())


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option(
    "--format",
    type=click.Choice(render.FORMATS),
    default="human",
    show_default=True,
    help="How to print the findings.",
)
@click.option("--output", type=_FILE, metavar="FILE", help="Write the findings to a file.")
@click.option(
    "--fail-on",
    type=click.Choice(("error", "warning", "info", "never")),
    help="Exit with 1 from this severity on; `error` unless configured.",
)
@click.option(
    "--select",
    "selected",
    multiple=True,
    callback=_codes,
    metavar="CODES",
    help="Only these codes, names or prefixes, comma-separated.",
)
@click.option(
    "--ignore", "ignored", multiple=True, callback=_codes, metavar="CODES", help="Not these codes, names or prefixes."
)
@click.option("--baseline", type=_FILE, metavar="FILE", help="Pass over the findings that this file knows.")
@click.option("--write-baseline", type=_FILE, metavar="FILE", help="Write the present findings to this file.")
@click.option("--fix", is_flag=True, help="Repair what has only one meaning, then report the rest.")
@click.option("--diff", is_flag=True, help="Print what --fix would change, and change nothing.")
@click.option("--watch", is_flag=True, help="Check again whenever a file changes.")
@click.pass_context
def check(ctx: click.Context, /, **values: Any) -> None:
    """Report what is wrong with a vault.

    PATH is a vault, or notes and folders of one; the current folder by default. Names are always resolved in the whole vault.

    Exit status: 0 no finding at or above --fail-on, 1 findings, 2 wrong use or surroundings, 3 a fault of vaultc itself.
    """
    options = Options(**values)
    if options.baseline and options.write_baseline:
        raise click.UsageError("--baseline and --write-baseline exclude each other")
    if options.watch and (options.fix or options.diff or options.write_baseline):
        raise click.UsageError("--watch only reports: leave out --fix, --diff and --write-baseline")
    ctx.exit(_watch(options) if options.watch else run(options))


def run(options: Options) -> int:
    """Check once and give the exit status."""
    session, scope = _opened(options)
    kept.append(session)
    gc.disable()  # all that is made stays until the end, and no search for cycles need look at it
    if options.diff:
        return _difference(session, scope, options)
    found = _fixed(session, scope, options) if options.fix else _wanted(session, scope, options)
    if options.write_baseline:
        from vaultc.frontends import baseline

        note(f"{options.write_baseline}: {count(baseline.save(options.write_baseline, found), 'finding')} recorded")
        return 0
    return _reported(session, scope, options, found)


def _opened(options: Options) -> tuple[Session, Scope]:
    session, scope = open_scope(options.paths)
    if not options.fix or options.diff:
        remind(session.project)
    session.progress = progress
    for path in scope.outside:
        note(f"{path} is not in the vault {session.project.root}; passed over")
    return session, scope


def _reported(session: Session, scope: Scope, options: Options, found: Sequence[Diagnostic]) -> int:
    """Print what was found and give the exit status."""
    if options.baseline:
        found = _new(found, scope, options, options.baseline)
    report = _failing(session, options, found, scope)
    emit(render.renderer(options.format)(report), options.output, render.LANGUAGES.get(options.format, "text"))
    if options.format == "concise":
        from vaultc.frontends.render.human import summary

        tell(summary(report))
    return int(any(map(report.fails, found)))


def _fixed(session: Session, scope: Scope, options: Options) -> list[Diagnostic]:
    """Repair what can be repaired; gives what is left."""
    from vaultc.refactor import fixes, journal

    root = session.project.root
    with journal.writing(root):
        found = _wanted(session, scope, options)
        repair = fixes.plan(session.vault, found, scope.covers)
        before = {source.path: source.data for source in session.scan.sources}
        texts = (journal.Text(path, before[path], data) for path, data in repair.texts.items())
        journal.commit(root, journal.Change(tuple(texts)))
    if not repair.texts:
        note("nothing to repair")
        return found
    note(f"rewrote {_extent(repair)}")
    session.refresh()
    return _wanted(session, scope, options)


def _difference(session: Session, scope: Scope, options: Options) -> int:
    """Print what `--fix` would change; gives the exit status."""
    from vaultc.refactor import fixes

    found = _wanted(session, scope, options)
    repair = fixes.plan(session.vault, found, scope.covers)
    texts = {path: (session.texts.text(path), text) for path, text in repair.texts.items()}
    emit(diff(Report(session, ()), texts), options.output, "patch")
    note(f"--fix would rewrite {_extent(repair)}")
    return int(any(map(_failing(session, options).fails, found)))


def _extent(repair: "Repair") -> str:
    return f"{count(repair.edits, 'link')} in {count(len(repair.texts), 'note')}"


def _wanted(session: Session, scope: Scope, options: Options) -> list[Diagnostic]:
    return [d for d in session.diagnostics if scope.covers(d.path) and options.wants(d.code)]


def _failing(session: Session, options: Options, found: Iterable[Diagnostic] = (), scope: Scope = ALL) -> Report:
    level = options.fail_on or session.project.config.fail_on
    return Report(session, found, scope, None if level == "never" else Severity[level.upper()])


def _new(found: Sequence[Diagnostic], scope: Scope, options: Options, path: Path) -> list[Diagnostic]:
    """The findings that the baseline does not know; those of its own that are gone are named on stderr."""
    from vaultc.frontends import baseline

    passed = baseline.divide(baseline.load(path), found, lambda it: scope.covers(it.path) and options.wants(it.code))
    if passed.known:
        note(f"{path}: passed over {count(passed.known, 'known finding')}")
    if passed.gone:
        note(f"{path}: {count(passed.gone.total(), 'finding')} gone; --write-baseline {path} forgets them:")
        for it, number in sorted(passed.gone.items()):
            note(f"  {it.path}: {it.code} {it.message}{f' ({number} times)' if number > 1 else ''}")
    return passed.new


def diff(report: Report, texts: Mapping[str, tuple[bytes, bytes]]) -> str:
    """A unified diff of files before and after, paths relative to the current folder, that `patch -p0` can apply."""
    import difflib

    out = []
    for path, (old, new) in sorted(texts.items()):
        name = report.from_here(path)
        name += "\t" if " " in name else ""  # else `patch` takes the first word for the name
        before, after = (_LINE.findall(text.decode("utf-8", "replace")) for text in (old, new))
        for line in difflib.unified_diff(before, after, name, name):
            out.append(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")
    return "".join(out)


def _watch(options: Options) -> int:
    """Check until interrupted: whole once, then what a change concerns."""
    session, scope = _opened(options)
    project = session.project
    with suppress(KeyboardInterrupt):
        _reported(session, scope, options, _wanted(session, scope, options))
        note(f"watching {project.root}; Ctrl+C ends")
        for _ in watching.changes(project):
            click.clear()
            try:
                session.refresh()
                _reported(session, scope, options, _wanted(session, scope, options))
            except VaultcError as fault:  # a configuration that is wrong while it is edited ends nothing
                note(f"vaultc: {fault}")
    return 0
