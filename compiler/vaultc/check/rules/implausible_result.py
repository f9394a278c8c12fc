"""VC406: a result that is too good to be true."""

from collections.abc import Iterator

from vaultc.bench.records.attach import Attached
from vaultc.bench.records.model import Flag
from vaultc.check.rules.measurements import CURRENT, listed, opening
from vaultc.diagnostics import Diagnostic, report
from vaultc.graph import Vault

_REASONS: dict[Flag, str] = {
    "above-peak": "runs faster than this machine was measured to go",
    "large-speed-up": "is more than ten times faster than another variant",
    "no-synchronisation": "returns before the device has done its work",
    "changing-result": "is right at the first call, and gives another result later",
    "cached-output": "hands out a result that it did not compute again",
}
_DECLARE = "find out why; then declare `flops` or `bytes` of both variants, or say it in words: `Case(…, cause=…)`"


def check(vault: Vault, measured: Attached) -> Iterator[Diagnostic]:
    """A finding for each machine class and each reason to doubt its newest result."""
    for on in measured.machines:
        if on.state not in CURRENT:
            continue
        for flag, reason in _REASONS.items():
            doubtful = [point for point in on.run.points if flag in point.flags]
            if doubtful:
                message = f"`{measured.id}` {reason} on {on.machine.label} at {listed(doubtful)}"
                help = _DECLARE if flag == "large-speed-up" else "find out why, and mend the snippet"
                yield report("VC406", message, measured.note, opening(vault, measured), help=help)
