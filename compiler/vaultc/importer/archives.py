"""ZIP archives, as Notion and the chat services hand out what is exported."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath

from vaultc.errors import VaultcError

# Bytes of all that is read of an archive, unpacked.
_MOST = 64 << 20
_NOTES = (".md", ".markdown", ".txt")
_CHATS = "conversations.json"


def is_archive(data: bytes) -> bool:
    """Whether a file is a ZIP archive, by its first bytes."""
    return data[:4] == b"PK\x03\x04"


def members(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """The notes and conversations in an archive, by path. Nothing is written, so that their paths do no harm.

    Raises VaultcError for an archive that is damaged, locked, too large or without any.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            wanted = [
                info for info in archive.infolist() if not info.is_dir() and _is_wanted(PurePosixPath(info.filename))
            ]
            if not wanted:
                raise VaultcError(
                    f"{name}: no Markdown and no {_CHATS} in the archive: unpack it, and import what it holds"
                )
            if sum(info.file_size for info in wanted) > _MOST:
                raise VaultcError(
                    f"{name}: over {_MOST >> 20} MiB when unpacked: unpack it, and import its files in parts"
                )
            for info in wanted:
                yield info.filename, archive.read(info)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as fault:
        raise VaultcError(f"{name}: cannot be unpacked: {fault}") from None


def _is_wanted(path: PurePosixPath) -> bool:
    return path.name.lower() == _CHATS or (path.suffix.lower() in _NOTES and not path.name.startswith("."))
