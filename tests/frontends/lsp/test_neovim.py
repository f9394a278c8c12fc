"""A real editor, Neovim, set up by the lines of the guide and typed into: completion, a finding while typing, a rename."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import NOT_HERE

GUIDE = Path(__file__).parents[3] / "vault/guide/Editors.md"
FOUND = "join(luaeval('vim.tbl_map(function(it) return it.message end, vim.diagnostic.get(0))'), ' ')"


class Neovim:
    """A Neovim that listens: it takes keys as from a keyboard, and is asked for expressions."""

    def __init__(self, program: str, socket: Path) -> None:
        self.command = [program, "--server", str(socket)]

    def press(self, keys: str) -> None:
        subprocess.run([*self.command, "--remote-send", keys], check=True, capture_output=True)

    def ask(self, expression: str) -> str:
        asked = [*self.command, "--remote-expr", expression]
        done = subprocess.run(asked, capture_output=True, encoding="utf-8")
        return done.stdout.strip() or done.stderr.strip()

    def wait(self, expression: str, pattern: str) -> None:
        """Wait until what is asked for looks like a pattern."""
        said = ""
        for _ in range(240):
            said = self.ask(expression)
            if re.search(pattern, said):
                return
            time.sleep(0.25)
        pytest.fail(f"{expression} is still {said!r}, not {pattern!r}")


@pytest.fixture
def neovim(vault: Path, tmp_path: Path) -> Iterator[Neovim]:
    """Neovim in the vault, with a note open."""
    program = shutil.which("nvim")
    if not program:
        pytest.skip(f"{NOT_HERE}: Neovim")
    version = subprocess.run([program, "--version"], capture_output=True, encoding="utf-8", check=True).stdout
    if not (number := re.search(r"v(\d+)\.(\d+)", version)) or (int(number[1]), int(number[2])) < (0, 11):
        pytest.skip(f"{NOT_HERE}: Neovim from 0.11 on")
    (vault / "vaultc.toml").write_text('vault = "."\n', encoding="utf-8")
    lines = re.findall(r"```lua\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.S)[0]
    (tmp_path / "init.lua").write_text(lines, encoding="utf-8")
    environment = {
        **os.environ,
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
        **{name: str(tmp_path / name) for name in ("XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")},
    }
    socket = tmp_path / "socket"
    command = [program, "--headless", "-n", "-u", str(tmp_path / "init.lua"), "--listen", str(socket), "index.md"]
    running = subprocess.Popen(command, cwd=vault, env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    editor = Neovim(program, socket)
    editor.wait("1", "^1$")
    try:
        yield editor
    finally:
        editor.press("<Esc>:qall!<CR>")
        running.wait(60)


def test_neovim_with_the_lines_of_the_guide(neovim: Neovim, vault: Path) -> None:
    neovim.wait(FOUND, "no note named `Gide`")

    neovim.press("Go<CR>See [[Nowhere]]")
    neovim.wait(FOUND, "no note named `Nowhere`")
    assert neovim.ask("mode()") == "i", "it was told while typing"
    assert "Nowhere" not in (vault / "index.md").read_text(encoding="utf-8")
    neovim.press("<C-U>[[")
    neovim.wait("pumvisible()", "1")
    neovim.press("han<C-X><C-O>")
    neovim.wait("get(complete_info(['items']).items, 0, {'abbr': ''}).abbr", "Handbook")
    neovim.press("<C-N><C-Y>")
    neovim.wait("getline('.')", r"^\[\[Guide\|Handbook\]\]$")
    neovim.press(" and [[Guide#ét<C-X><C-O>")
    neovim.wait("get(complete_info(['items']).items, 0, {'abbr': ''}).abbr", "Étape")
    neovim.press("<C-N><C-Y>")
    neovim.wait("getline('.')", r" and \[\[Guide#Étape 🦊 two\]\]$")
    neovim.press("<Esc>")
    neovim.wait(FOUND, "^(?!.*Nowhere)")

    neovim.press("03l:lua vim.lsp.buf.rename('Handbuch')<CR>")
    neovim.wait("getline('.')", r"^\[\[Handbuch\|Handbook\]\] and \[\[Handbuch#")
    neovim.wait("filereadable('Handbuch.md')", "1")
    neovim.press(":silent! wall!<CR>")
    neovim.wait(FOUND, "^(?!.*Handbuch)")
    assert not (vault / "Guide.md").exists()
    assert "[[Handbuch]] and [[Gide]]" in (vault / "index.md").read_text(encoding="utf-8")
    assert (vault / "b/Twin.md").read_text(encoding="utf-8") == "See [[Handbuch]].\n"
