"""What every generator of sites does for vaultc."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from vaultc.diagnostics import Diagnostic

if TYPE_CHECKING:
    from vaultc.emit import Emitted
    from vaultc.graph import Vault


@dataclass(frozen=True, slots=True)
class Published:
    """A site: its folder, how many pages were rendered (None: every one, for the reasons in `whole`), findings about notes that
    could not become pages, and the files and folders besides the vault that it was made of."""

    site: Path
    rendered: int | None
    whole: tuple[str, ...] = ()
    findings: tuple[Diagnostic, ...] = ()
    inputs: tuple[Path, ...] = ()


class Engine(Protocol):
    """A generator. Which pages it must render follows from the digests in what was emitted: nobody tells it."""

    def publish(self, vault: Vault, emitted: Emitted) -> Published:
        """Make the site of the object files. Raises VaultcError when that cannot be; the last site then stays."""
        ...
