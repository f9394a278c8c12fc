"""JUnit's XML, which GitLab, Jenkins and most CI services show as a list of tests."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from vaultc.diagnostics import Diagnostic
from vaultc.frontends.report import Report
from vaultc.text import for_xml


def render(report: Report) -> str:
    """A suite for each file with findings and a case for each finding: failed where it fails the run, else skipped.

    A vault without findings passes one case.
    """
    suites: dict[str, list[Diagnostic]] = defaultdict(list)
    for found in report.diagnostics:
        suites[found.path].append(found)
    body = [line for path, findings in suites.items() for line in _suite(report, path, findings)]
    if not suites:
        body = ['  <testsuite name="vaultc" tests="1" failures="0" errors="0" skipped="0">\n']
        body.append('    <testcase name="check" classname="vaultc"/>\n  </testsuite>\n')
    counts = _counts(report, report.diagnostics) if suites else 'tests="1" failures="0" errors="0" skipped="0"'
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="vaultc" {counts}>\n'
    return "".join((head, *body, "</testsuites>\n"))


def _suite(report: Report, path: str, findings: Sequence[Diagnostic]) -> Iterator[str]:
    file = report.from_repository(path)
    yield f"  <testsuite name={_attribute(file)} {_counts(report, findings)}>\n"
    for found in findings:
        place = report.place(path, found.span)
        name = f"{found.code} {found.name} {place.line}:{place.column}"
        named = f'name={_attribute(name)} classname={_attribute(file)} file={_attribute(file)} line="{place.line}"'
        yield f"    <testcase {named}>\n"
        if report.fails(found):
            text = f"{file}:{place.line}:{place.column}: {found.severity} {found.code} {found.name}: {found.message}"
            text = _text(f"{text}\n{found.help}" if found.help else text)
            yield f'      <failure type="{found.severity}" message={_attribute(found.message)}>{text}</failure>\n'
        else:
            yield f"      <skipped message={_attribute(f'{found.severity}: {found.message}')}/>\n"
        yield "    </testcase>\n"
    yield "  </testsuite>\n"


def _counts(report: Report, findings: Sequence[Diagnostic]) -> str:
    failed = sum(map(report.fails, findings))
    return f'tests="{len(findings)}" failures="{failed}" errors="0" skipped="{len(findings) - failed}"'


def _attribute(text: str) -> str:
    return quoteattr(for_xml(text))


def _text(text: str) -> str:
    return escape(for_xml(text))
