"""Which vaultc this is, and which engines it would use."""

import platform
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from typing import Final

import vaultc

# What people call them, and their distributions.
_ENGINES: Final = {
    "MkDocs": "mkdocs",
    "Material for MkDocs": "mkdocs-material",
    "Zensical": "zensical",
    "torch": "torch",
    "Typst": "typst",
    "pandoc (pypandoc_binary)": "pypandoc_binary",
}


def versions() -> Iterator[tuple[str, str]]:
    """Names and versions: vaultc's, Python's, those of the engines that are installed. Nothing is imported for it."""
    yield "vaultc", vaultc.__version__
    yield platform.python_implementation().replace("CPython", "Python"), platform.python_version()
    for name, distribution in _ENGINES.items():
        with suppress(PackageNotFoundError):
            yield name, version(distribution)
