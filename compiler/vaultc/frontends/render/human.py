"""Findings for people: the line of the note with a caret under the place, in the manner of rustc."""

import shutil
from itertools import groupby

import click

from vaultc.diagnostics import Diagnostic, Label
from vaultc.frontends.render import count
from vaultc.frontends.render.terminal import COLOURS, head, level, tail, width
from vaultc.frontends.report import Report
from vaultc.text import Span, safe

_NARROW = 60
# Characters looked at for each cell of a terminal; some take none.
_NEAR = 4


def render(report: Report) -> str:
    """Each finding with its source line, labels and help, then a summary. Colours are ANSI; the printer may strip them."""
    columns = max(shutil.get_terminal_size((120, 24)).columns, _NARROW)
    parts = [_finding(report, found, columns) for found in report.diagnostics]
    return "\n".join([*parts, summary(report)])


def summary(report: Report) -> str:
    """One line (two when something can be repaired): what was found, in how much."""
    it = report.summary
    levels = ((it.errors, "error"), (it.warnings, "warning"), (it.infos, "info"))
    found = ", ".join(count(number, noun) for number, noun in levels if number)
    parts = ((it.links, "link"), (it.embeds, "embed"), (it.assets, "asset"))
    inside = ", ".join(count(number, noun) for number, noun in parts if number)
    notes = count(it.notes, "note") + (f" with {inside}" if inside else "")
    if not found:
        return f"{click.style('nothing to report', fg='green', bold=True)} in {notes}\n"
    colour = next(COLOURS[d.severity] for d in sorted(report.diagnostics, key=lambda d: -d.severity))
    text = f"{click.style(found, fg=colour, bold=True)} in {notes}\n"
    if fixable := sum(d.fix is not None for d in report.diagnostics):
        text += f"{fixable:,} can be repaired by `vaultc check --fix`; `--diff` shows how\n"
    return text


def _finding(report: Report, found: Diagnostic, columns: int) -> str:
    colour = COLOURS[found.severity]
    kind = level(found.severity) + click.style(f"[{found.code} {found.name}]", fg=colour, bold=True)
    out = [f"{kind}{click.style(': ' + safe(found.message), bold=True)}\n"]
    whole = found.span == Span(0, 0)
    near = [x for x in found.labels if x.span != Span(0, 0)]
    numbers = [
        report.place(path, span).line for path, span in ((found.path, found.span), *((x.path, x.span) for x in near))
    ]
    gutter = len(str(max(numbers)))
    marks = [] if whole else [Label(found.path, found.span, "")]
    out.append(_where(report, found.path, found.span, "-->", gutter))
    marks += [x for x in near if x.path == found.path]
    if marks:
        out.append(_excerpt(report, marks, found.span, colour, gutter, columns))
    for path, labels in groupby((x for x in near if x.path != found.path), key=lambda x: x.path):
        others = list(labels)
        out.append(_where(report, path, others[0].span, ":::", gutter))
        out.append(_excerpt(report, others, None, colour, gutter, columns))
    for label in found.labels:
        if label.span == Span(0, 0):
            out.append(_remark("note", f"{safe(report.from_here(label.path))} {safe(label.message)}", gutter))
    if found.help:
        out.append(_remark("help", safe(found.help), gutter))
    return "".join(out)


def _where(report: Report, path: str, span: Span, arrow: str, gutter: int) -> str:
    where = safe(report.from_here(path))
    if span != Span(0, 0):
        place = report.place(path, span)
        where += f":{place.line}:{place.column}"
    return f"{' ' * gutter}{_rule(arrow)} {where}\n"


def _remark(kind: str, text: str, gutter: int) -> str:
    return f"{' ' * gutter} {_rule('=')} {click.style(kind, bold=True)}: {text}\n"


def _rule(sign: str) -> str:
    return click.style(sign, fg="blue", bold=True)


def _excerpt(report: Report, marks: list[Label], main: Span | None, colour: str, gutter: int, columns: int) -> str:
    """The marked lines in order, each with its mark below; lines between two of them are left out."""
    out = [f"{' ' * gutter} {_rule('|')}\n"]
    last = 0
    for mark in sorted(marks, key=lambda m: m.span):
        place = report.place(mark.path, mark.span)
        text = report.lines(mark.path).text(place.line)
        end = place.end_column if place.end_line == place.line else len(text) + 1
        before, marked, after = _window(text, place.column - 1, end - 1, columns - gutter - 3)
        if last and place.line > last + 1:
            out.append(_rule("...") + "\n")
        if place.line != last or len(before) + len(after) + len(marked) < len(text):
            out.append(f"{_rule(f'{place.line:>{gutter}} |')} {before}{marked}{after}".rstrip() + "\n")
        sign, tint = ("^", colour) if mark.span == main else ("-", "blue")
        line = click.style(sign * max(width(marked), 1), fg=tint, bold=True)
        words = " " + click.style(safe(mark.message), fg=tint, bold=True) if mark.message else ""
        out.append(f"{' ' * gutter} {_rule('|')} {' ' * width(before)}{line}{words}\n")
        last = place.line
    return "".join(out)


def _window(text: str, start: int, end: int, cells: int) -> tuple[str, str, str]:
    """What stands before, in and after the code points from `start` to `end`, cut so that all three fit into `cells`."""
    near = _NEAR * cells  # a line may be the whole note, and have a finding in every word
    before = safe(text[max(start - near, 0) : start])
    marked, after = safe(text[start : min(end, start + near)]), safe(text[end : end + near])
    if width(before) + width(marked) + width(after) <= cells:
        return before, marked, after
    marked = head(marked, cells * 2 // 3)
    rest = cells - width(marked)
    left = min(width(before), max(rest * 2 // 3, rest - width(after)))
    before = tail(before, left)
    return before, marked, head(after, rest - width(before))
