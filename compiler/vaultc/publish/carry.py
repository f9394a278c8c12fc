"""Files of the last site that are files of the new one."""

import os
import shutil
import stat
from pathlib import Path


def stands(path: Path, written: tuple[int, int]) -> bool:
    """Whether a file is still the one that was written, by its size and time. Raises FileNotFoundError."""
    found = os.lstat(path)
    return stat.S_ISREG(found.st_mode) and (found.st_size, found.st_mtime_ns) == written


def carry(old: Path, new: Path) -> None:
    """Make `new` the file that `old` is: by a hard link, where there are any. Raises OSError."""
    if old == new:
        return
    new.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(old, new)
    except OSError:  # a file system without hard links
        shutil.copy2(old, new)
