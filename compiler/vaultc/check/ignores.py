"""`<!-- vaultc: ignore VC201 -->`: silence for one block, and a word about silence that was not needed."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate

from vaultc.diagnostics import Diagnostic, report, select
from vaultc.graph import Vault
from vaultc.model import Ignore


def apply(vault: Vault, found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The findings that no comment silences, and a VC005 for each comment that silences nothing."""
    by_path = {note.path: _Scopes(note.ignores) for note in vault.notes.values() if note.ignores}
    used: set[tuple[str, int, str]] = set()
    out = []
    for finding in found:
        silent = False
        scopes = by_path.get(finding.path)
        for ignore in scopes.around(finding.span.start) if scopes else ():
            for pattern in ignore.codes or ("",):
                if not pattern or finding.code in select(pattern):
                    used.add((finding.path, ignore.span.start, pattern))
                    silent = True
        if not silent:
            out.append(finding)
    for path, scopes in by_path.items():
        for ignore in scopes.ignores:
            for pattern in ignore.codes or ("",):
                if (path, ignore.span.start, pattern) not in used:
                    what = f"`ignore {pattern}`" if pattern else "`ignore`"
                    message = f"{what} silences nothing"
                    if pattern and not select(pattern):
                        message = f"`{pattern}` is no code, name or prefix of one"
                    out.append(report("VC005", message, path, ignore.span, help="remove the comment"))
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
