"""A real editor, Neovim, set up by the lines of the guide: findings while typing, completion, a rename."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import NOT_HERE

GUIDE = Path(__file__).parents[3] / "vault/guide/Editors.md"
KEYS = """
local said = {}
local function wait(what, done)
  if not vim.wait(60000, done, 20) then
    error("waited in vain: " .. what)
  end
end
local function found(text)
  for _, it in ipairs(vim.diagnostic.get(0)) do
    if it.message:find(text, 1, true) then return it end
  end
end
local function press(keys)
  vim.api.nvim_feedkeys(vim.api.nvim_replace_termcodes(keys, true, false, true), "tx", false)
end

wait("the findings of the text as it lies there", function() return found("Gide") end)
press("Go<CR>See [[Nowhere]] now.<Esc>")
wait("what is wrong with what was typed", function() return found("Nowhere") end)
said.line = found("Nowhere").lnum
press("u")
wait("that to go with it", function() return not found("Nowhere") end)

press("Go[[han<Esc>")
local client = (vim.lsp.get_clients or vim.lsp.get_active_clients)()[1]
local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
params.position.character = params.position.character + 1
local answer = vim.lsp.buf_request_sync(0, "textDocument/completion", params, 60000)
local items = answer[client.id].result.items
said.offered = items[1].label
vim.lsp.util.apply_text_edits({ items[1].textEdit }, vim.api.nvim_get_current_buf(), client.offset_encoding)
said.completed = vim.api.nvim_get_current_line()

vim.api.nvim_win_set_cursor(0, { vim.api.nvim_buf_line_count(0), 3 })
vim.lsp.buf.rename("Handbuch")
wait("the note to have another name", function()
  return vim.fn.filereadable("Handbuch.md") == 1 and vim.api.nvim_get_current_line():find("Handbuch")
end)
vim.wait(1000, function() return found("Handbuch") end, 20) -- it tells nobody that it renamed a file
wait("the server to see the new name by itself", function() return not found("Handbuch") end)
vim.cmd("silent! wall!")
vim.fn.writefile({ vim.fn.json_encode(said) }, "said.json")
vim.cmd("qall!")
"""


@pytest.fixture
def neovim() -> tuple[str, tuple[int, int]]:
    """The program and its version."""
    program = shutil.which("nvim")
    if not program:
        pytest.skip(f"{NOT_HERE}: Neovim")
    version = subprocess.run([program, "--version"], capture_output=True, encoding="utf-8", check=True).stdout
    number = re.search(r"v(\d+)\.(\d+)", version)
    assert number
    known = int(number[1]), int(number[2])
    if known < (0, 8):
        pytest.skip(f"{NOT_HERE}: Neovim from 0.8 on")
    return program, known


def test_neovim_with_the_lines_of_the_guide(neovim: tuple[str, tuple[int, int]], vault: Path, tmp_path: Path) -> None:
    program, version = neovim
    (vault / "vaultc.toml").write_text('vault = "."\n', encoding="utf-8")
    newer, older = re.findall(r"```lua\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.S)
    (tmp_path / "init.lua").write_text(newer if version >= (0, 11) else older, encoding="utf-8")
    keys = tmp_path / "keys.lua"
    keys.write_text(
        f"local done, why = pcall(function()\n{KEYS}\nend)\nprint(why)\nvim.cmd('cquit')\n", encoding="utf-8"
    )
    environment = {
        **os.environ,
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
        **{name: str(tmp_path / name) for name in ("XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")},
    }
    command = [program, "--headless", "-n", "-u", str(tmp_path / "init.lua"), "index.md", "-c", f"luafile {keys}"]
    done = subprocess.run(command, cwd=vault, env=environment, capture_output=True, encoding="utf-8", timeout=240)
    assert done.returncode == 0, done.stderr
    said = json.loads((vault / "said.json").read_text(encoding="utf-8"))
    assert said == {"line": 6, "offered": "Handbook", "completed": "[[Guide|Handbook]]"}
    assert not (vault / "Guide.md").exists()
    text = (vault / "index.md").read_text(encoding="utf-8")
    assert "[[Handbuch]] and [[Gide]]" in text
    assert text.endswith("[[Handbuch|Handbook]]\n")
    assert (vault / "b/Twin.md").read_text(encoding="utf-8") == "See [[Handbuch]].\n"
