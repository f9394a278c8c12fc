"""VC401: a benchmark that no machine has run."""

from collections.abc import Iterator

from vaultc.bench.records.attach import Attached
from vaultc.check.rules.measurements import opening
from vaultc.diagnostics import Diagnostic, report
from vaultc.graph import Vault


def check(vault: Vault, measured: Attached) -> Iterator[Diagnostic]:
    """A finding for a benchmark without any finished run."""
    if measured.state == "unmeasured":
        ended = next((f": its run was {on.run.status}" for on in measured.machines), "")
        message = f"`{measured.id}` has no result yet{ended}"
        help = f"measure it with `vaultc bench run {measured.id}`, which runs its code, and commit the result"
        yield report("VC401", message, measured.note, opening(vault, measured), help=help)
