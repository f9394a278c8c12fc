"""VC403: a benchmark whose last run gave no result, or one that cannot be read."""

from collections.abc import Iterator

from vaultc.bench.records.attach import Attached
from vaultc.check.rules.measurements import CURRENT, opening
from vaultc.diagnostics import Diagnostic, report
from vaultc.graph import Vault

_FAILED = {
    "oom": "ran out of memory",
    "timeout": "ran out of time",
    "error": "failed",
    "wrong_result": "computed something wrong",
    "all_discarded": "was throttled throughout",
}


def check(vault: Vault, measured: Attached) -> Iterator[Diagnostic]:
    """A finding for each machine class whose newest run of this code failed, and for each line that cannot be read."""
    for on in measured.machines:
        if on.state in CURRENT and on.run.status in _FAILED:
            reason = f": {on.run.message}" if on.run.message else ""
            message = f"`{measured.id}` {_FAILED[on.run.status]} on {on.machine.label}{reason}"
            help = f"see `vaultc bench show {measured.id}`, mend it and run it again"
            if on.run.status == "oom":
                help += "; if running out of memory is the result, say expect=oom"
            yield report("VC403", message, measured.note, opening(vault, measured), help=help)
    for name, line in measured.unreadable:
        message = f"line {line.number} of the results {name} of `{measured.id}` cannot be read: {line.reason}"
        help = "take the line out, or read it with the version that wrote it"
        yield report("VC403", message, measured.note, opening(vault, measured), help=help)
