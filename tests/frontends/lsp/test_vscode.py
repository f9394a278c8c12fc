"""The extension for VS Code: what it starts is the server. (What VS Code then does is its own client's work.)"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import NOT_HERE
from tests.frontends.lsp.test_hostile import HELLO

EXTENSION = Path(__file__).parents[3] / "editors/vscode"
SETTINGS: tuple[object, ...] = (None, [], "vaultc lsp", [1, ""], ["/opt/vaultc", "lsp"])
BIN = Path(sys.executable).parent


def node() -> str:
    """A Node that reads TypeScript by itself."""
    program = shutil.which("node", path=os.pathsep.join((str(BIN), os.environ["PATH"])))
    asked = [str(program), "-p", "process.features.typescript"]
    if not program or subprocess.run(asked, capture_output=True, encoding="utf-8").stdout.strip() != "strip":
        pytest.skip(f"{NOT_HERE}: Node from 22.18 on")
    return program


def test_what_the_extension_starts_is_the_server(tmp_path: Path) -> None:
    program = (
        f"import {{ started }} from {json.dumps((EXTENSION / 'src/server.ts').as_uri())};"
        f"console.log(JSON.stringify({json.dumps(SETTINGS)}.map(started)));"
    )
    asked = [node(), "--input-type=module", "-e", program]
    usual, *others, own = json.loads(subprocess.run(asked, capture_output=True, check=True).stdout)
    assert usual == {"command": "vaultc", "args": ["lsp"]}
    assert others == [usual] * 3
    assert own == {"command": "/opt/vaultc", "args": ["lsp"]}
    sent = f"Content-Length: {len(HELLO)}\r\n\r\n{HELLO}"
    server = shutil.which(usual["command"], path=str(BIN))
    assert server
    done = subprocess.run([server, *usual["args"]], input=sent.encode(), capture_output=True, timeout=60, cwd=tmp_path)
    assert b'"semanticTokensProvider"' in done.stdout


def test_its_settings_are_those_that_its_manifest_declares() -> None:
    manifest = json.loads((EXTENSION / "package.json").read_text(encoding="utf-8"))
    [(name, setting)] = manifest["contributes"]["configuration"]["properties"].items()
    source = (EXTENSION / "src/extension.ts").read_text(encoding="utf-8")
    assert f'"{name}"' in source
    assert setting["default"] == ["vaultc", "lsp"]
    assert setting["scope"] == "machine", "a folder that somebody opens must not say what is started"
    for command in manifest["contributes"]["commands"]:
        assert f'"{command["command"]}"' in source
