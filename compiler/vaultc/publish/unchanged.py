"""Whether a build would make the site that is there: then nothing of it is done, and no generator is imported."""

from __future__ import annotations

import os
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from vaultc import dates, kept
from vaultc.config import Project
from vaultc.disk import key
from vaultc.publish import web
from vaultc.publish.site import tree
from vaultc.scan import Scan

_VERSION = "site 2"
_LIBRARIES = ("jinja2", "markdown", "material", "mkdocs", "nh3", "pygments", "pymdownx", "pyromark", "yaml", "igraph")


class Built(NamedTuple):
    """The last build: the site's folder, its published notes, files and folders it was made of besides the vault, a digest of all."""

    site: str
    notes: int
    inputs: tuple[str, ...]
    digest: str


class Last:
    """What is known of the last build of a project with these options, the configuration file of the generator among them."""

    def __init__(self, project: Project, configuration: Path | None, site_dir: Path | None) -> None:
        self._project = project
        name = key(Path(f"{configuration or ''}\n{site_dir.absolute() if site_dir else ''}"))
        self._file = project.output("cache") / f"site-{name}"

    def find(self, scan: Scan) -> Built | None:
        """The last build, when another one now would change nothing; else None."""
        try:
            built = kept.load(self._file, Built, _VERSION, 0)
            return built if built and built.digest == self._digest(scan, built) else None
        except OSError:
            return None

    def save(self, scan: Scan, site: Path, notes: int, inputs: Iterable[Path]) -> None:
        """Remember a build of these files; it must follow from them, `inputs` and the project alone."""
        built = Built(str(site), notes, tuple(map(str, inputs)), "")
        kept.save(self._file, built._replace(digest=self._digest(scan, built)), _VERSION)

    def forget(self) -> None:
        """Remember nothing."""
        self._file.unlink(missing_ok=True)

    def _digest(self, scan: Scan, built: Built) -> str:
        """A digest of all that the site is made of, and of the site. Notes are read; other files are taken for the same when their
        sizes and times are."""
        project = self._project
        whole = blake2b(kept.version(("**/*.py",), _LIBRARIES).encode(), digest_size=16)
        whole.update(repr((project, scan.assets, scan.hidden, scan.findings)).encode("utf-8", "surrogateescape"))
        for source in scan.sources:
            whole.update(f"{source.path}\0{source.digest}\0".encode())
        written = dates.of_files(project.root, [source.path for source in scan.sources])
        whole.update(repr(written).encode("utf-8", "surrogateescape"))
        for path in scan.assets:
            whole.update(_seen(project.root / path))
        for file in map(Path, built.inputs):
            if file.is_file():
                data = file.read_bytes()
                whole.update(data + (repr(sorted(os.environ.items())).encode() if b"!ENV" in data else b""))
        for folder in (web.overrides_dir(), web.bundle_dir(), *map(Path, built.inputs), Path(built.site)):
            if folder.is_dir():
                whole.update(repr(sorted(tree(folder).items())).encode("utf-8", "surrogateescape"))
        return whole.hexdigest()


def _seen(path: Path) -> bytes:
    found = path.stat()
    return f"{path} {found.st_size} {found.st_mtime_ns}\n".encode("utf-8", "surrogateescape")
