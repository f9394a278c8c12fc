"""Whether a build would make the site that is there: then nothing of it is done, and no generator is imported."""

from __future__ import annotations

import os
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from vaultc import dates, kept
from vaultc.config import Generator, Project
from vaultc.disk import key
from vaultc.graph import Vault
from vaultc.publish import web
from vaultc.publish.engine import Target
from vaultc.publish.site import tree
from vaultc.scan import Scan

_VERSION = "site 3"
_LIBRARIES = (
    "jinja2",
    "markdown",
    "material",
    "mkdocs",
    "nh3",
    "pygments",
    "pymdownx",
    "pyromark",
    "yaml",
    "igraph",
    "zensical",
)


class Built(NamedTuple):
    """The last build: the site's folder, its published notes, files and folders it was made of besides the vault, digests of the vault
    and of all."""

    site: str
    notes: int
    inputs: tuple[str, ...]
    vault: str
    whole: str = ""


class Last:
    """What is known of the last build of a project by a generator with these options, its configuration file among them."""

    def __init__(self, project: Project, generator: Generator, configuration: Path | None, target: Target) -> None:
        self._project = project
        name = key(Path(f"{configuration or ''}\n{target}\n{generator}"))
        self._file = project.output("cache") / f"site-{name}"

    def find(self, scan: Scan) -> Built | None:
        """The last build, when another one now would change nothing; else None."""
        try:
            built = kept.load(self._file, Built, _VERSION, 0)
            if built is None or built.vault != self._vault(scan):  # most often, and the rest takes longer
                return None
            return built if built.whole == self._whole(scan, built) else None
        except OSError:
            return None

    def save(self, scan: Scan, site: Path, notes: int, inputs: Iterable[Path]) -> None:
        """Remember a build of these files; it must follow from them, `inputs` and the project alone."""
        built = Built(str(site), notes, tuple(map(str, inputs)), self._vault(scan))
        kept.save_for_place(self._file, built._replace(whole=self._whole(scan, built)), _VERSION)

    def forget(self) -> None:
        """Remember nothing."""
        self._file.unlink(missing_ok=True)

    def _vault(self, scan: Scan) -> str:
        """A digest of the notes and of the names of the other files."""
        vault = blake2b(
            repr((self._project, scan.assets, scan.hidden, scan.findings)).encode("utf-8", "surrogateescape"),
            digest_size=16,
        )
        for source in scan.sources:
            vault.update(f"{source.path}\0{source.digest}\0".encode())
        return vault.hexdigest()

    def _whole(self, scan: Scan, built: Built) -> str:
        """A digest of all that the site is made of, and of the site. Files that are no notes are taken for the same when their sizes
        and times are."""
        project = self._project
        whole = blake2b(kept.version(("**/*.py",), _LIBRARIES).encode() + built.vault.encode(), digest_size=16)
        written = dates.of_files(project.root, [source.path for source in scan.sources])
        whole.update(repr(written).encode("utf-8", "surrogateescape"))
        for path in (*scan.assets, *scan.hidden):
            whole.update(_seen(project.root / path))
        for file in map(Path, built.inputs):
            if file.is_file():
                data = file.read_bytes()
                whole.update(data + (repr(sorted(os.environ.items())).encode() if b"!ENV" in data else b""))
        for folder in (
            web.overrides_dir(),
            web.bundle_dir(),
            web.bundle_dir(offline=True),
            *map(Path, built.inputs),
            Path(built.site),
        ):
            if folder.is_dir():
                whole.update(repr(sorted(tree(folder).items())).encode("utf-8", "surrogateescape"))
        return whole.hexdigest()


def _seen(path: Path) -> bytes:
    found = path.stat()
    return f"{path} {found.st_size} {found.st_mtime_ns}\n".encode("utf-8", "surrogateescape")


def follows(vault: Vault) -> bool:
    """Whether what a site says of benchmarks follows from the files of the vault that a scan lists."""
    if not any(note.snippets for note in vault.notes.values()):
        return True
    from vaultc.bench.records.attach import attach  # slow to import
    from vaultc.bench.records.jobs import Job

    listed = {*vault.scan.assets, *vault.scan.hidden}
    every = attach(vault.notes.values(), vault.project.root)
    return all(isinstance(one.job, Job) and listed.issuperset(one.job.depends) for one in every)
