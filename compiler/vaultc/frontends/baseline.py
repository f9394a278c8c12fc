"""Findings that are known and accepted: a file that is committed, so that only new ones are reported."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from vaultc import disk
from vaultc.diagnostics import Diagnostic
from vaultc.errors import VaultcError
from vaultc.frontends.files import write

# Counts in a message ("may be any of 3 files") change while the finding stays the same; what stands in backticks is a name.
_QUOTED_OR_COUNT = re.compile(r"(`[^`]*`)|\d+")

_MOST = 64 << 20


class Key(NamedTuple):
    """What makes two findings the same wherever in the file they stand."""

    path: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Passed:
    """Findings divided by a baseline: those that it does not know, how many it knows, and what it knows that is gone."""

    new: list[Diagnostic]
    known: int
    gone: Counter[Key]


def key(found: Diagnostic) -> Key:
    """The key of a finding: no line, no column, no severity."""
    return Key(found.path, found.code, _QUOTED_OR_COUNT.sub(lambda m: m[1] or "#", found.message))


def fingerprints(found: Sequence[Diagnostic]) -> list[str]:
    """A short text for each finding that survives shifted lines; the second of two equal ones has another."""
    seen: Counter[Key] = Counter()
    out = []
    for diagnostic in found:
        it = key(diagnostic)
        out.append(blake2b("\0".join((*it, str(seen[it]))).encode(), digest_size=12).hexdigest())
        seen[it] += 1
    return out


def save(path: Path, found: Iterable[Diagnostic]) -> int:
    """Write a baseline of these findings and give their number.

    Raises VaultcError when the file cannot be written.
    """
    counts = Counter(map(key, found))
    rows = [{**it._asdict(), "count": number} for it, number in sorted(counts.items())]
    lines = ",\n".join(f"    {json.dumps(row, ensure_ascii=False)}" for row in rows)
    text = (
        f'{{\n  "schema": 1,\n  "findings": [\n{lines}\n  ]\n}}\n'
        if rows
        else '{\n  "schema": 1,\n  "findings": []\n}\n'
    )
    try:
        write(path, text.encode())
    except OSError as fault:
        raise VaultcError(f"{path}: {fault.strerror or fault}") from None
    return counts.total()


def load(path: Path) -> Counter[Key]:
    """The findings of a baseline, with the number of each.

    Raises VaultcError when the file is missing or is no baseline.
    """
    try:
        whole = json.loads(disk.read(path, _MOST, follow=True))
        if whole["schema"] != 1:
            raise VaultcError(f"{path}: baseline of another version; write it again with --write-baseline")
        return Counter({Key(row["path"], row["code"], row["message"]): int(row["count"]) for row in whole["findings"]})
    except FileNotFoundError:
        raise VaultcError(f"{path}: no such baseline; write one with --write-baseline {path}") from None
    except OSError as fault:
        raise VaultcError(f"{path}: {fault.strerror or fault}") from None
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        raise VaultcError(f"{path}: not a baseline; write one with --write-baseline {path}") from None


def divide(known: Counter[Key], found: Iterable[Diagnostic], asked: Callable[[Key], bool]) -> Passed:
    """Pass over the findings that the baseline knows; of equal ones the first are the known. `asked` says which of the known
    were looked for at all: the others are not gone."""
    left = known.copy()
    new = []
    passed = 0
    for diagnostic in found:
        it = key(diagnostic)
        if left[it] > 0:
            left[it] -= 1
            passed += 1
        else:
            new.append(diagnostic)
    return Passed(new, passed, Counter({it: number for it, number in left.items() if number > 0 and asked(it)}))
