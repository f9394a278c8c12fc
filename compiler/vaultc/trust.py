"""What of a project's configuration its user has said yes to.

Configuration that came with a project is data. A setting that would do more (run a file, read outside the project) waits for
`vaultc trust`, which keeps a digest of it with the user's state, under the project's real path: what changes asks again.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from vaultc import disk

Needs = Mapping[str, str]
"""The settings of a project that need trust, each with all that decides what it would do."""


def granted(folder: Path, needs: Needs) -> bool:
    """Whether the user trusts the project in `folder` with all of `needs`. Raises VaultcError where the user's state cannot be reached."""
    return not needs or _digests(needs) <= _known(folder)


def grant(folder: Path, needs: Needs) -> None:
    """Trust the project with these settings and no others. Raises VaultcError and OSError."""
    disk.write(place(folder), "\n".join(sorted(_digests(needs))).encode())


def forget(folder: Path) -> bool:
    """Trust the project no more; says whether it was trusted."""
    known = bool(_known(folder))
    place(folder).unlink(missing_ok=True)
    return known


def _known(folder: Path) -> set[str]:
    try:
        return set(place(folder).read_text(encoding="ascii").split())
    except (FileNotFoundError, UnicodeDecodeError):
        return set()


def place(folder: Path) -> Path:
    """The file that says what the project is trusted with, if it is. Raises VaultcError where the user's state cannot be reached."""
    return disk.state("trusted") / disk.key(folder)


def _digests(needs: Needs) -> set[str]:
    return {disk.digest(json.dumps(pair).encode()) for pair in needs.items()}
