"""VC402: a result, or a verdict, of code that has changed since."""

from collections.abc import Iterator

from vaultc.bench.records.attach import Attached
from vaultc.check.rules.measurements import CURRENT, opening
from vaultc.diagnostics import Diagnostic, report
from vaultc.graph import Vault


def check(vault: Vault, measured: Attached) -> Iterator[Diagnostic]:
    """A finding for each machine class whose newest result, or what was claimed of it, belongs to another code."""
    for on in measured.machines:
        if on.state == "stale":
            message = f"the result of `{measured.id}` on {on.machine.label} belongs to code that has changed since"
            help = f"measure it again with `vaultc bench run {measured.id} --stale`"
            yield report("VC402", message, measured.note, opening(vault, measured), help=help)
        elif on.state in CURRENT and on.run.claims and not measured.judged(on):
            message = f"the claims of `{measured.id}` on {on.machine.label} have changed since they were decided"
            help = f"decide them again with `vaultc bench judge {measured.id}`; nothing has to be measured for it"
            yield report("VC402", message, measured.note, opening(vault, measured), help=help)
