"""Writing files so that a killed process leaves either the old or the new one."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path


def write(path: Path, data: bytes) -> None:
    """Replace `path` by a file of these bytes in one step; its permissions stay. Raises OSError."""
    path = Path(os.path.realpath(path))
    if path.exists() and not path.is_file():
        path.write_bytes(data)  # a device or a pipe
        return
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".vaultc-")
    partial = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        partial.chmod(path.stat().st_mode & 0o7777 if path.exists() else 0o666 & ~_umask())
        partial.replace(path)
    except BaseException:
        with suppress(OSError):
            partial.unlink()
        raise


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
