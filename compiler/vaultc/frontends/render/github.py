"""Workflow commands of GitHub Actions: each finding is shown beside its line in the pull request."""

from vaultc.diagnostics import Severity
from vaultc.frontends.report import Report
from vaultc.text import Span, safe_lines

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(report: Report) -> str:
    """One command a line; paths are relative to the git repository."""
    out = []
    for found in report.diagnostics:
        place = report.place(found.path, found.span)
        fields = {"file": report.from_repository(found.path)}
        if found.span != Span(0, 0):
            fields |= {"line": str(place.line), "endLine": str(place.end_line), "col": str(place.column)}
            if place.end_line == place.line:  # else GitHub takes the columns for those of the first line
                fields["endColumn"] = str(max(place.end_column - 1, place.column))
        fields["title"] = f"{found.code} {found.name}"
        text = found.message + (f"\n{found.help}" if found.help else "")
        named = ",".join(f"{name}={_property(value)}" for name, value in fields.items())
        out.append(f"::{_LEVELS[found.severity]} {named}::{_escaped(text)}\n")
    return "".join(out)


def _escaped(text: str) -> str:
    """Data of a command. GitHub decodes these three and nothing else: what speaks to a terminal is replaced."""
    return safe_lines(text.replace("%", "%25").replace("\r", "%0D")).replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
