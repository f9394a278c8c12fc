"""vaultc: a compiler for vaults of wiki-linked Markdown notes."""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vaultc.frontends.library import OpenVault

    __version__: str

__all__ = ["__version__", "open"]


def open(path: "str | os.PathLike[str]" = ".") -> "OpenVault":  # noqa: A001 - as a module opens what it is about
    """The vault that a folder is or lies in, for programs that compute with it.

    Raises vaultc.errors.VaultcError, with one line, when the folder or its configuration cannot be read.
    """
    from vaultc.frontends.library import OpenVault  # slow to import, and commands need none of it

    return OpenVault(path)


def __getattr__(name: str) -> str:
    """`__version__`, as the package was installed with; most commands never ask."""
    if name != "__version__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(__name__)
    except PackageNotFoundError:  # a folder that was copied somewhere
        return "0+unknown"
