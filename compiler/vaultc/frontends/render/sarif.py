"""SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), which GitHub code scanning and many editors read."""

import json
from typing import Any
from urllib.parse import quote

import vaultc
from vaultc.diagnostics import CODES, Code, Diagnostic, Label, Severity
from vaultc.frontends.baseline import fingerprints
from vaultc.frontends.report import Report
from vaultc.text import Span

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def render(report: Report) -> str:
    """One run with all rules; paths are relative to the git repository, columns count code points."""
    order = {code: at for at, code in enumerate(CODES)}
    keys = fingerprints(report.diagnostics)
    run = {
        "tool": {
            "driver": {
                "name": "vaultc",
                "version": vaultc.__version__,
                "rules": [_rule(kind) for kind in CODES.values()],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"ROOT": {"uri": report.repository.as_uri().rstrip("/") + "/"}},
        "results": [_result(report, d, order, key) for d, key in zip(report.diagnostics, keys, strict=True)],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def _rule(kind: Code) -> dict[str, Any]:
    return {
        "id": kind.code,
        "name": "".join(word.capitalize() for word in kind.name.split("-")),
        "shortDescription": {"text": kind.name.replace("-", " ")},
        "help": {"text": f"`vaultc explain {kind.code}` says what it means and how to repair it."},
        "defaultConfiguration": {"level": _LEVELS[kind.severity]},
    }


def _result(report: Report, found: Diagnostic, order: dict[str, int], key: str) -> dict[str, Any]:
    text = found.message[:1].upper() + found.message[1:] + (f"; {found.help}" if found.help else "")
    result: dict[str, Any] = {
        "ruleId": found.code,
        "ruleIndex": order[found.code],
        "level": _LEVELS[found.severity],
        "message": {"text": f"{text}."},
        "locations": [_location(report, found.path, found.span)],
        "partialFingerprints": {"vaultc/v1": key},
    }
    if found.labels:
        result["relatedLocations"] = [_related(report, label, at) for at, label in enumerate(found.labels)]
    if found.fix:
        result["fixes"] = [
            {
                "description": {"text": found.fix.message},
                "artifactChanges": [
                    {
                        "artifactLocation": _file(report, edit.path),
                        "replacements": [
                            {
                                "deletedRegion": _region(report, edit.path, edit.span),
                                "insertedContent": {"text": edit.text},
                            }
                        ],
                    }
                    for edit in found.fix.edits
                ],
            }
        ]
    return result


def _location(report: Report, path: str, span: Span) -> dict[str, Any]:
    physical = {"artifactLocation": _file(report, path)}
    if span != Span(0, 0):
        physical["region"] = _region(report, path, span)
    return {"physicalLocation": physical}


def _related(report: Report, label: Label, at: int) -> dict[str, Any]:
    return {"id": at, **_location(report, label.path, label.span), "message": {"text": label.message}}


def _file(report: Report, path: str) -> dict[str, Any]:
    return {"uri": quote(report.from_repository(path)), "uriBaseId": "ROOT"}


def _region(report: Report, path: str, span: Span) -> dict[str, Any]:
    place = report.place(path, span)
    return {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }
