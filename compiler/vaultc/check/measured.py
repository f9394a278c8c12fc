"""The rules about benchmark snippets and their stored results, in their order; imported for vaults that have any."""

from collections.abc import Iterator

from vaultc.bench.records.attach import attach
from vaultc.check.rule import MeasurementRule
from vaultc.check.rules import (
    altered_result,
    bad_snippet,
    failed_run,
    implausible_result,
    noisy_result,
    stale_result,
    unmeasured,
)
from vaultc.diagnostics import Diagnostic
from vaultc.graph import Vault

MEASUREMENTS = (
    MeasurementRule("VC401", unmeasured.check),
    MeasurementRule("VC402", stale_result.check),
    MeasurementRule("VC403", failed_run.check),
    MeasurementRule("VC404", noisy_result.check),
    MeasurementRule("VC405", bad_snippet.check),
    MeasurementRule("VC406", implausible_result.check),
    MeasurementRule("VC407", altered_result.check),
)


def check(vault: Vault) -> Iterator[Diagnostic]:
    """What is wrong with the benchmarks of a vault. Raises VaultcError where a results file cannot be read."""
    for measured in attach(vault.notes.values(), vault.project.root):
        for rule in MEASUREMENTS:
            yield from rule.check(vault, measured)
