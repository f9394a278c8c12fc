"""`<!-- vaultc: ignore VC201 -->`: silence for one block, and a word about silence that was not needed."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate

from vaultc.diagnostics import Diagnostic, report, select
from vaultc.model import Ignore, Note


def apply(note: Note, found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The findings about a note that no comment in it silences, and a VC005 for each comment that silences nothing."""
    scopes = _Scopes(note.ignores)
    used: set[tuple[int, str]] = set()
    out = []
    for finding in found:
        silent = False
        for ignore in scopes.around(finding.span.start):
            for pattern in ignore.codes or ("",):
                if not pattern or finding.code in select(pattern):
                    used.add((ignore.span.start, pattern))
                    silent = True
        if not silent:
            out.append(finding)
    for ignore in scopes.ignores:
        for pattern in ignore.codes or ("",):
            if (ignore.span.start, pattern) not in used:
                what = f"`ignore {pattern}`" if pattern else "`ignore`"
                message = f"{what} silences nothing"
                if pattern and not select(pattern):
                    message = f"`{pattern}` is no code, name or prefix of one"
                out.append(report("VC005", message, note.path, ignore.span, help="remove the comment"))
    return out


class _Scopes:
    """The ignore comments of a note, asked for those whose scope reaches over a place."""

    def __init__(self, ignores: Iterable[Ignore]) -> None:
        self.ignores = sorted(ignores, key=lambda ignore: ignore.scope)
        self._starts = [ignore.scope.start for ignore in self.ignores]
        self._ends = list(accumulate((ignore.scope.end for ignore in self.ignores), max))

    def around(self, place: int) -> Iterator[Ignore]:
        at = bisect_right(self._starts, place) - 1
        while at >= 0 and self._ends[at] > place:
            if self.ignores[at].scope.end > place:
                yield self.ignores[at]
            at -= 1
