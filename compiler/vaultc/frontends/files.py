"""Writing the files that a user names: reports, baselines, exports."""

import os
from pathlib import Path

from vaultc import disk


def write(path: Path, data: bytes) -> None:
    """Make `path` a file of these bytes in one step; a device or a pipe, such as /dev/stdout, gets them as they are.

    Raises VaultcError for a symlink that may have come with a checkout, and OSError.
    """
    path = disk.plain(path)
    if path.exists() and not path.is_file():
        path.write_bytes(data)
    else:
        disk.write(Path(os.path.realpath(path)), data)
