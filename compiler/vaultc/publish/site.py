"""The folder of a site: nobody else's, filled aside, put in place when it is whole."""

import gzip
import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from vaultc import disk
from vaultc.config import Project
from vaultc.errors import VaultcError
from vaultc.publish.carry import carry

# What stays in a site's folder that is the checkout of a published branch.
KEPT = (".git", "CNAME", ".nojekyll")
# Files that are moved into a site within a moment, and those that are linked into a new one within another.
_FEW = 500
_MANY = 4_000


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


@contextmanager
def making(site: Path, project: Project, sources: Mapping[str, Path]) -> Iterator["Swap"]:
    """Where a site is built: until the end of the block nobody else builds one there, and what was not put in place is gone then.

    Raises VaultcError as `claim` does, and where the folder cannot be read or somebody builds there.
    """
    try:
        claimed = claim(site, project, sources)
        with disk.locked(claimed, f"{claimed}: another build into this folder is running: wait for it, or stop it"):
            swap = Swap(claimed)
            try:
                yield swap
            finally:
                swap.drop()
    except OSError as fault:
        raise VaultcError(f"{fault.filename or site}: {fault.strerror or fault}") from None


def pack_sitemap(site: Path) -> None:
    """Write the packed sitemap of a site beside the plain one, without a time. Raises OSError."""
    plain = site / "sitemap.xml"
    if plain.is_file():
        plain.with_name("sitemap.xml.gz").write_bytes(gzip.compress(plain.read_bytes(), mtime=0))


def _below(path: Path, folder: Path) -> bool:
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def tree(folder: Path) -> dict[str, disk.Stamp | None]:
    """What is below a folder, by its path there: the stamps of regular files; None for what is none, folders (with a slash at their
    end) among it. What a site's owner keeps in it is passed over. Raises OSError, but none for a folder that is not there.
    """
    out: dict[str, disk.Stamp | None] = {}
    todo = [("", str(folder))]
    while todo:
        prefix, place = todo.pop()
        try:
            with os.scandir(place) as entries:
                for entry in entries:
                    name = prefix + entry.name
                    if name in KEPT:
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        out[name + "/"] = None
                        todo.append((name + "/", entry.path))
                    elif entry.is_file(follow_symlinks=False):
                        found = entry.stat(follow_symlinks=False)
                        out[name] = (found.st_size, found.st_mtime_ns)
                    else:
                        out[name] = None
        except FileNotFoundError:
            if prefix:
                raise
    return out


class Swap:
    """Makes a site aside, of new files and of those of the last that stay, and puts it in its place when it is whole: an interrupted
    build leaves the last good one.

    A site is exchanged for the last one in one step. Into a large one few new files are moved one by one, each in one step, since
    making and removing a folder for every page takes longer than all else that an edit does.

    The caller holds the lock of `site`.
    """

    def __init__(self, site: Path) -> None:
        """Raises OSError, NotADirectoryError for a file in the place of the site."""
        self.site = site
        self.aside = site.with_name(f".{site.name}.vaultc-new")
        self._carried: set[str] = set()
        disk.recover(self.aside, site)
        self.drop()
        self.found = tree(site)

    def carry(self, names: Iterable[str]) -> None:
        """Let these files of the last site be files of the new one."""
        self._carried.update(names)

    def done(self) -> None:
        """Put the new site in place.

        Raises VaultcError when it cannot be, or when somebody has put files of their own there meanwhile.
        """
        try:
            disk.claim(self.site, KEPT)
            disk.write(self.aside / disk.TAG, disk.TAG_TEXT.encode())
            self._install()
            self.drop()
        except OSError as fault:
            raise VaultcError(f"{self.site}: cannot put the site in place: {fault.strerror}") from None

    def _install(self) -> None:
        here = {name: found for name, found in tree(self.aside).items() if found}
        here |= {name: disk.stamp(self.aside / name) for name in KEPT if (self.aside / name).is_file()}
        made = [name for name, found in here.items() if self.found.get(name) != found]
        stay = self._carried.union(here).difference(made)
        if len(made) > _FEW or len(stay) < _MANY:
            self._exchange(stay.difference(here))
        else:
            self._patch(made, stay)

    def _exchange(self, stay: Collection[str]) -> None:
        for name in stay:
            carry(self.site / name, self.aside / name)
        for name in KEPT:
            old, new = self.site / name, self.aside / name
            if old.is_file() and not old.is_symlink() and not os.path.lexists(new):
                shutil.copy2(old, new)
        disk.install(self.aside, self.site)

    def _patch(self, made: Collection[str], stay: Collection[str]) -> None:
        """Remove from the last site what is not in the new one, and move the other files there."""
        wanted = {*made, *stay}
        folders = {
            "/".join(parts[:end]) + "/"
            for parts in (name.split("/") for name in wanted)
            for end in range(1, len(parts))
        }
        for name in sorted(self.found.keys() - wanted - folders, reverse=True):  # what is in a folder comes before it
            if name.endswith("/"):
                (self.site / name).rmdir()
            else:
                (self.site / name).unlink()
        for name in made:
            path = disk.inside(self.site, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            (self.aside / name).replace(path)

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
