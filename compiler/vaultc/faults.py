"""A fault of vaultc in one note costs that note and nothing else."""

from collections.abc import Callable
from typing import TypeVar

from vaultc.diagnostics import Diagnostic, report
from vaultc.errors import VaultcError

T = TypeVar("T")
# What is no fault in a note: the surroundings, and the end of the program.
_OTHERS = (VaultcError, OSError, MemoryError, KeyboardInterrupt, SystemExit, GeneratorExit)
REPORT = "this is a fault of vaultc: please report it, with the note; the others are not concerned"
# Tests want the traceback instead of a finding.
fatal = False


def attempt(path: str, stage: str, work: Callable[[], T], instead: Callable[[Diagnostic], T]) -> T:
    """What `work` makes of the note at `path`; where it raises, what `instead` makes of a finding that says so.

    `stage` is the past participle that completes "the note cannot be …". Faults of the surroundings (VaultcError, OSError,
    MemoryError) are raised as always.
    """
    try:
        return work()
    except _OTHERS:
        raise
    except BaseException as fault:  # a panic of the parser, which is written in Rust, is no Exception
        if fatal:
            raise
        kind = " ".join(f"{type(fault).__name__}: {fault}".split())[:200]
        return instead(not_compiled(path, f"cannot be {stage}: {kind}", REPORT))


def not_compiled(path: str, why: str, help: str) -> Diagnostic:
    """The finding about a note that vaultc gives up on; `why` completes "the note …"."""
    return report("VC006", f"the note {why}", path, help=help)
