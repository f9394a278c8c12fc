"""VC404: a result whose samples scatter."""

from collections.abc import Iterator

from vaultc.bench.records.attach import Attached
from vaultc.check.rules.measurements import CURRENT, listed, opening
from vaultc.diagnostics import Diagnostic, report
from vaultc.graph import Vault


def check(vault: Vault, measured: Attached) -> Iterator[Diagnostic]:
    """A finding for each machine class with points that scatter, inside a process or between processes."""
    for on in measured.machines:
        if on.state not in CURRENT:
            continue
        noisy = [
            point
            for point in on.run.points
            if point.status in ("noisy", "disturbed", "throttled")
            or (point.measured and "between-processes" in point.flags)
        ]
        if noisy:
            message = f"`{measured.id}` scatters on {on.machine.label} at {listed(noisy)}"
            help = "measure it again on a quiet machine, or with more processes (`--repeat`)"
            yield report("VC404", message, measured.note, opening(vault, measured), help=help)
