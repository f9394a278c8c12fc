"""vaultc: a compiler for vaults of wiki-linked Markdown notes."""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vaultc.frontends.library import OpenVault

__all__ = ["__version__", "open"]
__version__ = "0.1.0"


def open(path: "str | os.PathLike[str]" = ".") -> "OpenVault":  # noqa: A001 - as a module opens what it is about
    """The vault that a folder is or lies in, for programs that compute with it.

    Raises vaultc.errors.VaultcError, with one line, when the folder or its configuration cannot be read.
    """
    from vaultc.frontends.library import OpenVault  # slow to import, and commands need none of it

    return OpenVault(path)
