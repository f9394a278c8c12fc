"""What every generator of sites does for vaultc."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from vaultc.diagnostics import Diagnostic

if TYPE_CHECKING:
    from vaultc.config import Generator, Project
    from vaultc.emit import Emitted
    from vaultc.graph import Vault


@dataclass(frozen=True, slots=True)
class Target:
    """Where a site goes and how it is reached, in place of what its configuration says: the absolute path of its folder, its address,
    and whether it is read from a disk, without a server."""

    site_dir: Path | None = None
    site_url: str = ""
    offline: bool = False


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


def engine(name: Generator, project: Project, target: Target) -> Engine:
    """The generator of that name, set up for a project.

    Raises VaultcError when it is not installed, or does not accept the configuration.
    """
    if name == "zensical":
        from vaultc.publish.zensical import Zensical  # each of them is slow to import

        return Zensical(project, target)
    from vaultc.publish.mkdocs import MkDocs

    return MkDocs(project, target)
