"""`vaultc check`: what is wrong with a vault, in the format that the reader wants."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from vaultc.diagnostics import Diagnostic, Severity, select
from vaultc.frontends import render
from vaultc.frontends.cli.output import emit, note
from vaultc.frontends.report import Report
from vaultc.frontends.scope import Scope, open_scope


def codes(ctx: click.Context, parameter: click.Parameter, value: Sequence[str]) -> tuple[frozenset[str], ...]:
    """The codes that each option named, one set for each code, name or prefix."""
    out = []
    for pattern in (part.strip() for text in value for part in text.split(",")):
        if pattern and not (meant := select(pattern)):
            raise click.BadParameter(f"`{pattern}` is no code, name or prefix of one; `vaultc explain` lists them")
        elif pattern:
            out.append(frozenset(meant))
    return tuple(out)


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option(
    "--format",
    "format_",
    type=click.Choice(render.FORMATS),
    default="human",
    show_default=True,
    help="How to print the findings.",
)
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write the findings to a file."
)
@click.option(
    "--fail-on",
    type=click.Choice(("error", "warning", "info", "never")),
    help="Exit with 1 from this severity on; `error` unless configured.",
)
@click.option(
    "--select",
    "selected",
    multiple=True,
    callback=codes,
    metavar="CODES",
    help="Only these codes, names or prefixes, comma-separated.",
)
@click.option(
    "--ignore", "ignored", multiple=True, callback=codes, metavar="CODES", help="Not these codes, names or prefixes."
)
@click.pass_context
def check(
    ctx: click.Context,
    paths: tuple[Path, ...],
    format_: str,
    output: Path | None,
    fail_on: str | None,
    selected: tuple[frozenset[str], ...],
    ignored: tuple[frozenset[str], ...],
) -> None:
    """Report what is wrong with a vault.

    PATH is a vault, or notes and folders of one; the current folder by default. Names are always resolved in the whole vault.
    Exit status: 0 no finding at or above --fail-on, 1 findings, 2 wrong use or surroundings, 3 a fault of vaultc itself.
    """
    session, scope = open_scope(paths)
    for path in scope.outside:
        note(f"{path} is not in the vault {session.project.root}; passed over")
    found = wanted(session.diagnostics, scope, selected, ignored)
    fail_on = fail_on or session.project.config.fail_on
    report = Report(session.vault, found, scope, None if fail_on == "never" else Severity[fail_on.upper()])
    emit(render.renderer(format_)(report), output)
    if format_ == "concise":
        from vaultc.frontends.render.human import summary

        note(summary(report))
    ctx.exit(int(any(map(report.fails, found))))


def wanted(
    found: Iterable[Diagnostic], scope: Scope, selected: Sequence[frozenset[str]], ignored: Sequence[frozenset[str]]
) -> list[Diagnostic]:
    """The findings that were asked for."""
    only = frozenset().union(*selected) if selected else None
    without = frozenset().union(*ignored)
    return [d for d in found if scope.covers(d.path) and (only is None or d.code in only) and d.code not in without]
