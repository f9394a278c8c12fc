"""The folder of a site: nobody else's, filled aside, put in place when it is whole."""

import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from vaultc import disk
from vaultc.config import Project
from vaultc.errors import VaultcError

# What stays in a site's folder that is the checkout of a published branch.
KEPT = (".git", "CNAME", ".nojekyll")


def claim(site: Path, project: Project, sources: Mapping[str, Path]) -> Path:
    """The absolute path of a site's folder, when it may be emptied and filled. `sources` are folders to keep, by what they are.

    Raises VaultcError when it holds, is or lies in what is not output, holds files that vaultc did not write, or is reached
    through a symlink that may have come with the project.
    """
    place = disk.plain(site, project.folder or project.root)
    real = Path(os.path.realpath(place))
    outputs = {"the object files": project.build / "docs", "the cache": project.build / "cache"}
    notes = {"the vault": project.root, **sources}
    project_folder = {"the project": project.folder} if project.folder else {}
    around = {"the current folder": Path.cwd()}
    with suppress(RuntimeError):  # not everybody has one
        around["your home folder"] = Path.home()
    for what, folder in {**notes, **project_folder, **outputs, **around}.items():
        if _below(folder, real):
            raise VaultcError(
                f"{site}: cannot hold the site: {what} is there, and would be deleted; name another folder"
            )
    if any(_below(real, folder) for folder in (project.build, Path("build"))):
        notes = {}  # a vault may have its outputs in it; scan passes over them
    for what, folder in {**notes, **outputs}.items():
        if _below(real, folder):
            raise VaultcError(f"{site}: cannot hold the site: it lies in {what}; name a folder outside")
    disk.claim(place, KEPT)
    return place


def _below(path: Path, folder: Path) -> bool:
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


class Swap:
    """Builds a site aside and puts it in its place when it is whole, so that an interrupted build leaves the last good one.

    The caller holds the lock of `site`.
    """

    def __init__(self, site: Path) -> None:
        self.site = site
        self.aside = site.with_name(f".{site.name}.vaultc-new")
        disk.recover(self.aside, site)
        self.drop()

    def done(self) -> None:
        """Put the new site in place.

        Raises OSError when it cannot be, VaultcError when somebody has put files of their own there meanwhile.
        """
        disk.claim(self.site, KEPT)
        disk.write(self.aside / disk.TAG, disk.TAG_TEXT.encode())
        for name in KEPT:
            old, new = self.site / name, self.aside / name
            if old.is_file() and not old.is_symlink() and not os.path.lexists(new):
                shutil.copy2(old, new)
        disk.install(self.aside, self.site)
        self.drop()

    def drop(self) -> None:
        """Remove what was built aside, or what stood in place before; a repository in it goes back to its place."""
        if self.aside.is_symlink():
            self.aside.unlink()
            return
        repository = self.aside / ".git"
        if os.path.lexists(repository):
            if not os.path.lexists(self.site / ".git"):
                disk.move(repository, self.site / ".git")
            elif repository.is_dir():
                return  # whosever it is, it is not ours to delete
        with suppress(FileNotFoundError):
            shutil.rmtree(self.aside)
