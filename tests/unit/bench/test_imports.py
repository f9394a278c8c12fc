"""The measuring machine has Python and torch: nothing in the folder that is copied there may ask for more."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import vaultc.bench

FOLDER = Path(vaultc.bench.__file__).parent


def modules(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively"
            found.add(node.module or "")
    return found


def test_only_the_standard_library_and_vaultc_bench_and_torch_in_one_module() -> None:
    with_torch = set()
    for path in FOLDER.rglob("*.py"):
        for name in modules(path):
            top = name.partition(".")[0]
            if top == "torch":
                with_torch.add(path.name)
            elif top == "vaultc":
                assert name.startswith(("vaultc.bench", "vaultc.errors")), f"{path.name} imports {name}"
            else:
                assert top in sys.stdlib_module_names, f"{path.name} imports {name}"
    assert with_torch == {"torch_device.py"}
