"""One finding a line, `path:line:column: severity code name: message`, for editors and for grep."""

from vaultc.frontends.report import Report
from vaultc.text import safe


def render(report: Report) -> str:
    """The findings, paths relative to the current folder."""
    out = []
    for found in report.diagnostics:
        place = report.place(found.path, found.span)
        where = f"{safe(report.from_here(found.path))}:{place.line}:{place.column}"
        out.append(f"{where}: {found.severity} {found.code} {found.name}: {safe(found.message)}\n")
    return "".join(out)
