"""The programs that set a book: pandoc writes its source, Typst its pages. Both are wheels of the extra `book`.

This module and `press` alone know them. Pandoc runs in its sandbox, where nothing that a document says makes it read a file; Typst sees one
folder, which has the document and its pictures and nothing else.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from vaultc.errors import VaultcError

_LONGEST: Final = 600  # seconds
_PAGE: Final = '#set page(width: auto, height: auto, margin: 0pt)\n#image("{}")\n'


def require() -> None:
    """Raises VaultcError, with what to install, where one of the programs is missing."""
    try:
        import pypandoc
        import typst  # noqa: F401 - whether it is there

        pypandoc.get_pandoc_path()
    except (ImportError, OSError):
        raise VaultcError("a book needs pandoc and Typst: pip install 'vaultc[book]'") from None


def pandoc(source: str, reader: str, writer: str, *options: str) -> tuple[str, list[dict[str, Any]]]:
    """What pandoc makes of a text, and what it has to say about it. Raises VaultcError when it fails."""
    import pypandoc

    with TemporaryDirectory(prefix="vaultc-") as folder:
        log = Path(folder, "log.json")
        command = [
            pypandoc.get_pandoc_path(),
            "--sandbox",
            f"--from={reader}",
            f"--to={writer}",
            f"--log={log}",
            "--quiet",
        ]
        try:
            done = subprocess.run(
                [*command, *options],
                input=source.encode("utf-8", "replace"),
                capture_output=True,
                check=True,
                timeout=_LONGEST,
            )
        except subprocess.CalledProcessError as fault:
            said = " ".join(fault.stderr.decode("utf-8", "replace").split())
            raise VaultcError(f"pandoc failed: {said[:300]}") from None
        except subprocess.TimeoutExpired:
            raise VaultcError(f"pandoc was not done after {_LONGEST} seconds") from None
        told = json.loads(log.read_text(encoding="utf-8")) if log.exists() else []
    return done.stdout.decode("utf-8", "replace"), told


def pages(source: str, pictures: Mapping[str, bytes]) -> tuple[bytes, list[str]]:
    """A Typst source as a PDF, and Typst's warnings.

    `pictures` lie beside the source under their names. Raises VaultcError for what Typst cannot set.
    """
    with TemporaryDirectory(prefix="vaultc-") as folder:
        for name, picture in pictures.items():
            path = Path(folder, name)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(picture)
        Path(folder, "book.typ").write_text(source, encoding="utf-8")
        # `-P`: what lies beside the program is no module of its.
        command = [sys.executable, "-P", str(data("press.py")), folder]
        try:
            done = subprocess.run(command, check=False, capture_output=True, timeout=_LONGEST)
        except subprocess.TimeoutExpired:
            raise VaultcError(f"Typst was not done after {_LONGEST} seconds") from None
        told = json.loads(done.stdout or b"{}")
        if done.returncode or "warnings" not in told:
            why = told.get("fault") or f"it ended with status {done.returncode}"
            raise VaultcError(f"Typst cannot set the book: {why}")
        return Path(folder, "book.pdf").read_bytes(), list(dict.fromkeys(told["warnings"]))


def shows(name: str, picture: bytes) -> bool:
    """Whether Typst can show a picture."""
    try:
        pages(_PAGE.format(name), {name: picture})
    except VaultcError:
        return False
    return True


def as_pdf(name: str, picture: bytes) -> bytes:
    """A picture as a PDF of its size, which is what LaTeX shows of a drawing."""
    return pages(_PAGE.format(name), {name: picture})[0]


def data(name: str) -> Path:
    """A file that lies beside this module."""
    return Path(str(files(__package__) / name))


def unreadable(formulas: Sequence[str]) -> frozenset[str]:
    """The TeX formulas that pandoc cannot read: what an engine would make of them, nobody knows."""
    from vaultc.publish.book import ast

    blocks = [ast.node("Para", [ast.node("Math", [ast.node("InlineMath"), each])]) for each in dict.fromkeys(formulas)]
    _, told = pandoc(json.dumps(ast.document(blocks, {})), "json", "typst")
    return frozenset(each["contents"] for each in told if each.get("type") == "CouldNotConvertTeXMath")
