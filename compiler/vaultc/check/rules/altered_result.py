"""VC407: a line of the results that is not as it was written."""

from collections.abc import Iterator

from vaultc.bench.records.attach import Attached
from vaultc.check.rules.measurements import opening
from vaultc.diagnostics import Diagnostic, report
from vaultc.graph import Vault


def check(vault: Vault, measured: Attached) -> Iterator[Diagnostic]:
    """A finding for each such line."""
    for name, line in measured.altered:
        message = (
            f"line {line.number} of the results {name} of `{measured.id}` is not as it was measured: {line.reason}"
        )
        help = "take the file back from the repository, or take the line out and measure again"
        yield report("VC407", message, measured.note, opening(vault, measured), help=help)
