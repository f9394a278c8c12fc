"""The format that other tools build on: paths relative to the vault, which is named once as `root`."""

import json
from dataclasses import asdict

from vaultc.frontends.report import Report


def render(report: Report) -> str:
    """One JSON object; `schema` counts up when a key changes its meaning."""
    diagnostics = []
    for found in report.diagnostics:
        place = report.place(found.path, found.span)
        diagnostics.append(
            {
                "code": found.code,
                "name": found.name,
                "severity": str(found.severity),
                "path": found.path,
                **place._asdict(),
                "message": found.message,
                "help": found.help,
                "suggestions": list(found.suggestions),
            }
        )
    whole = {"schema": 1, "root": report.root.as_posix(), "diagnostics": diagnostics, "summary": asdict(report.summary)}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"
