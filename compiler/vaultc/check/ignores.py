"""`<!-- vaultc: ignore VC201 -->`: silence for one block, and a word about silence that was not needed."""

from collections import defaultdict
from collections.abc import Iterable

from vaultc.diagnostics import Diagnostic, report, select
from vaultc.graph import Vault
from vaultc.model import Ignore


def apply(vault: Vault, found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The findings that no comment silences, and a VC005 for each comment that silences nothing."""
    by_path: dict[str, list[Ignore]] = defaultdict(list)
    for note in vault.notes.values():
        if note.ignores:
            by_path[note.path] += note.ignores
    used: set[tuple[str, int, str]] = set()
    out = []
    for finding in found:
        silent = False
        for ignore in by_path.get(finding.path, ()):
            if not (ignore.scope.start <= finding.span.start < ignore.scope.end):
                continue
            for pattern in ignore.codes or ("",):
                if not pattern or finding.code in select(pattern):
                    used.add((finding.path, ignore.span.start, pattern))
                    silent = True
        if not silent:
            out.append(finding)
    for path, ignores in by_path.items():
        for ignore in ignores:
            for pattern in ignore.codes or ("",):
                if (path, ignore.span.start, pattern) not in used:
                    what = f"`ignore {pattern}`" if pattern else "`ignore`"
                    message = f"{what} silences nothing"
                    if pattern and not select(pattern):
                        message = f"`{pattern}` is no code, name or prefix of one"
                    out.append(report("VC005", message, path, ignore.span, help="remove the comment"))
    return out
