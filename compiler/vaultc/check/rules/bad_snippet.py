"""VC405: a block that is marked as a benchmark and cannot be one."""

from collections.abc import Iterator

from vaultc.bench.records.attach import Attached
from vaultc.bench.records.jobs import BadSnippet
from vaultc.check.rules.measurements import opening
from vaultc.diagnostics import Diagnostic, report
from vaultc.graph import Vault


def check(vault: Vault, measured: Attached) -> Iterator[Diagnostic]:
    """A finding for a benchmark without an id of its own, with unknown options, or with code that is not Python."""
    if isinstance(measured.job, BadSnippet):
        yield report("VC405", measured.job.message, measured.note, opening(vault, measured), help=measured.job.help)
