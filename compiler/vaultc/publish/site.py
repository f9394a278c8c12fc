"""The folder of a site: nobody else's, filled aside, put in place when it is whole."""

import gzip
import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from contextlib import contextmanager, suppress
from pathlib import Path

from vaultc import disk
from vaultc.config import Project
from vaultc.errors import VaultcError
from vaultc.publish.carry import carry

# What stays in a site's folder that is the checkout of a published branch.
KEPT = (".git", "CNAME", ".nojekyll")
# Files from which on a site has a second one beside it, and new files up to which that becomes the next.
_MANY = 4_000
_FEW = 500


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
    for name, entry in _walk(folder):
        found = entry.stat(follow_symlinks=False) if entry.is_file(follow_symlinks=False) else None
        out[name] = found and (found.st_size, found.st_mtime_ns)
    return out


def _walk(folder: Path) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """What is below a folder, as `tree` names it."""
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
                        name += "/"
                        todo.append((name, entry.path))
                    yield name, entry
        except FileNotFoundError:
            if prefix:
                raise


def _nodes(folder: Path) -> dict[str, int | None]:
    """What is below a folder, by its path there: the inode of regular files, None for what is none."""
    return {name: entry.inode() if entry.is_file(follow_symlinks=False) else None for name, entry in _walk(folder)}


class Swap:
    """Makes a site aside, of new files and of those of the last that stay, and exchanges it for the last one in one step when it is
    whole: an interrupted build leaves the last good one.

    Making and removing a folder for every page of a large site takes longer than all else that an edit does. Beside it stays a
    second one, in which an edit replaces what differs before it is exchanged.

    The caller holds the lock of `site`.
    """

    def __init__(self, site: Path) -> None:
        """Raises OSError, NotADirectoryError for a file in the place of the site."""
        self.site = site
        self.aside = site.with_name(f".{site.name}.vaultc-new")
        self._second = _Second(site)
        self._carried: set[str] = set()
        for folder in (self.aside, self._second.folder):
            if folder.parent.is_dir():
                disk.recover(folder, site)
        self.drop()
        _return_repository(self._second.folder, site)
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
        made = {name for name, found in here.items() if self.found.get(name) != found}
        stay = self._carried.union(here) - made
        large = len(made) + len(stay) >= _MANY
        if large and len(made) <= _FEW:
            self._second.follow(self.aside, made, stay)
            self._exchange(self._second.folder)
            return
        for name in stay.difference(here):
            carry(self.site / name, self.aside / name)
        self._exchange(self.aside)
        if not large:
            self._second.drop()
            return
        with suppress(OSError):  # else the next edit does it
            self._second.follow(self.site, (), made | stay)

    def _exchange(self, fresh: Path) -> None:
        for name in KEPT:
            old, new = self.site / name, fresh / name
            if old.is_file() and not old.is_symlink() and not os.path.lexists(new):
                shutil.copy2(old, new)
        disk.install(fresh, self.site)
        _return_repository(fresh, self.site)

    def drop(self) -> None:
        """Remove what was built aside, or what stood in place before; a repository in it goes back to its place."""
        if self.aside.is_symlink():
            self.aside.unlink()
        elif _return_repository(self.aside, self.site):
            with suppress(FileNotFoundError):
                shutil.rmtree(self.aside)


class _Second:
    """A site beside the last, of hard links but for what differs, in a folder that repositories ignore."""

    def __init__(self, site: Path) -> None:
        self._site = site
        self._holder = site.with_name(f".{site.name}.vaultc-last")
        self.folder = self._holder / "site"
        for folder in (self._holder, self.folder):
            if folder.is_symlink():
                folder.unlink()

    def follow(self, aside: Path, made: Collection[str], stay: Set[str]) -> None:
        """Let it be the site of the files `made`, which are moved here from `aside`, and of those of the last that `stay`.

        What is here already stays where it is a hard link of the last site's, so that it has the same bytes, whoever made it.
        Raises OSError, and VaultcError for a repository that is here, though the last site has its own.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        disk.tidy(self._holder)
        disk.write(self._holder / disk.TAG, disk.TAG_TEXT.encode())
        disk.write(self._holder / ".gitignore", b"*\n")
        for name in KEPT:
            if (self.folder / name).is_dir() and not (self.folder / name).is_symlink():
                raise VaultcError(f"{self.folder / name}: a repository that is not that of {self._site}: move it away")
            (self.folder / name).unlink(missing_ok=True)
        here, there = _nodes(self.folder), _nodes(self._site)
        same = {name for name, node in here.items() if node and node == there.get(name) and name in stay}
        gone = here.keys() - same - _folders({*made, *stay})
        for name in sorted(gone, reverse=True):  # what is in a folder comes before it
            if name.endswith("/"):
                (self.folder / name).rmdir()
            else:
                (self.folder / name).unlink()
        for name in stay - same:
            carry(self._site / name, self.folder / name)
        for name in made:
            path = disk.inside(self.folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            (aside / name).replace(path)

    def drop(self) -> None:
        """Remove it, but for a repository that is not the site's."""
        if _return_repository(self.folder, self._site):
            with suppress(FileNotFoundError):
                shutil.rmtree(self._holder)


def _folders(names: Iterable[str]) -> set[str]:
    """The folders of these files, with a slash at their end."""
    out: set[str] = set()
    for name in names:
        while (name := name.rpartition("/")[0]) and name + "/" not in out:
            out.add(name + "/")
    return out


def _return_repository(folder: Path, site: Path) -> bool:
    """Move a repository that stood in a site's folder back to the site; whether none is left in `folder`."""
    repository = folder / ".git"
    if os.path.lexists(repository) and not os.path.lexists(site / ".git"):
        disk.move(repository, site / ".git")
    return not repository.is_dir()  # whosever it is, it is not ours to delete
