"""Files of the last site that are files of the new one."""

import os
import shutil
from pathlib import Path


def carry(old: Path, new: Path) -> None:
    """Make `new` the file that `old` is: by a hard link, where there are any. Raises OSError."""
    if old == new:
        return
    try:
        os.link(old, new)
    except FileNotFoundError:  # the folder, perhaps; most files are not the first of theirs
        new.parent.mkdir(parents=True, exist_ok=True)
        os.link(old, new)
    except OSError:  # a file system without hard links
        shutil.copy2(old, new)
