"""`vaultc explain`: the page of a diagnostic code."""

import re
import shutil
import sys

import click

from vaultc.diagnostics import CODES, select
from vaultc.errors import VaultcError
from vaultc.frontends.cli.output import emit, is_coloured
from vaultc.frontends.render.terminal import level
from vaultc.publish.web import rules_dir

_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.S)
# What a page holds besides plain words; code comes first, since a link in code is none.
_PIECE = re.compile(
    r"^(?P<fence>`{3,})(?P<language>\w*)[^\n]*\n(?P<code>.*?)^(?P=fence)$"
    r"|`[^`\n]+`"
    r"|\[\[(?:[^\[\]|]+\|)?(?P<words>[^\[\]]+)\]\]",
    re.M | re.S,
)


@click.command()
@click.argument("code", required=False)
def explain(code: str | None) -> None:
    """Explain a diagnostic CODE (or its name): what it means, why it matters, and how to repair it.

    Without CODE, list them all.
    """
    if code is None:
        emit("".join(f"{c.code}  {c.name:<22} {level(c.severity)}\n" for c in CODES.values()))
        return
    meant = select(code)
    if not meant:
        raise VaultcError(f"`{code}` is no code; `vaultc explain` lists them")
    if len(meant) > 1 and CODES.get(code.upper()) is None:
        emit("".join(f"{c}  {CODES[c].name:<22} {level(CODES[c].severity)}\n" for c in meant))
        return
    kind = CODES[meant[0]]
    page = rules_dir() / f"{kind.code} {kind.name}.md"
    try:
        text = page.read_text(encoding="utf-8")
    except OSError as fault:
        raise VaultcError(f"{page}: {fault.strerror or fault}: the installation is incomplete") from None
    heading = f"# {kind.code} {kind.name}\n"
    body = _FRONT_MATTER.sub("", text).lstrip()
    _show(body if body.startswith("# ") else f"{heading}\n{body}")


def _show(text: str) -> None:
    """Markdown as it is, or drawn where it goes to a terminal. Links to other pages show their words."""
    text = _PIECE.sub(_plain, text)
    if not is_coloured(sys.stdout):
        emit(text)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    columns = min(shutil.get_terminal_size((100, 24)).columns, 100)
    Console(width=columns, force_terminal=True).print(Markdown(text))


def _plain(piece: re.Match[str]) -> str:
    if piece["fence"]:
        return f"{piece['fence']}{piece['language']}\n{piece['code']}{piece['fence']}"
    return piece["words"].replace("#", ": ") if piece["words"] else piece[0]
