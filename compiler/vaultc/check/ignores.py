"""`<!-- vaultc: ignore VC201 -->`: silence for one block, and a word about silence that was not needed."""

from bisect import bisect_right
from collections.abc import Container, Iterable, Iterator, Mapping
from itertools import accumulate

from vaultc.diagnostics import CODES, Diagnostic, report, select
from vaultc.model import Ignore, Note
from vaultc.text import Span


def apply(note: Note, found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The findings about a note that no comment in it silences, and a VC005 for each comment that silences nothing."""
    scopes = _Scopes(note.ignores)
    used: set[tuple[Span, str]] = set()
    out = []
    for finding in found:
        silent = False
        for scope, patterns in scopes.around(finding.span.start):
            for pattern, codes in patterns.items():
                if finding.code in codes:
                    used.add((scope, pattern))
                    silent = True
        if not silent:
            out.append(finding)
    for ignore in note.ignores:
        for pattern in ignore.codes or ("",):
            if (ignore.scope, pattern) not in used:
                what = f"`ignore {pattern}`" if pattern else "`ignore`"
                message = f"{what} silences nothing"
                if pattern and not select(pattern):
                    message = f"`{pattern}` is no code, name or prefix of one"
                out.append(report("VC005", message, note.path, ignore.span, help="remove the comment"))
    return out


class _Scopes:
    """The ignore comments of a note, asked for the scopes that reach over a place, each with the codes that its patterns silence."""

    def __init__(self, ignores: Iterable[Ignore]) -> None:
        patterns: dict[Span, dict[str, Container[str]]] = {}
        for ignore in ignores:
            known = patterns.setdefault(ignore.scope, {})
            for pattern in ignore.codes or ("",):
                if codes := select(pattern) if pattern else tuple(CODES):
                    known[pattern] = codes
        self._patterns = sorted(patterns.items(), key=lambda item: item[0])
        self._starts = [scope.start for scope, _ in self._patterns]
        self._ends = list(accumulate((scope.end for scope, _ in self._patterns), max))

    def around(self, place: int) -> Iterator[tuple[Span, Mapping[str, Container[str]]]]:
        at = bisect_right(self._starts, place) - 1
        while at >= 0 and self._ends[at] > place:
            if self._patterns[at][0].end > place:
                yield self._patterns[at]
            at -= 1
