"""The rules about benchmark snippets and their stored results, in their order; imported for vaults that have any."""

from collections.abc import Callable, Iterable, Iterator

from vaultc.bench.records.attach import Attached, attach
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

MeasurementRule = Callable[[Vault, Attached], Iterable[Diagnostic]]

RULES: tuple[MeasurementRule, ...] = (
    bad_snippet.check,
    unmeasured.check,
    stale_result.check,
    failed_run.check,
    noisy_result.check,
    implausible_result.check,
    altered_result.check,
)


def check(vault: Vault) -> Iterator[Diagnostic]:
    """What is wrong with the benchmarks of a vault. Raises VaultcError where a results file cannot be read."""
    for measured in attach(vault.notes.values(), vault.project.root):
        for rule in RULES:
            yield from rule(vault, measured)
